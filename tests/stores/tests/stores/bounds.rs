//! How much is tried: a few minutes of it on two cores, of which the start of the servers is
//! a part.

/// Sequences a service in [`histories`](crate::histories). At some 3 ms a step, five
/// services take ten seconds.
pub const HISTORIES: u32 = 40;
/// Steps of one: enough for an order to go through every state, in a batch or in several.
pub const HISTORY_STEPS_MAX: usize = 16;

/// Sequences a service in [`lockstep`](crate::lockstep).
pub const LOCKSTEPS: u32 = 30;
/// A transaction takes five or six steps, so this is a handful for each instance.
pub const LOCKSTEP_STEPS_MAX: usize = 60;
/// Two collide, a third finds the order in which the two are let through.
pub const INSTANCES: usize = 3;

/// Items of one batch. Each is about one of three orders, so that some are about the same.
pub const ITEMS_MAX: usize = 5;
/// Messages in the world: few, so that they come again.
pub const MESSAGES: u128 = 12;

/// Sequences in [`ledgers`](crate::ledgers), each for money and for stock.
pub const LEDGERS: u32 = 25;
/// Rounds of one; in each, every instance runs a batch at the same time.
pub const ROUNDS_MAX: usize = 8;
/// A batch is some eighty messages of the wire protocol; a later cut does not happen.
pub const CUT_AT_MAX: usize = 100;

/// Storms in [`relays`](crate::relays). One takes two or three leases on a hurried clock,
/// some two seconds.
pub const RELAY_STORMS: u32 = 8;
/// Racing relays.
pub const RELAYS: usize = 4;
/// Rows in the outbox: a few claims for each relay.
pub const RELAY_ROWS_MAX: u128 = 40;
