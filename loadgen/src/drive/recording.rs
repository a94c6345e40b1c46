//! A recorded run as a load: the same orders, cancels and reads at the same intended times, under names of its own.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::Duration;

use checkers::history::{Action, Completion, History, Operation, Place};
use strict_yaml::Span;

use super::draw::Draw;
use super::plan::{Plan, Planner, ReadBack, WARM_UP_OPS};
use super::population::{Population, renamed};
use crate::folder::{Folder, FolderError, Record};
use crate::history::{self, HistoryError};
use crate::workload::arrival::Times;
use crate::workload::{Arrival, Pace, Stage, Workload};

/// What of a run is sent again.
pub struct Recording {
    /// One stage with the run's arrivals, and the mix they were drawn from.
    pub workload: Workload,
    pub seed: u64,
    /// With which its orders were drawn: of a replay, that of the first run.
    pub drawn_seed: u64,
    /// The run's goods and customers, under its own names; as its orders are.
    population: Population,
    plans: Vec<Plan>,
}

#[derive(Debug, thiserror::Error)]
pub enum RecordingError {
    #[error(
        "{source}. A replay needs a run's folder: its history.jsonl, and run.json for the goods and customers"
    )]
    Folder {
        #[from]
        source: FolderError,
    },
    #[error(transparent)]
    History(#[from] HistoryError),
    #[error("{}: no order, no customer or no goods in it: there is nothing to replay", path.display())]
    Empty { path: PathBuf },
    #[error("{}: its orders came within {length}, and a stage is 24h at most: it cannot be replayed", path.display())]
    Long { path: PathBuf, length: Span },
}

impl Recording {
    /// Of a run's folder, or of the history in it.
    pub fn read(run: &Path) -> Result<Self, RecordingError> {
        let folder = Folder::open(run);
        let record = folder.record()?;
        let path = match run.is_file() {
            true => run.to_owned(),
            false => folder.history(),
        };
        // What a crash cut short was sent all the same, up to there.
        let found = history::read(&path, record.setup.clone())?;
        match Self::of(&record, found.history) {
            Some(recording) => recording.if_it_can_be_written(path),
            None => Err(RecordingError::Empty { path }),
        }
    }

    /// What run.json cannot have would be found out when the replay is over.
    fn if_it_can_be_written(self, path: PathBuf) -> Result<Self, RecordingError> {
        let length = Span(self.workload.length());
        match Span::parse(&length.to_string()) {
            Ok(_) => Ok(self),
            Err(_) => Err(RecordingError::Long { path, length }),
        }
    }

    fn of(record: &Record, history: History) -> Option<Self> {
        let drawn_seed = record.drawn_seed.unwrap_or(record.seed);
        let draw = Draw::new(drawn_seed, &record.workload);
        let followed = Followed::by_order(&history);
        let is_loaded = |operation: &&Operation| operation.op() >= WARM_UP_OPS;
        let mut orders: Vec<(u64, Plan)> = (history.operations.iter().filter(is_loaded))
            .filter_map(|operation| {
                let Action::Place(place) = &operation.invocation.action else {
                    return None;
                };
                let of = followed.get(&operation.op()).copied().unwrap_or_default();
                let plan = plan(operation, place, of, &draw);
                Some((operation.invocation.intended_us, plan))
            })
            .collect();
        orders.sort_by_key(|(intended_us, plan)| (*intended_us, plan.op));
        let (first_us, last_us) = (orders.first()?.0, orders.last()?.0);
        let offset = |us: &u64| Duration::from_micros(us - first_us);
        let offsets = orders.iter().map(|(us, _)| offset(us)).collect();
        let stage = Stage {
            // Whole seconds, the last order's included.
            duration: Span(Duration::from_secs(offset(&last_us).as_secs() + 1)),
            arrival: Arrival::Times(Times {
                path: "history.jsonl".into(),
                offsets,
            }),
        };
        let run = history.setup.prefix.trim_end_matches('-');
        // Its times are kept, and nobody waits for an answer any more.
        let before = match record.workload.pace() {
            Pace::Open => "",
            Pace::Closed => " in a closed loop, now in an open one",
        };
        Some(Self {
            workload: Workload {
                title: format!("Again what {run} sent{before}"),
                description: format!("A replay of {run}: {}", record.workload.title),
                stages: vec![stage],
                ..record.workload.clone()
            },
            seed: record.seed,
            drawn_seed,
            population: Population::of_setup(history.setup)?,
            plans: orders.into_iter().map(|(_, plan)| plan).collect(),
        })
    }

