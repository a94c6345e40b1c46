//! The system as its users see it: every outcome, every refusal, every service killed.
//!
//! One binary, so that its tests share a platform. Needs the services' binaries:
//! `cargo build --workspace --bins` first, as `make test` does.

mod absences;
mod api;
mod hostile_input;
mod judgement;
mod kills;
mod outcomes;
mod poison;
mod rebuild;
mod telemetry;
