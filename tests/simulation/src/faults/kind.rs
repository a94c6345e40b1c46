//! The kinds of faults, and how often each strikes.

use serde::{Deserialize, Serialize};

/// Kinds of faults. The label is what traces, files and figures say.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Fault {
    Reorder,
    Duplicate,
    Delay,
    ConnectionLoss,
    LostConfirm,
    LateConfirm,
    Nack,
    Return,
    BrokerCrash,
    BrokerRestart,
    BrokerBlocked,
    StopAtAwait,
    StopBeforeAck,
    StopAfterCommit,
    StopAfterPublish,
    ServiceStop,
    Pause,
    ClockSkew,
    Serialization,
    DiskFull,
    UnknownCommitted,
    UnknownAborted,
    SlowCommit,
    DatabaseRestart,
    LostAnswer,
    Poison,
}

/// Strikes in a million opportunities, in ordinary weather.
pub(super) const fn rate_ppm(fault: Fault) -> u64 {
    match fault {
        Fault::Reorder => 100_000,
        Fault::Duplicate | Fault::Delay => 30_000,
        Fault::ConnectionLoss => 3_000,
        Fault::LostConfirm | Fault::Nack | Fault::Return => 5_000,
        Fault::LateConfirm => 10_000,
        // At each window of publishes.
        Fault::BrokerCrash => 1_000,
        // Looked at once a second.
        Fault::BrokerRestart | Fault::BrokerBlocked => 30_000,
        Fault::StopAtAwait => 150,
        Fault::StopBeforeAck | Fault::StopAfterCommit | Fault::StopAfterPublish => 3_000,
        // Once a second for each service: in half of the runs.
        Fault::ServiceStop => 8_000,
        // Once a second for each process or database.
        Fault::Pause => 10_000,
        Fault::DatabaseRestart => 8_000,
        // Once a life.
        Fault::ClockSkew => 500_000,
        Fault::Serialization => 10_000,
        Fault::DiskFull => 5_000,
        Fault::UnknownCommitted | Fault::UnknownAborted => 5_000,
        Fault::SlowCommit => 1_000,
        Fault::LostAnswer => 50_000,
        // At each message that reaches a queue.
        Fault::Poison => 1_000,
    }
}

impl Fault {
    pub const ALL: [Fault; 26] = [
        Self::Reorder,
        Self::Duplicate,
        Self::Delay,
        Self::ConnectionLoss,
        Self::LostConfirm,
        Self::LateConfirm,
        Self::Nack,
        Self::Return,
        Self::BrokerCrash,
        Self::BrokerRestart,
        Self::BrokerBlocked,
        Self::StopAtAwait,
        Self::StopBeforeAck,
        Self::StopAfterCommit,
        Self::StopAfterPublish,
        Self::ServiceStop,
        Self::Pause,
        Self::ClockSkew,
        Self::Serialization,
        Self::DiskFull,
        Self::UnknownCommitted,
        Self::UnknownAborted,
        Self::SlowCommit,
        Self::DatabaseRestart,
        Self::LostAnswer,
        Self::Poison,
    ];

    pub const fn label(self) -> &'static str {
        match self {
            Self::Reorder => "message out of order",
            Self::Duplicate => "message routed twice",
            Self::Delay => "message delayed",
            Self::ConnectionLoss => "connection lost",
            Self::LostConfirm => "confirm lost",
            Self::LateConfirm => "confirm late",
            Self::Nack => "publish nacked",
            Self::Return => "message returned",
            Self::BrokerCrash => "broker crashed before its confirms",
            Self::BrokerRestart => "broker restarted",
            Self::BrokerBlocked => "broker blocked publishers",
            Self::StopAtAwait => "process stopped at an await",
            Self::StopBeforeAck => "process stopped between commit and ack",
            Self::StopAfterCommit => "process stopped between commit and publish",
            Self::StopAfterPublish => "process stopped between publish and confirm",
            Self::ServiceStop => "every instance of a service stopped",
            Self::Pause => "process paused",
            Self::ClockSkew => "clock wrong",
            Self::Serialization => "serialization failure",
            Self::DiskFull => "disk full",
            Self::UnknownCommitted => "commit done, answer lost",
            Self::UnknownAborted => "commit not done, answer lost",
            Self::SlowCommit => "commit slower than its timeout",
            Self::DatabaseRestart => "database restarted",
            Self::LostAnswer => "answer to the client lost",
            Self::Poison => "message that nobody can read",
        }
    }
}
