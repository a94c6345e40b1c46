//! Wall-clock time as the journal writes it.

use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use humantime::format_rfc3339_millis;

/// A clock that is kept by slewing gains or loses half a second in a quarter of an hour, which no probe can tell.
const SLEW_MS_MAX: u64 = 500;
/// The last moment with a year of four digits.
const YEAR_9999_MS: u64 = 253_402_300_799_999;

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
    let at = UNIX_EPOCH + Duration::from_millis(unix_ms.min(YEAR_9999_MS));
    let mut text = format_rfc3339_millis(at).to_string();
    text.truncate(23);
    text
}

/// A name for a folder that sorts by time: `2026-11-22T19-47-14`.
pub fn folder_name() -> String {
    let mut text = iso8601(now_ms()).replace(':', "-");
    text.truncate(19);
    text
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
        assert_eq!(iso8601(u64::MAX), "9999-12-31T23:59:59.999");
    }
}
