//! The load generator against a stand-in of the gateway.

mod judged_again;
mod open_loop;
mod stub;
mod well_behaved_caller;
