//! The stores held against each other: PostgreSQL under the production SQL, the memory
//! store that the pipeline's tests trust, over the tables that the simulation trusts.
//!
//! - [`histories`]: one instance after the other: the SQL store, the memory store and the
//!   core alone keep the same through any sequence of batches, claims and pruning.
//! - [`lockstep`]: several instances at once, a statement at a time: what PostgreSQL lets
//!   pass and whom it lets wait is what the simulation's store says.
//! - [`cuts`]: a batch whose connection is lost at each message of the wire protocol.
//! - [`relays`]: several relays over one outbox, and some of them die.
//! - [`ledgers`]: money and stock add up after anything.
//!
//! [`kept`] is a service with all its stores, [`world`] what its commands are about,
//! [`batch`] the pipeline's transaction, [`contents`] what is committed, [`wire`] the
//! connection that can be cut, [`servers`] the real PostgreSQL, [`bounds`] how much of it.

mod batch;
mod bounds;
mod contents;
mod cuts;
mod histories;
mod kept;
mod ledgers;
mod lockstep;
mod relays;
mod sequence;
mod servers;
mod wire;
mod world;
