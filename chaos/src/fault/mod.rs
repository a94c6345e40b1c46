//! What can be broken: one file a fault, one line a fault in [`all`].
//!
//! - [`process`]: signals and instances. [`link`]: octets between an instance and what it leans on.
//! - [`amqp`]: single messages, confirms, deliveries; what a broker may say. [`broker`], [`database`]: the servers.
//! - [`FaultError`]: why one could not be worked, and whether it may have been.
//!
//! Each file has the parameters, the [`Kind`] and the [`Fault`]. Whatever lasts is a [`Hold`]; the agent ends it.

pub mod amqp;
pub mod broker;
pub mod database;
pub mod link;
pub mod process;

use std::borrow::Cow;
use std::fmt;

use futures::future::BoxFuture;
use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::agent::site::Site;
use crate::experiment::{BlastRadius, Of};
use crate::receipt::Receipt;

/// One way to break one thing, its parameters read.
pub trait Fault: Send + Sync {
    fn inject<'a>(
        &'a self,
        site: &'a Site,
        order: &'a Order,
    ) -> BoxFuture<'a, Result<Injected, FaultError>>;
}

/// What came of it.
pub struct Injected {
    /// Of what was touched at once; faults on messages leave theirs as they go.
    pub receipts: Vec<Receipt>,
    /// What ends it; nothing, if it is over already.
    pub hold: Option<Box<dyn Hold>>,
    /// What came after the receipts and was not done, or may not have been.
    pub doubt: Option<FaultError>,
    /// It failed, and some of it may be in force all the same: the hold is kept until that is ended.
    pub failure: Option<FaultError>,
}

/// A fault in force.
pub trait Hold: Send + Sync {
    /// Ends it. Asked again until it succeeds, so a second time does no harm.
    fn heal<'a>(&'a mut self, site: &'a Site) -> BoxFuture<'a, Result<(), FaultError>>;

    /// What did not come of it, of one that is healed.
    fn doubt(&self) -> Option<String> {
        None
    }
}

/// A fault that somebody wants: at whom, and how chance is drawn.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Order {
    pub fault: String,
    /// Distinguishes two faults of one kind, in decisions and receipts.
    pub name: String,
    pub of: Of,
    pub blast_radius: BlastRadius,
    pub with: Value,
    pub seed: u64,
    /// The end of a fault that lasts, though the experiment go on.
    pub duration_ms: u64,
    /// Those of the experiment that may yet be killed.
    pub kills_left: u32,
}

impl Order {
    pub fn longest(&self) -> std::time::Duration {
        std::time::Duration::from_millis(self.duration_ms)
    }
}

/// From a fault's name and its parameters.
pub type Read = fn(&str, Value) -> Result<Box<dyn Fault>, serde_json::Error>;

/// A kind of fault, as experiments name it.
pub struct Kind {
    pub name: Cow<'static, str>,
    pub meaning: Cow<'static, str>,
    pub needs: &'static [Capability],
    /// It is in force for a while, not over at once.
    pub lasts: bool,
    /// It is for some of several; what is not, takes no `of` and no `blast-radius`.
    pub is_aimed: bool,
    /// Of its parameters.
    pub schema: fn(&mut SchemaGenerator) -> Schema,
    /// Its parameters, by its name.
    pub read: Read,
}

impl Kind {
    /// Over at once; its parameters are `F`.
    pub(crate) const fn momentary<F: Parameters>(
        name: &'static str,
        meaning: &'static str,
        needs: &'static [Capability],
    ) -> Self {
        Self {
            name: Cow::Borrowed(name),
            meaning: Cow::Borrowed(meaning),
            needs,
            lasts: false,
            is_aimed: true,
            schema: |generator| generator.subschema_for::<F>(),
            read: |_, with| Ok(Box::new(serde_json::from_value::<F>(with)?)),
        }
    }

    /// In force for a while; its parameters are `F`.
    pub(crate) const fn lasting<F: Parameters>(
        name: &'static str,
        meaning: &'static str,
        needs: &'static [Capability],
    ) -> Self {
        let mut kind = Self::momentary::<F>(name, meaning, needs);
        kind.lasts = true;
        kind
    }

    /// Its parameters say all about what it is for.
    pub(crate) const fn unaimed(mut self) -> Self {
        self.is_aimed = false;
        self
    }
}

/// Parameters as an experiment has them, which are the fault.
pub(crate) trait Parameters: Fault + DeserializeOwned + JsonSchema + 'static {}

impl<F: Fault + DeserializeOwned + JsonSchema + 'static> Parameters for F {}

