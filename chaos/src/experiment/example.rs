//! What `chaos new` writes.

pub const EXAMPLE: &str = include_str!("example.yaml");

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_example_is_an_experiment() {
        let read = strict_yaml::parse::<crate::experiment::Experiment>(EXAMPLE);
        assert!(read.is_ok(), "{read:?}");
    }
}