    /// What was recorded, by its name.
    pub fn run(&self) -> &str {
        self.population.prefix.trim_end_matches('-')
    }

    /// The same under `prefix`: names and keys belong to one run.
    pub fn planner(&self, prefix: &str) -> Planner {
        let before = &self.population.prefix;
        let mut plans = self.plans.clone();
        for place in plans.iter_mut().map(|plan| &mut plan.place) {
            place.key = renamed(&place.key, before, prefix);
            place.customer = renamed(&place.customer, before, prefix);
            for line in &mut place.lines {
                line.sku = renamed(&line.sku, before, prefix);
            }
        }
        Planner::recorded(self.population.under(prefix), plans)
    }
}

/// What came after an order.
#[derive(Clone, Copy, Default)]
struct Followed {
    cancel_sent_us: Option<u64>,
    read: Option<ReadBack>,
}

impl Followed {
    fn by_order(history: &History) -> BTreeMap<u64, Self> {
        let mut all: BTreeMap<u64, Self> = BTreeMap::new();
        for operation in &history.operations {
            match &operation.invocation.action {
                Action::Place(_) => {}
                Action::Cancel { of, .. } => {
                    all.entry(*of).or_default().cancel_sent_us = Some(operation.invocation.sent_us);
                }
                Action::Read { of, token, .. } => {
                    let read = match token {
                        Some(_) => ReadBack::WithToken,
                        None => ReadBack::WithoutToken,
                    };
                    // The first: one that was read back is read again in any case.
                    all.entry(*of).or_default().read.get_or_insert(read);
                }
            }
        }
        all
    }
}