/// Every kind there is.
pub fn all() -> Vec<Kind> {
    let mut all = vec![
        process::kill::KIND,
        process::terminate::KIND,
        process::pause::KIND,
        process::restart::KIND,
        process::scale::KIND,
        process::crash_at::KIND,
        link::latency::KIND,
        link::bandwidth::KIND,
        link::reset::KIND,
        link::blackhole::KIND,
        link::half_open::KIND,
        link::refuse::KIND,
        link::slow_close::KIND,
        link::corrupt::KIND,
        link::answer_error::KIND,
    ];
    all.extend(amqp::kinds());
    all.extend([
        broker::close_connections::KIND,
        broker::length_limit::KIND,
        broker::delete_queue::KIND,
        broker::delete_binding::KIND,
        broker::take_permission::KIND,
        broker::consumer_timeout::KIND,
        broker::alarm::KIND,
        broker::poison::KIND,
        database::terminate_backends::KIND,
        database::lock_table::KIND,
        database::exhaust_connections::KIND,
        database::disk_full::KIND,
        database::cut_on_commit::KIND,
    ]);
    all
}

pub fn named(name: &str) -> Option<Kind> {
    all().into_iter().find(|kind| kind.name == name)
}

/// What a target can do. An experiment that needs more is refused before anything is broken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Capability {
    /// Kill, end, stop and continue processes.
    Process,
    /// Start further instances of a service.
    Scale,
    /// Proxies stand on the links between instances and what they lean on.
    Links,
    /// The broker's management API, as an administrator.
    Broker,
    /// The databases, as their superuser.
    Database,
    /// Services built with the feature `crash-points`.
    CrashPoints,
}

impl fmt::Display for Capability {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Process => "process",
            Self::Scale => "scale",
            Self::Links => "links",
            Self::Broker => "broker",
            Self::Database => "database",
            Self::CrashPoints => "crash-points",
        })
    }
}

#[derive(Debug, thiserror::Error)]
pub enum FaultError {
    #[error("this target cannot: {0}")]
    Incapable(Capability),
    #[error("nobody fits {wanted}; there are: {there}")]
    Nobody { wanted: String, there: String },
    #[error("the experiment may kill {left} more instances, this fault would {wanted}")]
    TooMany { left: u32, wanted: usize },
    #[error("{0}")]
    Wrong(String),
    #[error(
        "{fault} is in force at {subject} already, and each would end the other: end that one first"
    )]
    InForce { fault: String, subject: String },
    /// It was refused: nothing happened.
    #[error("{what}: {why}")]
    Refused { what: String, why: String },
    /// It was accepted, and nothing of it is to be seen: no proof that anything was broken.
    #[error("{what}: accepted, but there was no effect within {within_s} s")]
    NoEffect { what: String, within_s: u64 },
    /// No answer: it may have happened.
    #[error("{what}: no answer, so it may have happened: {why}")]
    Unknown { what: String, why: String },
}

impl Injected {
    pub fn over(receipts: Vec<Receipt>) -> Self {
        Self {
            receipts,
            hold: None,
            doubt: None,
            failure: None,
        }
    }

    /// An error after some effect leaves the receipts of that; an error before any is all there is to tell.
    pub fn but(mut self, error: Option<FaultError>) -> Result<Self, FaultError> {
        match (self.receipts.is_empty(), error) {
            (true, Some(error)) => Err(error),
            (_, doubt) => {
                self.doubt = doubt;
                Ok(self)
            }
        }
    }

    /// A fault that touched nobody was none.
    pub fn over_some(
        receipts: Vec<Receipt>,
        nobody: impl FnOnce() -> FaultError,
    ) -> Result<Self, FaultError> {
        match receipts.is_empty() {
            false => Ok(Self::over(receipts)),
            true => Err(nobody()),
        }
    }

    pub fn held(receipts: Vec<Receipt>, hold: impl Hold + 'static) -> Self {
        Self {
            receipts,
            hold: Some(Box::new(hold)),
            doubt: None,
            failure: None,
        }
    }

    /// Nobody is told that it is in force; what may be is ended as any other.
    pub fn failed(failure: FaultError, hold: impl Hold + 'static) -> Self {
        Self {
            failure: Some(failure),
            ..Self::held(Vec::new(), hold)
        }
    }

    /// With something to end in either case.
    pub fn tried(outcome: Result<Vec<Receipt>, FaultError>, hold: impl Hold + 'static) -> Self {
        match outcome {
            Ok(receipts) => Self::held(receipts, hold),
            Err(failure) => Self::failed(failure, hold),
        }
    }
}
