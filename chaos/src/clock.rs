//! Wall-clock time as the journal writes it.

use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

/// A clock that is kept by slewing gains or loses half a second in a quarter of an hour, which no probe can tell.
const SLEW_MS_MAX: u64 = 500;

/// A moment on both clocks: the one that people read, and the one that never steps.
#[derive(Clone, Copy, Debug)]
pub struct Moment {
    pub wall_ms: u64,
    steady: Instant,
}

impl Moment {
    pub fn now() -> Self {
        Self {
            wall_ms: now_ms(),
            steady: Instant::now(),
        }
    }

    pub fn elapsed(&self) -> Duration {
        self.steady.elapsed()
    }

    /// How far the clock that people read has stepped since then, if it has: no two times around it can be compared.
    pub fn step_ms(&self) -> Option<i64> {
        step_ms(self.wall_ms, now_ms(), self.elapsed())
    }
}

fn step_ms(from_ms: u64, to_ms: u64, elapsed: Duration) -> Option<i64> {
    let expected_ms = from_ms.saturating_add(elapsed.as_millis() as u64);
    let stepped = to_ms.abs_diff(expected_ms) > SLEW_MS_MAX;
    stepped.then(|| to_ms.wrapping_sub(expected_ms).cast_signed())
}

pub fn now_ms() -> u64 {
    let since_epoch = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default();
    u64::try_from(since_epoch.as_millis()).unwrap_or(u64::MAX)
}

/// `2026-11-22T19:47:14.250`, the form Chaos Toolkit uses: UTC without a zone.
pub fn iso8601(unix_ms: u64) -> String {
    let (days, ms) = (unix_ms / 86_400_000, unix_ms % 86_400_000);
    let (year, month, day) = civil(days);
    let (hour, minute, second) = (ms / 3_600_000, ms / 60_000 % 60, ms / 1_000 % 60);
    format!(
        "{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}.{:03}",
        ms % 1_000
    )
}

/// A name for a folder that sorts by time: `2026-11-22T19-47-14`.
pub fn folder_name() -> String {
    let mut text = iso8601(now_ms()).replace(':', "-");
    text.truncate(19);
    text
}

/// Days since 1970 to a date of the Gregorian calendar, counting years from March so that a leap day comes last.
fn civil(days: u64) -> (u64, u64, u64) {
    let shifted = days + 719_468;
    let era = shifted / 146_097;
    let day_of_era = shifted % 146_097;
    let year_of_era =
        (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_from_march = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
    let month = if month_from_march < 10 {
        month_from_march + 3
    } else {
        month_from_march - 9
    };
    (year_of_era + era * 400 + u64::from(month <= 2), month, day)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_step_is_told_from_slewing_in_either_direction() {
        let minute = Duration::from_secs(60);
        assert_eq!(step_ms(1_000_000, 1_060_000, minute), None);
        assert_eq!(step_ms(1_000_000, 1_060_400, minute), None);
        assert_eq!(step_ms(1_000_000, 4_660_000, minute), Some(3_600_000));
        assert_eq!(step_ms(4_000_000, 460_000, minute), Some(-3_600_000));
    }

    #[test]
    fn dates_are_those_of_the_calendar() {
        assert_eq!(iso8601(0), "1970-01-01T00:00:00.000");
        assert_eq!(iso8601(951_782_400_000), "2000-02-29T00:00:00.000");
        assert_eq!(iso8601(1_795_376_834_250), "2026-11-22T19:47:14.250");
    }
}
