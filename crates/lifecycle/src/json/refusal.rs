//! From a serde error to the problem that tells a client what to correct.
//!
//! serde has no error codes, only messages. Their openings have been stable since serde 1.0 and are pinned by the
//! tests below. A type of ours that refuses a value in its own `Deserialize` names the problem itself, as
//! `"<slug>: <detail>"`.

use serde_json::error::Category;
use serde_path_to_error::{Path, Segment};

use crate::problem::{
    self, MALFORMED_JSON, MISSING_FIELD, OUT_OF_RANGE, Problem, ProblemType, UNKNOWN_FIELD,
    WRONG_TYPE,
};

pub(super) fn of(error: serde_path_to_error::Error<serde_json::Error>) -> Problem {
    let pointer = pointer(error.path());
    let error = error.into_inner();
    let message = error.to_string();
    let kind = match error.classify() {
        // serde_json reports a number beyond f64 as a mistake of syntax.
        Category::Syntax if message.starts_with("number out of range") => OUT_OF_RANGE,
        Category::Io | Category::Syntax | Category::Eof => {
            return Problem::new(MALFORMED_JSON, message);
        }
        Category::Data => return of_data(&message, pointer),
    };
    located(kind, &message, pointer)
}

fn of_data(message: &str, pointer: String) -> Problem {
    if let Some((slug, detail)) = message.split_once(": ")
        && let Some(kind) = problem::by_slug(slug)
    {
        return located(kind, detail, pointer);
    }
    let kind = if message.starts_with("unknown field") {
        UNKNOWN_FIELD
    } else if message.starts_with("missing field") {
        MISSING_FIELD
    } else if message.starts_with("duplicate field") {
        MALFORMED_JSON
    } else if is_integer_out_of_range(message) {
        OUT_OF_RANGE
    } else {
        WRONG_TYPE
    };
    located(kind, message, pointer)
}

/// An integer that does not fit is an "invalid value"; one that does not even fit 64 bits was read as a float.
fn is_integer_out_of_range(message: &str) -> bool {
    if message.starts_with("invalid value: integer") {
        return true;
    }
    let Some(float) = message.strip_prefix("invalid type: floating point `") else {
        return false;
    };
    let number = float
        .split('`')
        .next()
        .and_then(|digits| digits.parse::<f64>().ok());
    number.is_some_and(|number| number.abs() >= i64::MAX as f64)
}

fn located(kind: ProblemType, message: &str, pointer: String) -> Problem {
    if pointer.is_empty() {
        return Problem::new(kind, message);
    }
    Problem::new(kind, format!("at {pointer}: {message}")).at(pointer)
}

/// The path as an RFC 6901 JSON pointer.
fn pointer(path: &Path) -> String {
    let mut pointer = String::new();
    for segment in path {
        match segment {
            Segment::Seq { index } => pointer.push_str(&format!("/{index}")),
            Segment::Map { key } | Segment::Enum { variant: key } => {
                pointer.push('/');
                pointer.push_str(&key.replace('~', "~0").replace('/', "~1"));
            }
            Segment::Unknown => {}
        }
    }
    pointer
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;
    use serde::de::Error;

    use crate::json::parse;

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    #[allow(dead_code)] // parsed, never read
    struct Order {
        customer: String,
        lines: Vec<Line>,
        #[serde(default)]
        coordination: Option<Coordination>,
    }

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    #[allow(dead_code)] // parsed, never read
    struct Line {
        sku: String,
        quantity: u32,
    }

    #[derive(Debug)]
    struct Coordination;

    impl<'de> Deserialize<'de> for Coordination {
        fn deserialize<D: serde::Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
            let word = String::deserialize(input)?;
            Err(D::Error::custom(format!(
                "unknown-coordination: {word} is none"
            )))
        }
    }

    #[test]
    fn each_mistake_has_its_own_problem_and_place() {
        let cases = [
            ("", "malformed-json", None),
            ("{", "malformed-json", None),
            ("{} x", "missing-field", None),
            (r#"{"customer":"c","lines":[]} x"#, "malformed-json", None),
            (
                r#"{"customer":"c","customer":"d","lines":[]}"#,
                "malformed-json",
                None,
            ),
            (r#"{"customer":"c"}"#, "missing-field", None),
            (
                r#"{"customer":"c","lines":[{"sku":"a"}]}"#,
                "missing-field",
                Some("/lines/0"),
            ),
            (
                r#"{"customer":7,"lines":[]}"#,
                "wrong-type",
                Some("/customer"),
            ),
            (
                r#"{"customer":"c","lines":{}}"#,
                "wrong-type",
                Some("/lines"),
            ),
            (r#"["c", []]"#, "wrong-type", None),
            (r#""text""#, "wrong-type", None),
            (
                r#"{"customer":"c","lines":[],"x/y":1}"#,
                "unknown-field",
                Some("/x~1y"),
            ),
            (
                r#"{"customer":"c","lines":[],"coordination":"chaos"}"#,
                "unknown-coordination",
                Some("/coordination"),
            ),
        ];
        for (body, slug, pointer) in cases {
            let problem = parse::<Order>(body.as_bytes()).expect_err(body);
            assert_eq!(problem.type_slug, slug, "{body}: {problem:?}");
            assert_eq!(problem.pointer.as_deref(), pointer, "{body}: {problem:?}");
        }
    }

    #[test]
    fn numbers_that_do_not_fit_are_out_of_range_and_those_that_are_no_integers_of_the_wrong_type() {
        let cases = [
            ("-1", "out-of-range"),
            ("4294967296", "out-of-range"),
            ("99999999999999999999999", "out-of-range"),
            ("1e999", "out-of-range"),
            ("1.5", "wrong-type"),
            ("\"2\"", "wrong-type"),
            ("null", "wrong-type"),
            ("true", "wrong-type"),
        ];
        for (number, slug) in cases {
            let body = format!(r#"{{"customer":"c","lines":[{{"sku":"a","quantity":{number}}}]}}"#);
            let problem = parse::<Order>(body.as_bytes()).expect_err(number);
            assert_eq!(problem.type_slug, slug, "{number}: {problem:?}");
            assert_eq!(
                problem.pointer.as_deref(),
                Some("/lines/0/quantity"),
                "{problem:?}"
            );
        }
    }
}
