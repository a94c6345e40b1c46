//! Whether the clock that the history is written by has stepped: no two times around a step can be compared.

use std::time::{Duration, Instant};

use super::{as_us, now_us};

/// A clock that is kept by slewing gains or loses so much, which is what the kernel allows.
const SLEW_SHARE: f64 = 0.0005;
/// A step that is shorter moves no figure that people look at.
const STEP_US_MIN: i64 = 50_000;
/// Two reads of one look lie closer together, unless something else was given the processor meanwhile.
const LOOK_US_MAX: u64 = 1_000;
const LOOKS_MAX: usize = 10;

/// One moment on both clocks: the one that people read, and the one that never steps.
#[derive(Clone, Copy, Debug)]
pub struct Look {
    pub wall_us: u64,
    pub steady: Instant,
}

/// Looks at both clocks now and then.
pub struct Steps {
    look: Box<dyn FnMut() -> Look + Send>,
    last: Look,
}

impl Look {
    pub fn now() -> Self {
        let mut look = Self::once();
        for _ in 1..LOOKS_MAX {
            if as_us(look.steady.elapsed()) <= LOOK_US_MAX {
                break;
            }
            look = Self::once();
        }
        look
    }

    fn once() -> Self {
        let steady = Instant::now();
        let wall_us = now_us();
        Self { wall_us, steady }
    }

    /// How far the wall clock was moved from there to here, in us: forward above zero.
    fn step_us(&self, since: &Look) -> Option<i64> {
        let elapsed = self.steady.saturating_duration_since(since.steady);
        let expected_us = since.wall_us.saturating_add(as_us(elapsed));
        let step_us = self.wall_us.wrapping_sub(expected_us).cast_signed();
        (step_us.saturating_abs() > bound_us(elapsed)).then_some(step_us)
    }
}

fn bound_us(elapsed: Duration) -> i64 {
    let slewed_us = (as_us(elapsed) as f64 * SLEW_SHARE) as i64;
    slewed_us.saturating_add(STEP_US_MIN)
}

impl Steps {
    pub fn watch() -> Self {
        Self::of(Look::now)
    }

    pub fn of(mut look: impl FnMut() -> Look + Send + 'static) -> Self {
        let last = look();
        Self {
            look: Box::new(look),
            last,
        }
    }

    /// Why times are not to be trusted since it was last asked.
    pub fn doubt(&mut self, during: &str) -> Option<String> {
        let now = (self.look)();
        let before = std::mem::replace(&mut self.last, now);
        let step_us = now.step_us(&before)?;
        Some(format!(
            "the clock of the load generator stepped by {:+.3} s during {during}: no two times around that can be compared",
            step_us as f64 / 1_000_000.0
        ))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOUR_MS: u64 = 3_600_000;

    /// What is said at each of these moments: ms on the wall clock, and on the steady one.
    fn told(moments: &[(u64, u64)]) -> Vec<Option<String>> {
        let zero = Instant::now();
        let looks = moments.iter().map(|(wall_ms, steady_ms)| Look {
            wall_us: wall_ms * 1_000,
            steady: zero + Duration::from_millis(*steady_ms),
        });
        let mut looks: Vec<Look> = looks.collect();
        looks.reverse();
        let mut steps = Steps::of(move || looks.pop().expect("another moment"));
        let asked = moments.iter().skip(1);
        asked.map(|_| steps.doubt("inject")).collect()
    }

    #[test]
    fn a_step_is_told_with_its_size_and_its_phase_and_once() {
        let start = 1_000 * HOUR_MS;
        let said = told(&[
            (start, 0),
            (start + 10_000, 10_000),
            (start + HOUR_MS + 20_000, 20_000),
            (start + HOUR_MS + 30_000, 30_000),
            (start + 40_000, 40_000),
            (start + 50_000 - 250, 50_000),
        ]);
        let stepped = |by: &str| {
            Some(format!(
                "the clock of the load generator stepped by {by} s during inject: no two times around that can be compared"
            ))
        };
        let expected = [
            None,
            stepped("+3600.000"),
            None,
            stepped("-3600.000"),
            stepped("-0.250"),
        ];
        assert_eq!(said, expected);
    }

    #[test]
    fn a_clock_that_is_slewed_has_not_stepped() {
        let start = 1_000 * HOUR_MS;
        // 500 in a million, for two hours: 3.6 s.
        let slewed = told(&[(start, 0), (start + 2 * HOUR_MS + 3_600, 2 * HOUR_MS)]);
        assert_eq!(slewed, [None]);
        let stepped = told(&[(start, 0), (start + 60_000 + 3_600, 60_000)]);
        assert!(stepped[0].is_some());
    }

    #[test]
    fn a_look_reads_both_clocks_at_one_moment() {
        let mut steps = Steps::watch();
        assert_eq!(steps.doubt("a moment"), None);
    }
}
