//! The load generator against a stand-in of the gateway.

mod broken_contract;
mod closed_loop;
mod judged_again;
mod lasting;
mod open_loop;
mod retries;
mod stub;
mod thresholds;
mod unreachable;
mod well_behaved_caller;
