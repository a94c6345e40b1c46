//! What the schedule wanted so far: the same dice once more, counted instead of sent.

use std::iter::Peekable;
use std::time::Duration;

use crate::drive::schedule::{Round, Schedule};
use crate::workload::arrival::Arrivals;

type Times = Peekable<Box<dyn Iterator<Item = Duration> + Send>>;

pub struct Intended {
    /// Times of orders since the beginning of the load; `None`: the system decides.
    times: Option<Times>,
    count: u64,
}

impl Intended {
    pub fn of(schedule: Schedule) -> Self {
        let mut rounds = schedule.rounds().peekable();
        let is_closed = |round: &Round| matches!(round.arrivals, Arrivals::Closed(_));
        let times = match rounds.peek().is_none_or(is_closed) {
            true => None,
            false => {
                let times: Box<dyn Iterator<Item = Duration> + Send> =
                    Box::new(rounds.flat_map(times));
                Some(times.peekable())
            }
        };
        Self { times, count: 0 }
    }

    /// Orders that were to be sent by then.
    pub fn until(&mut self, elapsed: Duration) -> Option<u64> {
        let times = self.times.as_mut()?;
        while times.next_if(|time| *time <= elapsed).is_some() {
            self.count += 1;
        }
        Some(self.count)
    }
}

fn times(round: Round) -> Box<dyn Iterator<Item = Duration> + Send> {
    let starts = round.starts;
    match round.arrivals {
        Arrivals::Open(offsets) => Box::new(offsets.map(move |offset| starts + offset)),
        Arrivals::Closed(_) => Box::new(std::iter::empty()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dice::Dice;
    use crate::drive::schedule::Then;
    use crate::workload::arrival::{Closed, Constant, Rate};
    use crate::workload::{Arrival, Stage};
    use strict_yaml::Span;

    fn intended(arrival: Arrival, then: Then) -> Intended {
        let duration = Span::seconds(2);
        let stage = Stage { duration, arrival };
        Intended::of(Schedule::new(vec![stage], then, Dice::new(1)))
    }

    #[test]
    fn what_is_intended_is_what_the_schedule_sends_at_its_times() {
        let constant = || Arrival::Constant(Constant { rate: Rate(10.0) });
        let mut again = intended(constant(), Then::Again);
        let mut once = intended(constant(), Then::Nothing);
        let after = |it: &mut Intended, ms| it.until(Duration::from_millis(ms));
        let half = after(&mut again, 1_000).expect("it is open");
        assert!((10..=11).contains(&half), "{half}");
        let all = after(&mut again, 3_950).expect("it is open");
        assert!((39..=41).contains(&all), "{all}");
        let all = after(&mut once, 60_000).expect("it is open");
        assert!((20..=21).contains(&all), "{all}");
    }

    #[test]
    fn in_a_closed_loop_nothing_is_intended() {
        let closed = Closed {
            customers: 3,
            think_time: Span::seconds(1),
        };
        let mut intended = intended(Arrival::Closed(closed), Then::Again);
        assert_eq!(intended.until(Duration::from_secs(9)), None);
    }
}
