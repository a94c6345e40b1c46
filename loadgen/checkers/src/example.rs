//! A small valid run, for the tests to break: one order confirmed, one refused, one cancelled.

mod doors;
mod metrics;
mod rows;

use uuid::Uuid;

use crate::Run;
use crate::claims::{closure, traces as trace_claim};
use crate::history::*;
use crate::journal::{Injection, Journal, Receipt};
use crate::state::*;
use crate::traces::{Span, Trace, Traces};
pub use doors::*;
use metrics::metrics;
use rows::{effects, pay, rows};

const SKU: &str = "r1-sku";
const CUSTOMER: &str = "r1-customer";
const STARTED_MS: u64 = 1_000_000;
const QUANTITY: i64 = 2;
const TOTAL_MINOR: i64 = 20;

const BINDINGS: [(&str, &str); 6] = [
    ("orders", "shipment.*.choreography"),
    ("inventory", "order.placed.choreography"),
    ("inventory", "shipment.*.choreography"),
    ("payments", "stock.reserved.choreography"),
    ("shipping", "payment.held.choreography"),
    ("orchestrator", "*.*.orchestration"),
];

const QUEUES: [&str; 5] = [
    "orders",
    "inventory",
    "payments",
    "shipping",
    "orchestrator",
];

/// Orders are sent over half a minute, in which one fault is enclosed by calm.
const SENT_MS: [u64; 4] = [12_000, 1_000, 30_000, 30_000];
const KILLED_MS: u64 = STARTED_MS + 12_500;
const READY_MS: u64 = STARTED_MS + 13_500;

/// Seen by its customer this much later.
const SEEN_AFTER_MS: u64 = 20;

/// Unix ms.
fn ended_ms(op: u64) -> u64 {
    STARTED_MS + SENT_MS[op as usize] + 30
}

/// The first order, read with the token of its confirmation once that had been seen.
pub fn read_with_a_token(history: &History) -> Operation {
    let mut operation = history.operations[0].clone();
    let promise = operation.promise().expect("placed").clone();
    let ended_us = operation.terminal.take().expect("ended").at_us;
    operation.invocation.op += 1_000;
    operation.invocation.sent_us = ended_us + 1_000;
    operation.invocation.action = Action::Read {
        of: 0,
        order_id: promise.order_id,
        token: Some(2),
    };
    operation.completion = Completion::Ok {
        at_us: ended_us + 2_000,
        promise: Promise {
            version: Some(2),
            ..promise
        },
    };
    operation
}

pub fn run() -> Run {
    let mut run = Run {
        started_ms: STARTED_MS,
        ..Run::default()
    };
    run.history.setup = Setup {
        prefix: "r1-".into(),
        accounts: vec![FundedAccount {
            customer: CUSTOMER.into(),
            deposited_minor: 1_000,
            blocked: false,
        }],
        skus: vec![StockedSku {
            sku: SKU.into(),
            unit_price_minor: 10,
            received: 100,
        }],
        warm_up_ops: 0,
        already_wrong: Vec::new(),
    };
    let mut state = FinalState {
        orders: Part::Read(OrdersRows::default()),
        inventory: Part::Read(InventoryRows::default()),
        payments: Part::Read(PaymentsRows::default()),
        shipping: Part::Read(ShippingRows::default()),
        orchestrator: Part::Read(OrchestratorRows::default()),
        order_view: Part::Read(OrderViewRows::default()),
        log: Part::Read(EventLog::default()),
        bindings: Part::Read(
            BINDINGS
                .map(|(queue, pattern)| Binding {
                    queue: queue.into(),
                    pattern: pattern.into(),
                })
                .into(),
        ),
        dead_letters: Part::Read(Vec::new()),
        queue_depths: Part::Read(QUEUES.map(empty).into()),
    };
    std::mem::swap(&mut run.state, &mut state);
    receive(&mut run);
    run.traces = Part::Read(Traces::default());
    order(&mut run, 0, "choreography", "NO", Outcome::confirmed());
    order(
        &mut run,
        1,
        "orchestration",
        "AQ",
        Outcome::rejected("not_serviceable"),
    );
    order(
        &mut run,
        2,
        "choreography",
        "NO",
        Outcome::cancelled("customer"),
    );
    let cancel = Action::Cancel {
        of: 2,
        order_id: order_id(2),
    };
    run.history
        .operations
        .push(answered(3, cancel, order_id(2)));
    balances(&mut run);
    run.telemetry = Part::Read(metrics(&run));
    run
}

/// `orders-1` was killed while the orders ran.
pub fn journal() -> Journal {
    let receipt = Receipt {
        name: "orders-1".into(),
        service: "orders".into(),
        at_ms: KILLED_MS,
        gone: Some(true),
        ready_at_ms: Some(READY_MS),
        ..Receipt::default()
    };
    let fault = Some("process/kill".to_owned());
    Journal {
        run: vec![Injection {
            fault,
            title: "kill orders-1".into(),
            ended_ms: READY_MS,
            duration: 1.0,
            receipts: vec![receipt],
        }],
        ..Journal::default()
    }
}

fn empty(queue: &str) -> QueueDepth {
    QueueDepth {
        queue: queue.into(),
        ready: 0,
        unacknowledged: 0,
    }
}

fn order_id(op: u64) -> Uuid {
    Uuid::from_u128(u128::from(op) + 1)
}

