//! Experiments against a platform with proxies on its links.
//!
//! One binary, so that its tests share that platform. Needs the services' binaries, as `system` does.

mod disk_full;
mod half_open;
mod harness;
mod interrupted;
mod killed_harness;
mod refused;
mod run;

use harness::Harness;
