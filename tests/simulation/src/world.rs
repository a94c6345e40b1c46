//! What everything in a run shares: time, chance, faults, the trace.

use crate::{
    faults::Faults,
    settings::{Settings, Variant},
    timeline::Timeline,
};
use messaging::SplitMix;
use std::{
    collections::BTreeSet,
    fmt,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
};
use tokio::sync::Notify;
use uuid::Uuid;

/// Ten times what the longest run takes. More means that something runs in circles.
const STEPS_MAX: u64 = 3_000_000;

pub struct World {
    pub timeline: Timeline,
    /// Latencies, batch sizes, choices.
    pub dice: SplitMix,
    pub faults: Faults,
    pub variant: Variant,
    pub aim: Option<Aim>,
    /// A process stopped: the director is told.
    pub funerals: Notify,
    pub tally: Tally,
    steps: AtomicU64,
    trace: Option<Mutex<Vec<Line>>>,
}

/// One thing that happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    pub at_us: u64,
    pub who: String,
    pub what: String,
}

/// One fault at one message, for "fail every step, repeat every step".
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Aim {
    pub queue: String,
    pub message_id: Uuid,
    pub blow: Blow,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Blow {
    StopBeforeAck,
    StopBeforePublish,
    DeliverTwice,
}

/// What happened how often, beside the receipts of faults.
#[derive(Default)]
pub struct Tally {
    pub messages_handled: AtomicU64,
    pub duplicates_dropped: AtomicU64,
    pub redelivered: AtomicU64,
    pub overtaken: AtomicU64,
    pub relayed: AtomicU64,
    pub relay_races: AtomicU64,
    pub lock_waits: AtomicU64,
    pub keys_taken: AtomicU64,
    pub unconfirmed_lost: AtomicU64,
    pub taken_over: AtomicU64,
    pub deadlines: AtomicU64,
    pub aims_hit: AtomicU64,
    handled: Mutex<BTreeSet<Step>>,
    repeats: Mutex<Vec<String>>,
}

/// A message in a queue, handled.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Step {
    pub queue: String,
    pub kind: String,
    pub message_id: Uuid,
}

impl World {
    pub fn new(settings: &Settings) -> Arc<Self> {
        Arc::new(Self {
            timeline: Timeline::default(),
            dice: SplitMix::from_seed(settings.seed),
            faults: Faults::new(settings.seed, settings.weather.clone()),
            variant: settings.variant,
            aim: settings.aim.clone(),
            funerals: Notify::new(),
            tally: Tally::default(),
            steps: AtomicU64::new(0),
            trace: settings.record.then(Mutex::default),
        })
    }

    pub fn note(&self, who: &str, what: fmt::Arguments<'_>) {
        if let Some(trace) = &self.trace {
            let line = Line {
                at_us: self.timeline.now_us(),
                who: who.to_owned(),
                what: what.to_string(),
            };
            trace
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .push(line);
        }
    }

    pub fn lines(&self) -> Vec<Line> {
        self.trace.as_ref().map_or_else(Vec::new, |trace| {
            std::mem::take(&mut *trace.lock().unwrap_or_else(PoisonError::into_inner))
        })
    }

    /// Whether the one aimed blow is for this message here.
    pub fn aimed(&self, blow: Blow, queue: &str, message_id: &str) -> bool {
        self.aim.as_ref().is_some_and(|aim| {
            aim.blow == blow && aim.queue == queue && aim.message_id.to_string() == message_id
        }) && self.tally.aims_hit.fetch_add(1, Ordering::Relaxed) == 0
    }

    /// A run that goes in circles comes to rest here, and is then found not to have settled.
    pub async fn count_step(&self) {
        if self.steps.fetch_add(1, Ordering::Relaxed) >= STEPS_MAX {
            std::future::pending::<()>().await;
        }
    }

    pub fn steps(&self) -> u64 {
        self.steps.load(Ordering::Relaxed)
    }
}

impl fmt::Display for Line {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (seconds, micros) = (self.at_us / 1_000_000, self.at_us % 1_000_000);
        write!(
            f,
            "{seconds:>4}.{micros:06}  {:<15} {}",
            self.who, self.what
        )
    }
}

impl Tally {
    pub fn messages(&self) -> u64 {
        self.messages_handled.load(Ordering::Relaxed)
    }

    pub fn handled(&self, step: Step) {
        self.messages_handled.fetch_add(1, Ordering::Relaxed);
        self.lock().insert(step);
    }

    /// A message that was handled before has caused something again.
    pub fn repeated(&self, words: String) {
        let mut repeats = self.repeats.lock().unwrap_or_else(PoisonError::into_inner);
        repeats.push(words);
    }

    pub fn repeats(&self) -> Vec<String> {
        let repeats = self.repeats.lock().unwrap_or_else(PoisonError::into_inner);
        repeats.clone()
    }

    pub fn steps_handled(&self) -> Vec<Step> {
        self.lock().iter().cloned().collect()
    }

    fn lock(&self) -> MutexGuard<'_, BTreeSet<Step>> {
        self.handled.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// One more of it.
pub fn count(counter: &AtomicU64) {
    counter.fetch_add(1, Ordering::Relaxed);
}