fn receive(run: &mut Run) {
    let row = |kind: &str, sku: &str, quantity| StockLedgerRow {
        cause: Uuid::from_u128(900),
        kind: kind.into(),
        sku: sku.into(),
        quantity,
    };
    inventory(run).ledger.push(row("receipt", SKU, 100));
    pay(
        run,
        Uuid::from_u128(901),
        "deposit",
        "funding",
        "available",
        1_000,
    );
}

fn answered(op: u64, action: Action, order_id: Uuid) -> Operation {
    let sent_us = (STARTED_MS + SENT_MS[op as usize]) * 1_000;
    Operation {
        invocation: Invocation {
            op,
            session: 1,
            trace_id: format!("trace{op}"),
            span_id: format!("caller{op}"),
            intended_us: sent_us,
            sent_us,
            action,
        },
        completion: Completion::Ok {
            at_us: sent_us + 1_000,
            promise: Promise {
                order_id,
                version: Some(1),
                status: None,
                stale: false,
                attempts: 1,
            },
        },
        terminal: None,
    }
}

fn order(run: &mut Run, op: u64, coordination: &str, country: &str, outcome: Outcome) {
    let id = order_id(op);
    let place = Place {
        key: format!("key{op}"),
        customer: CUSTOMER.into(),
        lines: vec![OrderLine {
            sku: SKU.into(),
            quantity: QUANTITY,
        }],
        total_minor: TOTAL_MINOR,
        country: country.into(),
        postcode: op.to_string(),
        coordination: coordination.into(),
        allowed: if op == 2 {
            vec![Outcome::confirmed(), outcome.clone()]
        } else {
            vec![outcome.clone()]
        },
    };
    let mut operation = answered(op, Action::Place(place), id);
    let at_us = (ended_ms(op) + SEEN_AFTER_MS) * 1_000;
    operation.terminal = Some(Terminal {
        at_us,
        outcome: outcome.clone(),
        version: 2,
    });
    run.history.operations.push(operation);

    effects(run, id, &outcome);
    rows(run, op, coordination, &outcome);
    for kind in ["order.placed", "stock.reserved", "payment.held"] {
        publish(run, op, kind, coordination);
    }
    publish(run, op, &format!("order.{}", outcome.status), coordination);
    let spans = spans(op, coordination, &outcome);
    let traces = traces(run);
    traces.traces.push(Trace { op, spans });
    traces.asked = Some(traces.traces.len() as u64);
}

fn publish(run: &mut Run, op: u64, kind: &str, coordination: &str) {
    let offset = log(run).entries.len() as u64;
    let message_id = Uuid::from_u128(10_000 + u128::from(offset));
    let routing_key = format!("{kind}.{coordination}");
    for (queue, pattern) in BINDINGS {
        if closure::matches(pattern, &routing_key) {
            let state = &mut run.state;
            let mailbox = match queue {
                "orders" => &mut part(&mut state.orders).mailbox,
                "inventory" => &mut part(&mut state.inventory).mailbox,
                "payments" => &mut part(&mut state.payments).mailbox,
                "shipping" => &mut part(&mut state.shipping).mailbox,
                _ => &mut part(&mut state.orchestrator).mailbox,
            };
            mailbox
                .inbox
                .entry(kind.into())
                .or_default()
                .push(message_id);
        }
    }
    let order_id = Some(order_id(op));
    log(run).entries.push(LogEntry {
        offset,
        message_id,
        order_id,
        kind: kind.into(),
        routing_key,
    });
}

fn balances(run: &mut Run) {
    let sum = |run: &Run, account: &str| -> i64 {
        let rows = run.state.payments.get().expect("read");
        rows.ledger
            .iter()
            .filter(|row| row.account == account)
            .map(|row| row.amount_minor)
            .sum()
    };
    let account = AccountRow {
        customer: CUSTOMER.into(),
        available_minor: sum(run, "available"),
        held_minor: sum(run, "held"),
        captured_minor: sum(run, "captured"),
        refunded_minor: 0,
    };
    payments(run).accounts.push(account);
    let price = PriceRow {
        sku: SKU.into(),
        unit_price_minor: 10,
        version: 2,
    };
    orders(run).catalogue.push(price.clone());
    inventory(run).prices.push(price);
    let shipped = QUANTITY;
    inventory(run).skus.push(SkuRow {
        sku: SKU.into(),
        on_hand: 100 - shipped,
        reserved: 0,
        shipped,
    });
}

fn spans(op: u64, coordination: &str, outcome: &Outcome) -> Vec<Span> {
    let mut parent = format!("caller{op}");
    let demands = trace_claim::demanded(coordination, outcome);
    let span = |(at, (service, name)): (usize, (&str, &str))| {
        let span_id = format!("{op}-{at}");
        let parent_id = Some(std::mem::replace(&mut parent, span_id.clone()));
        Span {
            trace_id: format!("trace{op}"),
            span_id,
            parent_id,
            service: service.into(),
            name: name.into(),
            ..Span::default()
        }
    };
    let mut spans: Vec<Span> = demands.into_iter().enumerate().map(span).collect();
    // A chain breaks when a link is taken out; a fan does not, so that a test can take out one span.
    let root = spans[0].span_id.clone();
    spans
        .iter_mut()
        .skip(1)
        .for_each(|span| span.parent_id = Some(root.clone()));
    spans
}
