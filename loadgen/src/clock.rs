//! Wall-clock time, as the history has it, and whether it can be trusted.

pub mod steps;

use std::time::{Duration, SystemTime, UNIX_EPOCH};

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
    let (days, seconds) = (unix_ms / 86_400_000, unix_ms / 1_000 % 86_400);
    let (year, month, day) = civil(days);
    let (hour, minute, second) = (seconds / 3_600, seconds / 60 % 60, seconds % 60);
    format!("{year:04}-{month:02}-{day:02}T{hour:02}-{minute:02}-{second:02}Z")
}

/// `2026-11-22T19:47:14.250000000Z`, with the nanoseconds that Jaeger asks for.
pub fn rfc3339(unix_ms: u64) -> String {
    let (days, ms) = (unix_ms / 86_400_000, unix_ms % 86_400_000);
    let (year, month, day) = civil(days);
    let (hour, minute, second) = (ms / 3_600_000, ms / 60_000 % 60, ms / 1_000 % 60);
    format!(
        "{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}.{:03}000000Z",
        ms % 1_000
    )
}

/// Days since 1970 to a date of the Gregorian calendar, counting years from March so that a leap day comes last.
fn civil(days: u64) -> (u64, u64, u64) {
    let shifted = days + 719_468;
    let (era, day_of_era) = (shifted / 146_097, shifted % 146_097);
    let year_of_era =
        (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let from_march = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * from_march + 2) / 5 + 1;
    let month = if from_march < 10 {
        from_march + 3
    } else {
        from_march - 9
    };
    (year_of_era + era * 400 + u64::from(month <= 2), month, day)
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
    }
}
