//! Configuration from environment variables, with every mistake collected before the process gives up.

use std::collections::BTreeMap;
use std::fmt::{self, Display};
use std::str::FromStr;

/// Keys whose values are, or contain, credentials: neither they nor a parser's words about them are printed.
const SECRET_ENDINGS: [&str; 5] = ["_URL", "_PASSWORD", "_TOKEN", "_SECRET", "_KEY"];

/// The environment of a process, and what is wrong with it so far.
#[derive(Debug)]
pub struct Environment {
    service: String,
    variables: BTreeMap<String, String>,
    mistakes: Vec<Mistake>,
}

/// What is wrong with one variable.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Mistake {
    key: String,
    reason: String,
}

/// A configuration with which the process must not start: all of its mistakes.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub struct ConfigError {
    service: String,
    mistakes: Vec<Mistake>,
}

impl Environment {
    /// The environment of this process.
    pub fn read(service: &str) -> Self {
        // A variable that is no UTF-8 cannot be a valid setting, and counts as not set.
        let variables = std::env::vars_os()
            .filter_map(|(key, value)| Some((key.into_string().ok()?, value.into_string().ok()?)));
        Self::of(service, variables)
    }

    /// An environment made up by the caller.
    pub fn of(service: &str, variables: impl IntoIterator<Item = (String, String)>) -> Self {
        Self {
            service: service.to_owned(),
            variables: variables.into_iter().collect(),
            mistakes: Vec::new(),
        }
    }

    /// A variable that has to be there. `None` means that a mistake is on record.
    pub fn required<T: FromStr<Err: Display>>(&mut self, key: &str) -> Option<T> {
        if self.value(key).is_none() {
            self.mistake(key, "is not set");
            return None;
        }
        self.optional(key)
    }

    /// A variable that may be missing or empty; a value that does not parse is a mistake.
    pub fn optional<T: FromStr<Err: Display>>(&mut self, key: &str) -> Option<T> {
        let value = self.value(key)?;
        match value.parse() {
            Ok(parsed) => Some(parsed),
            Err(error) => {
                let reason = if is_secret(key) {
                    "does not parse (its value is not shown)".to_owned()
                } else {
                    format!("{value:?} does not parse: {error}")
                };
                self.mistake(key, reason);
                None
            }
        }
    }

    /// A variable with a default.
    pub fn or<T: FromStr<Err: Display>>(&mut self, key: &str, default: T) -> T {
        self.optional(key).unwrap_or(default)
    }

    /// Puts a mistake on record that only the caller can see, such as a value out of its range.
    pub fn mistake(&mut self, key: &str, reason: impl Into<String>) {
        self.mistakes.push(Mistake {
            key: key.to_owned(),
            reason: reason.into(),
        });
    }

    /// Fails with, and prints, all mistakes on record.
    pub fn check(&mut self) -> Result<(), ConfigError> {
        if self.mistakes.is_empty() {
            return Ok(());
        }
        let error = ConfigError {
            service: self.service.clone(),
            mistakes: std::mem::take(&mut self.mistakes),
        };
        eprintln!("{error}");
        Err(error)
    }

    /// [`check`](Self::check), then the settings that were put together from this environment.
    pub fn checked<T>(&mut self, settings: Option<T>) -> Result<T, ConfigError> {
        if settings.is_none() && self.mistakes.is_empty() {
            self.mistake("(settings)", "are incomplete");
        }
        self.check()?;
        settings.ok_or_else(|| ConfigError {
            service: self.service.clone(),
            mistakes: Vec::new(),
        })
    }

    fn value(&self, key: &str) -> Option<&str> {
        self.variables
            .get(key)
            .map(|value| value.trim())
            .filter(|value| !value.is_empty())
    }
}

fn is_secret(key: &str) -> bool {
    SECRET_ENDINGS.iter().any(|ending| key.ends_with(ending))
}

impl Display for ConfigError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let count = self.mistakes.len();
        write!(
            out,
            "{}: {count} mistake(s) in the configuration; correct them and start again",
            self.service
        )?;
        for mistake in &self.mistakes {
            write!(out, "\n  {} {}", mistake.key, mistake.reason)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::Environment;
    use std::net::SocketAddr;

    fn environment(variables: &[(&str, &str)]) -> Environment {
        let owned = variables
            .iter()
            .map(|(key, value)| (key.to_string(), value.to_string()));
        Environment::of("orders", owned)
    }

    #[test]
    fn all_mistakes_are_named_at_once() {
        let mut env = environment(&[
            ("PUBLIC_ADDR", "nowhere"),
            ("OUTBOX_LIMIT", "-1"),
            ("EMPTY", " "),
        ]);
        assert_eq!(env.required::<SocketAddr>("PUBLIC_ADDR"), None);
        assert_eq!(env.required::<String>("EMPTY"), None);
        assert_eq!(env.or::<u64>("OUTBOX_LIMIT", 7), 7);
        env.mistake("TRACE_SAMPLE_RATIO", "must be between 0 and 1");
        let error = env.check().expect_err("four mistakes").to_string();
        assert!(error.starts_with("orders: 4 mistake(s)"), "{error}");
        for key in [
            "PUBLIC_ADDR \"nowhere\"",
            "EMPTY is not set",
            "OUTBOX_LIMIT \"-1\"",
            "TRACE_SAMPLE_RATIO",
        ] {
            assert!(error.contains(key), "{error} lacks {key}");
        }
    }

    #[test]
    fn a_secret_is_not_shown() {
        let mut env = environment(&[
            ("CONTROL_TOKEN", "hunter2"),
            ("DATABASE_URL", "postgres://me:hunter2@"),
        ]);
        env.required::<u64>("CONTROL_TOKEN");
        env.required::<SocketAddr>("DATABASE_URL");
        let error = env.check().expect_err("two mistakes").to_string();
        assert!(!error.contains("hunter2"), "{error}");
    }

    #[test]
    fn what_is_right_is_returned() {
        let mut env = environment(&[("LIMIT", "5")]);
        let settings = env.required::<u8>("LIMIT").zip(Some(env.or("OTHER", 6_u8)));
        assert_eq!(env.checked(settings), Ok((5, 6)));
        assert_eq!(env.optional::<String>("OTLP_ENDPOINT"), None);
        assert_eq!(env.check(), Ok(()));
    }
}
