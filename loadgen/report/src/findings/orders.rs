//! The measured orders, each with what its customer saw.

use checkers::history::{Completion, History, Outcome, Placed};

use super::window::Window;

#[derive(Clone, Debug, PartialEq)]
pub struct Order {
    pub op: u64,
    /// Of an order that was acknowledged.
    pub id: Option<String>,
    pub trace_id: String,
    pub coordination: String,
    /// Unix us: when the schedule wanted it sent, when it was.
    pub intended_us: u64,
    pub sent_us: u64,
    pub answer: Answer,
    pub answered_us: u64,
    pub end: Option<End>,
    /// Requests it took to place it.
    pub attempts: u32,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    Acknowledged,
    /// It definitely did not happen.
    Failed(String),
    /// It may have happened.
    Unknown(String),
}

/// The first time the public API showed the order at its end.
#[derive(Clone, Debug, PartialEq)]
pub struct End {
    pub at_us: u64,
    pub outcome: Outcome,
}

/// The orders of the window, in the order of their intended start.
pub fn measured(history: &History, window: &Window) -> Vec<Order> {
    let within = |order: &Order| order.intended_us / 1_000 >= window.from_ms;
    let mut orders: Vec<Order> = history.placed().map(Order::of).filter(within).collect();
    orders.sort_by_key(|order| order.intended_us);
    orders
}

impl Order {
    fn of(placed: Placed) -> Self {
        let operation = placed.operation;
        let (answer, answered_us) = match &operation.completion {
            Completion::Ok { at_us, .. } => (Answer::Acknowledged, *at_us),
            Completion::Failed { at_us, why, .. } => (Answer::Failed(why.clone()), *at_us),
            Completion::Unknown { at_us, why } => (Answer::Unknown(why.clone()), *at_us),
        };
        let promise = operation.promise();
        Self {
            op: operation.op(),
            id: promise.map(|promise| promise.order_id.to_string()),
            trace_id: operation.invocation.trace_id.clone(),
            coordination: placed.place.coordination.clone(),
            intended_us: operation.invocation.intended_us,
            sent_us: operation.invocation.sent_us,
            answer,
            answered_us,
            end: operation.terminal.as_ref().map(|terminal| End {
                at_us: terminal.at_us,
                outcome: terminal.outcome.clone(),
            }),
            attempts: promise.map_or(1, |promise| promise.attempts),
        }
    }

    /// From the intended start to the acknowledgement.
    pub fn acknowledged_ms(&self) -> Option<f64> {
        let acknowledged = self.answer == Answer::Acknowledged;
        acknowledged.then(|| self.since_intended_ms(self.answered_us))
    }

    /// From the intended start to the first sight of the end.
    pub fn ended_ms(&self) -> Option<f64> {
        self.end
            .as_ref()
            .map(|end| self.since_intended_ms(end.at_us))
    }

    /// When it was under way, unix us; an acknowledged order that was not seen to end is so to the end of all.
    pub fn under_way_us(&self) -> (u64, u64) {
        let until = match (&self.end, &self.answer) {
            (Some(end), _) => end.at_us.max(self.answered_us),
            (None, Answer::Acknowledged) => u64::MAX,
            (None, Answer::Failed(_) | Answer::Unknown(_)) => self.answered_us,
        };
        (self.sent_us, until)
    }

    /// How it ended, in words.
    pub fn outcome(&self) -> String {
        match (&self.end, &self.answer) {
            (Some(end), _) => end.outcome.to_string(),
            (None, Answer::Acknowledged) => "not seen to end".into(),
            (None, Answer::Failed(_)) => "failed".into(),
            (None, Answer::Unknown(_)) => "unknown".into(),
        }
    }

    fn since_intended_ms(&self, at_us: u64) -> f64 {
        at_us.saturating_sub(self.intended_us) as f64 / 1_000.0
    }
}

#[cfg(test)]
pub mod tests {
    use super::*;

    /// Sent as intended, acknowledged after 10 ms, confirmed after 100 ms.
    pub fn order(op: u64, at_ms: u64) -> Order {
        let at_us = at_ms * 1_000;
        Order {
            op,
            id: Some(format!("order-{op}")),
            trace_id: format!("trace-{op}"),
            coordination: "choreography".into(),
            intended_us: at_us,
            sent_us: at_us,
            answer: Answer::Acknowledged,
            answered_us: at_us + 10_000,
            end: Some(End {
                at_us: at_us + 100_000,
                outcome: Outcome::confirmed(),
            }),
            attempts: 1,
        }
    }

    #[test]
    fn latency_counts_from_the_intended_start() {
        let mut late = order(1, 5_000);
        late.sent_us += 500_000;
        late.answered_us += 500_000;
        assert_eq!(late.acknowledged_ms(), Some(510.0));
        assert_eq!(late.ended_ms(), Some(100.0));
    }

    #[test]
    fn an_order_without_an_answer_has_no_latency_and_one_without_an_end_stays_under_way() {
        let mut lost = order(1, 5_000);
        lost.end = None;
        assert_eq!(lost.under_way_us(), (5_000_000, u64::MAX));
        lost.answer = Answer::Unknown("timeout".into());
        assert_eq!((lost.acknowledged_ms(), lost.ended_ms()), (None, None));
        assert_eq!(lost.under_way_us(), (5_000_000, 5_010_000));
        assert_eq!(lost.outcome(), "unknown");
    }
}
