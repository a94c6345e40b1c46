//! When orders are to be sent: the stages of a workload, one after the other. The schedule knows nothing of the system:
//! that is what makes an open loop open.

use std::time::Duration;

use crate::dice::Dice;
use crate::workload::Stage;
use crate::workload::arrival::Arrivals;

#[derive(Clone, Debug)]
pub struct Schedule {
    stages: Vec<Stage>,
    then: Then,
    dice: Dice,
}

/// What comes after the last stage, where the method and the recovery take longer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Then {
    /// The last stage again, with other dice.
    Again,
    Nothing,
}

/// A stage at its time.
pub struct Round {
    /// Since the beginning of the schedule.
    pub starts: Duration,
    pub ends: Duration,
    /// Offsets from `starts`.
    pub arrivals: Arrivals,
}

impl Schedule {
    pub fn new(stages: Vec<Stage>, then: Then, dice: Dice) -> Self {
        Self {
            stages,
            then,
            dice: dice.salted("schedule"),
        }
    }

    pub fn rounds(self) -> impl Iterator<Item = Round> {
        let last = match self.then {
            Then::Again => self.stages.last().cloned(),
            Then::Nothing => None,
        };
        let again = last.into_iter().cycle();
        let stages = self.stages.into_iter().chain(again);
        let mut starts = Duration::ZERO;
        stages.zip(0_u64..).map(move |(stage, nth)| {
            let dice = match nth {
                0 => self.dice,
                nth => self.dice.salted(&format!("stage {nth}")),
            };
            let round = Round {
                starts,
                ends: starts + stage.duration.0,
                arrivals: stage.arrival.shape().arrivals(dice, stage.duration.0),
            };
            starts = round.ends;
            round
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stages() -> Vec<Stage> {
        let seconds = Duration::from_secs;
        vec![
            Stage::poisson(5.0, seconds(4)),
            Stage::poisson(9.0, seconds(2)),
        ]
    }

    fn spans(then: Then) -> Vec<(u64, u64)> {
        let rounds = Schedule::new(stages(), then, Dice::new(1)).rounds();
        let spans = rounds.map(|round| (round.starts.as_secs(), round.ends.as_secs()));
        spans.take(4).collect()
    }

    #[test]
    fn stages_follow_each_other_and_the_last_begins_again() {
        assert_eq!(spans(Then::Again), [(0, 4), (4, 6), (6, 8), (8, 10)]);
        assert_eq!(spans(Then::Nothing), [(0, 4), (4, 6)]);
    }

    #[test]
    fn a_stage_that_begins_again_has_other_arrivals() {
        let rounds = Schedule::new(stages(), Then::Again, Dice::new(1)).rounds();
        let offsets = |round: Round| match round.arrivals {
            Arrivals::Open(offsets) => offsets.collect::<Vec<_>>(),
            Arrivals::Closed(closed) => panic!("{closed:?}"),
        };
        let all: Vec<Vec<Duration>> = rounds.take(3).map(offsets).collect();
        assert!(all[1] != all[2], "{all:?}");
    }
}
