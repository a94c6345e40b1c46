//! Both ends of a link in one hand, on loopback.
//!
//! - [`plain`]: with no rule in force, what leaves is what came.
//! - [`slow`]: latency, bandwidth, slow close.
//! - [`cut`]: reset, refuse.
//! - [`silent`]: blackhole, half-open.
//! - [`wrong`]: one bit of a chunk.
//! - [`commit`]: cut on commit, before a server of a few lines.
//! - [`leases`]: what all faults have in common.
//! - [`site`]: link, client, server.

mod commit;
mod cut;
mod leases;
mod plain;
mod silent;
mod site;
mod slow;
mod wrong;
