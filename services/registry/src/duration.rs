//! Durations as Go writes them: `5s`, `1m0s`, `1.5h`, `250ms`.

use std::time::Duration;

/// Parses one; `None` when it is none, or is longer than milliseconds of 64 bits can say.
pub fn parse(text: &str) -> Option<Duration> {
    let mut rest = text;
    let mut seconds = 0.0;
    while !rest.is_empty() {
        let digits = rest.find(|c: char| !c.is_ascii_digit() && c != '.')?;
        let (number, after) = rest.split_at(digits);
        let letters = after
            .find(|c: char| c.is_ascii_digit() || c == '.')
            .unwrap_or(after.len());
        let (unit, after) = after.split_at(letters);
        seconds += number.parse::<f64>().ok()? * unit_seconds(unit)?;
        rest = after;
    }
    let parsed = Duration::try_from_secs_f64(seconds).ok()?;
    (!text.is_empty()).then_some(parsed)
}

fn unit_seconds(unit: &str) -> Option<f64> {
    match unit {
        "ns" => Some(1e-9),
        "us" | "µs" => Some(1e-6),
        "ms" => Some(1e-3),
        "s" => Some(1.0),
        "m" => Some(60.0),
        "h" => Some(3600.0),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::parse;
    use std::time::Duration;

    #[test]
    fn what_go_writes_is_read() {
        let cases = [
            ("5s", 5_000),
            ("1m0s", 60_000),
            ("1.5h", 5_400_000),
            ("250ms", 250),
            ("1h2m3s4ms", 3_723_004),
            ("0s", 0),
        ];
        for (text, ms) in cases {
            assert_eq!(parse(text), Some(Duration::from_millis(ms)), "{text}");
        }
    }

    #[test]
    fn anything_else_is_none() {
        for text in [
            "",
            "5",
            "s",
            "-5s",
            "5 s",
            "5d",
            "1..5s",
            "99999999999999999999999h",
            "5sé",
        ] {
            assert_eq!(parse(text), None, "{text}");
        }
    }
}
