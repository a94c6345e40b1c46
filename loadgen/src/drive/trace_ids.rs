//! Who a request belongs to, for the trace.

use crate::dice::Dice;

/// W3C trace context of one operation.
#[derive(Clone, Debug)]
pub struct TraceIds {
    pub trace_id: String,
    pub span_id: String,
}

impl TraceIds {
    /// Unique to the run: `prefix` differs between runs of one seed.
    pub fn of(prefix: &str, seed: u64, op: u64) -> Self {
        let dice = Dice::new(seed).salted(prefix);
        let (high, low) = (dice.roll(op, "trace high"), dice.roll(op, "trace low"));
        // All zeroes is not a valid id.
        let span = dice.roll(op, "span").max(1);
        Self {
            trace_id: format!("{high:016x}{:016x}", low.max(1)),
            span_id: format!("{span:016x}"),
        }
    }

    pub fn sampled(&self) -> String {
        format!("00-{}-{}-01", self.trace_id, self.span_id)
    }

    /// For requests that only watch: they would drown the order's own spans.
    pub fn unsampled(&self) -> String {
        format!("00-{}-{}-00", self.trace_id, self.span_id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn trace_ids_are_of_their_run_and_operation() {
        let ids = TraceIds::of("r1-", 7, 3);
        assert_eq!(
            ids.sampled(),
            format!("00-{}-{}-01", ids.trace_id, ids.span_id)
        );
        assert_eq!((ids.trace_id.len(), ids.span_id.len()), (32, 16));
        assert_eq!(ids.trace_id, TraceIds::of("r1-", 7, 3).trace_id);
        assert_ne!(ids.trace_id, TraceIds::of("r2-", 7, 3).trace_id);
        assert_ne!(ids.trace_id, TraceIds::of("r1-", 7, 4).trace_id);
    }
}
