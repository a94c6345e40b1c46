//! Orders' settings.

use decider::Coordination;
use lifecycle::Environment;

/// A saga takes milliseconds; one that has not passed its pivot after half a minute
/// is better undone than waited for.
const SAGA_DEADLINE_MS: i64 = 30_000;
/// Events that may wait for an absent broker: some minutes of a busy shop, 10 MB of rows.
const OUTBOX_LIMIT: u64 = 10_000;

/// How orders are placed.
#[derive(Clone, Copy, Debug)]
pub struct Placing {
    pub deadline_ms: i64,
    pub coordination: Coordination,
    pub outbox_limit: u64,
}

impl Placing {
    pub fn from_env(env: &mut Environment) -> Self {
        let deadline_ms = env.or("SAGA_DEADLINE_MS", SAGA_DEADLINE_MS);
        if !(1..=86_400_000).contains(&deadline_ms) {
            env.mistake("SAGA_DEADLINE_MS", "must be 1 to 86400000, a day");
        }
        Self {
            deadline_ms,
            coordination: env.or("DEFAULT_COORDINATION", Coordination::Choreography),
            outbox_limit: env.or("OUTBOX_LIMIT", OUTBOX_LIMIT),
        }
    }
}
