//! Passwords and tokens of a run: made at its start, gone at its end.

use uuid::Uuid;

/// 122 random bits, of letters and digits alone, so that it stands in a URL, a file or SQL as it is.
pub fn password() -> String {
    Uuid::new_v4().simple().to_string()
}

/// Compares in a time that depends on the lengths alone: the first wrong letter must not show.
pub fn same(given: &str, expected: &str) -> bool {
    let differences = given
        .bytes()
        .zip(expected.bytes())
        .fold(0, |seen, (a, b)| seen | (a ^ b));
    std::hint::black_box(differences) == 0 && given.len() == expected.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_whole_secret_is_the_same() {
        assert!(same("abc", "abc"));
        for other in ["", "ab", "abcd", "abd", "xbc"] {
            assert!(!same(other, "abc"), "{other}");
        }
    }

    #[test]
    fn passwords_differ_and_need_no_quoting() {
        let (one, two) = (password(), password());
        assert_ne!(one, two);
        assert!(one.bytes().all(|byte| byte.is_ascii_alphanumeric()));
    }
}
