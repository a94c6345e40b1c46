//! Orders as their customers saw them, and their traces.

use checkers::history::{Action, HistoryLine, Invocation, Outcome, Place, Promise};
use checkers::traces::{Span, Trace};
use uuid::Uuid;

use super::{Dice, FAULTS, HANDS, Plan, STARTED_MS};

/// More traces than this no run keeps.
const TRACES_MAX: usize = 2_000;

pub struct World {
    plan: Plan,
    dice: Dice,
    pub history: Vec<String>,
    pub traces: Vec<Trace>,
}

impl World {
    pub fn new(plan: Plan) -> Self {
        Self {
            plan,
            dice: Dice(plan.seed),
            history: Vec::new(),
            traces: Vec::new(),
        }
    }

    pub fn order(&mut self, op: u64) {
        let intended_us = STARTED_MS * 1_000 + op * 1_000_000 / self.plan.rate;
        let sent_us = intended_us + self.dice.roll(900);
        let coordination = if self.dice.roll(2) == 0 {
            "choreography"
        } else {
            "orchestration"
        };
        let order_id = Uuid::from_u128(u128::from(op) + 1);
        let trace_id = format!("{:032x}", u128::from(op) + 1);
        self.record(&HistoryLine::Invoke(Invocation {
            op,
            session: 0,
            trace_id: trace_id.clone(),
            span_id: "caller".into(),
            intended_us,
            sent_us,
            action: Action::Place(self.place(op, coordination)),
        }));
        let share = op as f64 / (self.plan.seconds * self.plan.rate) as f64;
        let hit = FAULTS
            .iter()
            .find(|fault| (fault.from..fault.to).contains(&share));
        let answering_us = 4_000 + self.dice.roll(20_000);
        let answered_us = sent_us + self.slowed(answering_us);
        if hit.is_some() && self.dice.roll(40) == 0 {
            let why = format!("timeout {}", self.plan.mark);
            let line = HistoryLine::Unknown {
                op,
                at_us: answered_us + 5_000_000,
                why,
            };
            return self.record(&line);
        }
        let promise = Promise {
            order_id,
            version: Some(1),
            status: None,
            stale: false,
            attempts: 1,
        };
        self.record(&HistoryLine::Ok {
            op,
            at_us: answered_us,
            promise,
        });
        let waited_us = match hit {
            Some(fault) if self.dice.roll(3) > 0 => {
                self.until_us(fault.to).saturating_sub(answered_us) + self.dice.roll(1_500_000)
            }
            Some(_) | None => 0,
        };
        let work_us = 60_000
            + self.dice.roll(120_000)
            + if coordination == "orchestration" {
                70_000
            } else {
                0
            };
        let end_us = answered_us + self.slowed(work_us) + waited_us;
        let outcome = match self.dice.roll(100) {
            0..4 => Outcome::rejected("out_of_stock"),
            4..8 => Outcome::cancelled("customer"),
            _ if waited_us > 5_000_000 && self.dice.roll(20) == 0 => Outcome::cancelled("deadline"),
            _ => Outcome::confirmed(),
        };
        let at_us = end_us + 2_000;
        self.record(&HistoryLine::Terminal {
            op,
            at_us,
            outcome,
            version: 2,
        });
        if self.traces.len() < TRACES_MAX {
            let spans = self.spans(&trace_id, coordination, sent_us, answered_us, end_us);
            self.traces.push(Trace { op, spans });
        }
    }

    fn slowed(&self, us: u64) -> u64 {
        (us as f64 * self.plan.slowness) as u64
    }

    fn until_us(&self, share: f64) -> u64 {
        STARTED_MS * 1_000 + (share * self.plan.seconds as f64 * 1e6) as u64
    }

    fn record(&mut self, line: &HistoryLine) {
        self.history
            .push(serde_json::to_string(line).expect("JSON"));
    }

    fn place(&self, op: u64, coordination: &str) -> Place {
        Place {
            key: format!("key-{op}"),
            customer: format!("customer-{} {}", op % 100, self.plan.mark),
            lines: Vec::new(),
            total_minor: 100,
            country: "NO".into(),
            postcode: op.to_string(),
            coordination: coordination.into(),
            allowed: vec![Outcome::confirmed()],
        }
    }

    /// From hand to hand; one of the waits is the long one, and now and then a message comes twice.
    fn spans(
        &mut self,
        trace_id: &str,
        coordination: &str,
        sent_us: u64,
        answered_us: u64,
        end_us: u64,
    ) -> Vec<Span> {
        let span = |id: usize,
                    parent: Option<usize>,
                    service: &str,
                    name: String,
                    from_us: u64,
                    to_us: u64| Span {
            trace_id: trace_id.into(),
            span_id: id.to_string(),
            parent_id: Some(parent.map_or("caller".into(), |parent| parent.to_string())),
            service: service.into(),
            name,
            start_us: from_us,
            duration_us: to_us - from_us,
            ..Span::default()
        };
        let mark = self.plan.mark;
        let mut spans = vec![
            span(
                0,
                None,
                "gateway",
                "POST /orders".into(),
                sent_us + 300,
                answered_us - 300,
            ),
            span(
                1,
                Some(0),
                "orders",
                format!("POST /orders {mark}"),
                sent_us + 900,
                answered_us - 900,
            ),
        ];
        let hands: Vec<&str> = match coordination {
            "choreography" => HANDS.into(),
            _ => HANDS
                .iter()
                .flat_map(|hand| ["orchestrator", hand])
                .collect(),
        };
        let begin_us = answered_us - 900;
        let each_us = (end_us - begin_us) / hands.len() as u64;
        for (nth, hand) in hands.iter().enumerate() {
            let from_us =
                begin_us + nth as u64 * each_us + each_us / 2 + self.dice.roll(each_us / 4);
            let to_us = from_us + each_us / 5;
            let name = format!("process step-{nth}.done");
            spans.push(span(nth + 2, Some(nth + 1), hand, name, from_us, to_us));
        }
        let last = spans.len() - 1;
        spans.push(span(
            last + 1,
            Some(last),
            "order-view",
            "project order.confirmed".into(),
            end_us - 900,
            end_us,
        ));
        if self.dice.roll(30) == 0 {
            let mut again = span(
                last + 2,
                Some(1),
                "inventory",
                "duplicate order.placed".into(),
                end_us,
                end_us + 500,
            );
            again.redelivered = true;
            spans.push(again);
        }
        spans
    }
}