/// A cancel comes as long after the order's answer as it came then: before it, there is no order to cancel.
fn plan(operation: &Operation, place: &Place, followed: Followed, draw: &Draw) -> Plan {
    let (Completion::Ok { at_us, .. }
    | Completion::Failed { at_us, .. }
    | Completion::Unknown { at_us, .. }) = operation.completion;
    let after = |sent_us: u64| Duration::from_micros(sent_us.saturating_sub(at_us));
    Plan {
        op: operation.op(),
        session: operation.invocation.session,
        place: place.clone(),
        patience: draw.patience(operation.op()),
        cancel_after: followed.cancel_sent_us.map(after),
        read_back: followed.read.unwrap_or(ReadBack::No),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tally::Load;
    use crate::workload::arrival::Closed;
    use checkers::history::{HistoryLine, Invocation, Promise};
    use uuid::Uuid;

    fn invoked(op: u64, at_us: u64, action: Action) -> HistoryLine {
        HistoryLine::Invoke(Invocation {
            op,
            session: 3,
            trace_id: String::new(),
            span_id: String::new(),
            intended_us: at_us,
            sent_us: at_us,
            action,
        })
    }

    fn answered(op: u64, at_us: u64) -> HistoryLine {
        let promise = Promise {
            order_id: Uuid::nil(),
            version: Some(1),
            status: None,
            stale: false,
            attempts: 1,
        };
        HistoryLine::Ok { op, at_us, promise }
    }

    fn read(of: u64, token: Option<i64>) -> Action {
        Action::Read {
            of,
            order_id: Uuid::nil(),
            token,
        }
    }

    fn recording() -> Recording {
        recorded(Workload::default(), 7, None)
    }

    /// Of a run of that workload, whose orders were drawn with 7.
    fn recorded(workload: Workload, seed: u64, drawn_seed: Option<u64>) -> Recording {
        let drawn = Planner::new(Population::of("r1-".into(), &workload), 7, &workload);
        let place = |plan: &Plan| Action::Place(plan.place.clone());
        let (first, second) = (drawn.arrival(0), drawn.arrival(1));
        let (first, second) = (first.expect("drawn"), second.expect("drawn"));
        let (of, order_id) = (second.op, Uuid::nil());
        let lines = [
            invoked(0, 500, place(&drawn.priming(0))),
            invoked(first.op, 10_000, place(&first)),
            answered(first.op, 20_000),
            invoked(second.op, 1_260_000, place(&second)),
            answered(second.op, 1_300_000),
            invoked(
                second.cancel_op(),
                1_315_000,
                Action::Cancel { of, order_id },
            ),
            invoked(second.read_op(), 1_320_000, read(of, Some(1))),
            invoked(second.read_again_op(), 1_400_000, read(of, None)),
        ];
        let history = History::fold(drawn.population.setup(), lines);
        let record = Record {
            seed,
            setup: drawn.population.setup(),
            workload,
            replay_of: None,
            drawn_seed,
            started_ms: 0,
            history_lines: None,
            method: None,
            command: Vec::new(),
            phases: Vec::new(),
            recovery_ms: None,
            load: Load::default(),
            doubts: Vec::new(),
        };
        Recording::of(&record, history).expect("orders")
    }

    #[test]
    fn a_replay_sends_the_same_orders_under_names_of_its_own() {
        let planner = recording().planner("r2-");
        let plans: Vec<Plan> = (0..9).filter_map(|nth| planner.arrival(nth)).collect();
        assert_eq!(plans.len(), 2, "what came before the load is not replayed");
        let text = format!("{plans:?} {:?}", planner.population);
        assert!(text.contains("r2-sku-") && !text.contains("r1-"), "{text}");
        let workload = Workload::default();
        let drawn = Planner::new(Population::of("r2-".into(), &workload), 7, &workload);
        for (nth, plan) in (0..).zip(&plans) {
            assert_eq!(
                Some(&plan.place),
                drawn.arrival(nth).map(|it| it.place).as_ref()
            );
        }
    }

    #[test]
    fn a_replay_sends_them_at_the_same_intended_times() {
        let workload = recording().workload;
        let [stage] = workload.stages.as_slice() else {
            panic!("{workload:?}")
        };
        let Arrival::Times(times) = &stage.arrival else {
            panic!("{stage:?}")
        };
        assert_eq!(*times.offsets, [0, 1_250].map(Duration::from_millis));
        assert_eq!(stage.duration, Span::seconds(2));
    }

    #[test]
    fn the_replay_of_a_replay_has_the_patience_that_was_drawn_first() {
        let mut workload = Workload::default();
        workload.mix.impatient = 1.0;
        let patience = |recording: Recording| -> Vec<Option<Duration>> {
            recording.plans.iter().map(|plan| plan.patience).collect()
        };
        let first = recorded(workload.clone(), 7, None);
        let again = recorded(workload, 8, Some(first.drawn_seed));
        assert_eq!(again.drawn_seed, 7);
        assert_eq!(patience(again), patience(first));
    }

    #[test]
    fn a_closed_loop_that_is_replayed_says_that_it_is_open_now() {
        let closed = Closed {
            customers: 3,
            think_time: Span::seconds(1),
        };
        let stage = Stage {
            duration: Span::seconds(9),
            arrival: Arrival::Closed(closed),
        };
        let workload = Workload {
            stages: vec![stage],
            ..Workload::default()
        };
        let replayed = recorded(workload, 7, None).workload;
        assert_eq!(replayed.pace(), Pace::Open);
        assert!(
            replayed.title.contains("now in an open one"),
            "{}",
            replayed.title
        );
        assert!(!recording().workload.title.contains("open"));
    }

    #[test]
    fn what_run_json_cannot_have_is_refused_before_anything_is_sent() {
        let mut recording = recording();
        recording.workload.stages[0].duration = Span::seconds(25 * 3_600);
        let refused = recording.if_it_can_be_written("history.jsonl".into());
        let told = refused.err().expect("too long").to_string();
        assert!(told.contains("within 25h"), "{told}");
    }

    #[test]
    fn a_cancel_comes_as_long_after_the_answer_as_it_came_then() {
        let plans = recording().plans;
        assert_eq!(plans[0].cancel_after, None);
        assert_eq!(plans[1].cancel_after, Some(Duration::from_millis(15)));
    }

    #[test]
    fn an_order_is_read_back_as_it_was_first() {
        let read_back = recording().plans.into_iter().map(|plan| plan.read_back);
        assert!(read_back.eq([ReadBack::No, ReadBack::WithToken]));
    }
}
