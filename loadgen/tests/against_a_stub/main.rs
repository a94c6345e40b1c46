//! The load generator against a stand-in of the gateway.

mod broken_contract;
mod closed_loop;
mod full_disk;
mod judged_again;
mod lasting;
mod on_a_terminal;
mod open_loop;
mod pseudo_terminal;
mod retries;
mod seen_live;
mod stub;
mod thresholds;
mod unreachable;
mod well_behaved_caller;
