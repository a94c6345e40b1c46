//! Wall-clock time, as the history has it, and whether it can be trusted.

pub mod steps;
pub mod watched;

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use humantime::{format_rfc3339_nanos, format_rfc3339_seconds};

/// The last moment with a year of four digits.
const YEAR_9999_MS: u64 = 253_402_300_799_999;

pub fn now_us() -> u64 {
    let since_epoch = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default();
    u64::try_from(since_epoch.as_micros()).unwrap_or(u64::MAX)
}

pub fn now_ms() -> u64 {
    now_us() / 1_000
}

pub fn as_us(duration: Duration) -> u64 {
    u64::try_from(duration.as_micros()).unwrap_or(u64::MAX)
}

pub fn as_ms(duration: Duration) -> u64 {
    as_us(duration) / 1_000
}

/// `2026-11-22T19-47-14Z`: sorts by time, and is a file name everywhere.
pub fn file_name(unix_ms: u64) -> String {
    format_rfc3339_seconds(at(unix_ms))
        .to_string()
        .replace(':', "-")
}

/// `2026-11-22T19:47:14.250000000Z`, with the nanoseconds that Jaeger asks for.
pub fn rfc3339(unix_ms: u64) -> String {
    format_rfc3339_nanos(at(unix_ms)).to_string()
}

fn at(unix_ms: u64) -> SystemTime {
    UNIX_EPOCH + Duration::from_millis(unix_ms.min(YEAR_9999_MS))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_dates_of_the_calendar() {
        assert_eq!(file_name(0), "1970-01-01T00-00-00Z");
        assert_eq!(file_name(951_782_400_000), "2000-02-29T00-00-00Z");
        assert_eq!(file_name(1_795_376_834_250), "2026-11-22T19-47-14Z");
        assert_eq!(rfc3339(1_795_376_834_250), "2026-11-22T19:47:14.250000000Z");
        assert_eq!(file_name(u64::MAX), "9999-12-31T23-59-59Z");
    }
}
