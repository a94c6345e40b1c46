//! Nanoseconds since 1970 as RFC 3339, read and written.

use std::time::{Duration, UNIX_EPOCH};

use humantime::format_rfc3339_millis;

const DAY_NS: i128 = 86_400_000_000_000;

/// Reads what Go's `time.RFC3339Nano` reads, zones other than UTC as well, which `humantime` refuses. Times before 1970 and after 2554 become the nearest that a span
/// can have.
pub fn parse_rfc3339(text: &str) -> Option<u64> {
    let bytes = text.as_bytes();
    let digits = |from: usize, to: usize| -> Option<i128> {
        let part = bytes.get(from..to)?;
        part.iter().try_fold(0i128, |number, digit| {
            digit
                .is_ascii_digit()
                .then(|| number * 10 + i128::from(digit - b'0'))
        })
    };
    let punctuation = [(4, b'-'), (7, b'-'), (10, b'T'), (13, b':'), (16, b':')];
    if punctuation
        .iter()
        .any(|&(at, mark)| bytes.get(at) != Some(&mark))
    {
        return None;
    }
    let (year, month, day) = (digits(0, 4)?, digits(5, 7)?, digits(8, 10)?);
    let (hour, minute, second) = (digits(11, 13)?, digits(14, 16)?, digits(17, 19)?);
    if !(1..=12).contains(&month)
        || day < 1
        || day > days_in(year, month)
        || hour > 23
        || minute > 59
        || second > 59
    {
        return None;
    }
    let (fraction_ns, zone_at) = fraction(bytes, 19)?;
    let offset_s = match bytes.get(zone_at..)? {
        b"Z" => 0,
        [sign @ (b'+' | b'-'), _, _, b':', _, _] => {
            let (hours, minutes) = (
                digits(zone_at + 1, zone_at + 3)?,
                digits(zone_at + 4, zone_at + 6)?,
            );
            if hours > 23 || minutes > 59 {
                return None;
            }
            (hours * 3_600 + minutes * 60) * if *sign == b'+' { 1 } else { -1 }
        }
        _ => return None,
    };
    let seconds = hour * 3_600 + minute * 60 + second - offset_s;
    let nanos = days_since_1970(year, month, day) * DAY_NS + seconds * 1_000_000_000 + fraction_ns;
    Some(u64::try_from(nanos.max(0)).unwrap_or(u64::MAX))
}

/// Up to nine digits after a point, and where the zone begins.
fn fraction(bytes: &[u8], at: usize) -> Option<(i128, usize)> {
    if bytes.get(at) != Some(&b'.') {
        return Some((0, at));
    }
    let digits = bytes
        .get(at + 1..)?
        .iter()
        .take_while(|byte| byte.is_ascii_digit())
        .count();
    if digits == 0 {
        return None;
    }
    let (mut nanos, mut unit) = (0, 100_000_000);
    for digit in bytes.get(at + 1..at + 1 + digits.min(9))? {
        nanos += i128::from(digit - b'0') * unit;
        unit /= 10;
    }
    Some((nanos, at + 1 + digits))
}

/// `2026-11-22T19:46:00.123Z`: milliseconds are what a list of traces needs.
pub fn format_rfc3339(unix_ns: u64) -> String {
    format_rfc3339_millis(UNIX_EPOCH + Duration::from_nanos(unix_ns)).to_string()
}

fn days_in(year: i128, month: i128) -> i128 {
    match month {
        4 | 6 | 9 | 11 => 30,
        2 if year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) => 29,
        2 => 28,
        _ => 31,
    }
}

/// Howard Hinnant's `days_from_civil`: years begin in March, so that the leap day is the last one.
fn days_since_1970(year: i128, month: i128, day: i128) -> i128 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let year_of_era = year - era * 400;
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    era * 146_097 + day_of_era - 719_468
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn a_time_written_is_the_time_read(millis in 0..u64::MAX / 1_000_000) {
            let unix_ns = millis * 1_000_000;
            prop_assert_eq!(parse_rfc3339(&format_rfc3339(unix_ns)), Some(unix_ns));
        }

        #[test]
        fn any_text_is_a_time_or_not(text in ".{0,40}") {
            parse_rfc3339(&text);
        }
    }

    #[test]
    fn known_times() {
        for (text, unix_ns) in [
            ("1970-01-01T00:00:00Z", 0),
            ("2024-02-29T12:00:00.000000001Z", 1_709_208_000_000_000_001),
            ("2024-02-29T12:00:00.1234567891Z", 1_709_208_000_123_456_789),
            ("2024-02-29T14:30:00+02:30", 1_709_208_000_000_000_000),
            ("2024-02-29T10:00:00-02:00", 1_709_208_000_000_000_000),
            ("1960-01-01T00:00:00Z", 0),
            ("9999-12-31T23:59:59Z", u64::MAX),
        ] {
            assert_eq!(parse_rfc3339(text), Some(unix_ns), "{text}");
        }
    }

    #[test]
    fn what_is_no_time_is_refused() {
        for text in [
            "",
            "yesterday",
            "1700000000",
            "2023-02-29T00:00:00Z",
            "2024-13-01T00:00:00Z",
            "2024-01-01T24:00:00Z",
            "2024-01-01 00:00:00Z",
            "2024-01-01T00:00:00",
            "2024-01-01T00:00:00.Z",
            "2024-01-01T00:00:00+1",
            "2024-01-01T00:00:00ZZ",
            "２024-01-01T00:00:00Z",
        ] {
            assert_eq!(parse_rfc3339(text), None, "{text}");
        }
    }
}
