//! Durations as Go writes them, because Jaeger's parameters are: `1.5s`, `100ms`, `1h2m`.

/// Nanoseconds; `None` when the text is no duration, or a negative one, or beyond 584 years.
pub(super) fn parse(text: &str) -> Option<u64> {
    if text == "0" {
        return Some(0);
    }
    let mut rest = text.strip_prefix('+').unwrap_or(text);
    if rest.is_empty() {
        return None;
    }
    let mut total = 0u64;
    while !rest.is_empty() {
        let number_end = rest.find(|c: char| !c.is_ascii_digit() && c != '.')?;
        let (number, tail) = rest.split_at(number_end);
        let unit_end = tail
            .find(|c: char| c.is_ascii_digit() || c == '.')
            .unwrap_or(tail.len());
        let (unit, tail) = tail.split_at(unit_end);
        total = total.checked_add(nanoseconds(number, unit)?)?;
        rest = tail;
    }
    Some(total)
}

fn nanoseconds(number: &str, unit: &str) -> Option<u64> {
    let unit_ns = match unit {
        "ns" => 1,
        "us" | "µs" | "μs" => 1_000,
        "ms" => 1_000_000,
        "s" => 1_000_000_000,
        "m" => 60_000_000_000,
        "h" => 3_600_000_000_000u64,
        _ => return None,
    };
    let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
    if whole.is_empty() && fraction.is_empty() || fraction.contains('.') {
        return None;
    }
    let whole: u64 = if whole.is_empty() {
        0
    } else {
        whole.parse().ok()?
    };
    // digits beyond the ninth are below a nanosecond of a second, and of little of an hour
    let (mut part, mut scale) = (0u64, 1u64);
    for digit in fraction.bytes().take(9) {
        part = part * 10 + u64::from(digit - b'0');
        scale *= 10;
    }
    let part = u128::from(part) * u128::from(unit_ns) / u128::from(scale);
    whole
        .checked_mul(unit_ns)?
        .checked_add(u64::try_from(part).ok()?)
}

#[cfg(test)]
mod tests {
    use super::parse;
    use proptest::prelude::*;

    #[test]
    fn durations_as_go_writes_them() {
        assert_eq!(parse("1.5s"), Some(1_500_000_000));
        assert_eq!(parse("100ms"), Some(100_000_000));
        assert_eq!(parse("1h2m0.5s"), Some(3_720_500_000_000));
        assert_eq!(parse("3µs"), Some(3_000));
        assert_eq!(parse(".5ms"), Some(500_000));
        assert_eq!(parse("0"), Some(0));
    }

    #[test]
    fn what_go_refuses_is_refused() {
        for text in [
            "",
            "+",
            "5",
            "s",
            ".s",
            "1..5s",
            "1 s",
            "-1s",
            "1d",
            "99999999999h",
        ] {
            assert_eq!(parse(text), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_a_duration_or_not(text in ".{0,20}") {
            parse(&text);
        }
    }
}
