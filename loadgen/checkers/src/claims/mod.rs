//! One file a claim: `CLAIM` names it, `check` judges it, tests show it valid, invalid and unknown.

pub mod at_most_once;
pub mod atomicity;
pub mod closure;
pub mod convergence;
pub mod durability;
pub mod fault_fired;
pub mod money;
pub mod phantom;
pub mod prediction;
pub mod read_your_writes;
pub mod replica;
pub mod stock;
pub mod telemetry;
pub mod termination;
pub mod traces;
