//! The command that asks for the run again.

use crate::files::Record;

/// The front door, which has a variable for the seed.
const MAKE: &str = "make";

/// As it was typed, with the seed that it drew and without the folder that it filled. A run that did not write its
/// command down is asked for by what else it says.
pub fn again(record: &Record) -> String {
    let mut words: Vec<String> = Vec::new();
    let mut typed = record.command.iter();
    while let Some(word) = typed.next() {
        match word.as_str() {
            "--out" | "--seed" => {
                typed.next();
            }
            word if word.starts_with("--out=") || word.starts_with("--seed=") => {}
            word => words.push(quoted(word)),
        }
    }
    if words.is_empty() {
        words.extend([
            "loadgen run --rate".into(),
            record.load.rate_intended.to_string(),
        ]);
        words.extend(["--duration".into(), format!("{:.0}s", record.load.seconds)]);
        if let Some(method) = &record.method {
            words.extend(["--method".into(), quoted(method)]);
        }
    }
    match starts_its_platform(record) {
        true => words.push(format!("SEED={}", record.seed)),
        false => words.extend(["--seed".into(), record.seed.to_string()]),
    }
    words.join(" ")
}

/// `make demo` does.
pub fn starts_its_platform(record: &Record) -> bool {
    record.command.first().is_some_and(|word| word == MAKE)
}

/// The value of a flag as it was typed.
pub fn flag<'a>(record: &'a Record, name: &str) -> Option<&'a str> {
    let mut words = record.command.iter();
    while let Some(word) = words.next() {
        let Some(rest) = word.strip_prefix(name) else {
            continue;
        };
        match rest.strip_prefix('=') {
            Some(value) => return Some(value),
            None if rest.is_empty() => return words.next().map(String::as_str),
            None => {}
        }
    }
    None
}

/// For a POSIX shell.
fn quoted(word: &str) -> String {
    let is_plain = |letter: char| letter.is_ascii_alphanumeric() || "-_./=:,%+@".contains(letter);
    match !word.is_empty() && word.chars().all(is_plain) {
        true => word.to_owned(),
        false => format!("'{}'", word.replace('\'', r"'\''")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_is_what_was_typed_with_the_seed_that_was_drawn() {
        let typed = [
            "target/debug/loadgen",
            "run",
            "--out",
            "runs/x",
            "--seed=3",
            "--method",
            "sh -c 'kill 1'",
        ];
        let record = Record {
            seed: 7,
            command: typed.map(String::from).into(),
            ..Record::default()
        };
        let expected = r"target/debug/loadgen run --method 'sh -c '\''kill 1'\''' --seed 7";
        assert_eq!(again(&record), expected);
    }

    #[test]
    fn a_flag_has_the_value_that_was_typed() {
        let typed = |words: &[&str]| Record {
            command: words.iter().map(|word| (*word).into()).collect(),
            ..Record::default()
        };
        let in_flight = |words: &[&str]| {
            let record = typed(words);
            flag(&record, "--in-flight").map(String::from)
        };
        let asked = Some("50".to_owned());
        assert_eq!(in_flight(&["run", "--in-flight", "50"]), asked);
        assert_eq!(in_flight(&["run", "--in-flight=50"]), asked);
        assert_eq!(in_flight(&["run", "--in-flights", "50"]), None);
    }

    #[test]
    fn a_run_through_the_front_door_is_asked_for_there() {
        let record = Record {
            seed: 7,
            command: ["make", "demo"].map(String::from).into(),
            ..Record::default()
        };
        assert_eq!(again(&record), "make demo SEED=7");
    }

    #[test]
    fn a_run_without_its_command_is_asked_for_by_what_it_says() {
        let mut record = Record {
            seed: 7,
            method: Some("chaos apply x".into()),
            ..Record::default()
        };
        record.load.rate_intended = 20.0;
        record.load.seconds = 40.001;
        let expected = "loadgen run --rate 20 --duration 40s --method 'chaos apply x' --seed 7";
        assert_eq!(again(&record), expected);
    }
}
