//! What was found when everything was quiet: rows of each database, the event log, the queues.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::history::{OrderLine, Outcome, Status};
use crate::verdict::Examination;

/// One source of evidence. What could not be read says why; it is never an empty table.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Part<T> {
    Read(T),
    Missing(String),
}

/// Rows that belong to the run: those of its customers, SKUs and orders, and those that belong to no order at all.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct FinalState {
    pub orders: Part<OrdersRows>,
    pub inventory: Part<InventoryRows>,
    pub payments: Part<PaymentsRows>,
    pub shipping: Part<ShippingRows>,
    pub orchestrator: Part<OrchestratorRows>,
    pub order_view: Part<OrderViewRows>,
    pub log: Part<EventLog>,
    pub bindings: Part<Vec<Binding>>,
    pub dead_letters: Part<Vec<DeadLetter>>,
    #[serde(default)]
    pub queue_depths: Part<Vec<QueueDepth>>,
}

/// Rows of a whole table by state: what the state gauges must show.
pub type Totals = BTreeMap<String, u64>;

/// The messaging tables, the same in each service.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Mailbox {
    /// Message ids received since the run began, by kind.
    pub inbox: BTreeMap<String, Vec<Uuid>>,
    pub outbox: Vec<OutboxRow>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct OutboxRow {
    pub message_id: Uuid,
    pub kind: String,
    pub attempts: i32,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct OrdersRows {
    pub orders: Vec<OrderRow>,
    /// Its replica of inventory's prices.
    #[serde(default)]
    pub catalogue: Vec<PriceRow>,
    pub totals: Totals,
    /// Orders placed by somebody else while the run ran: they are in the counters, not in these rows.
    pub foreign_orders: u64,
    pub mailbox: Mailbox,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct OrderRow {
    pub order_id: Uuid,
    pub customer: String,
    pub status: Status,
    pub reason: Option<String>,
    pub coordination: String,
    pub version: i64,
    pub total_minor: i64,
    pub lines: Vec<PricedLine>,
    pub postcode: String,
    pub placed_at_ms: i64,
    pub terminal_at_ms: Option<i64>,
}

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct PricedLine {
    pub sku: String,
    pub quantity: i64,
    pub unit_price_minor: i64,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct InventoryRows {
    pub skus: Vec<SkuRow>,
    #[serde(default)]
    pub prices: Vec<PriceRow>,
    pub reservations: Vec<ReservationRow>,
    pub ledger: Vec<StockLedgerRow>,
    pub totals: Totals,
    pub mailbox: Mailbox,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SkuRow {
    pub sku: String,
    pub on_hand: i64,
    pub reserved: i64,
    pub shipped: i64,
}

/// Each change of a price has the next version.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PriceRow {
    pub sku: String,
    pub unit_price_minor: i64,
    pub version: i64,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ReservationRow {
    pub order_id: Uuid,
    pub state: String,
    pub lines: Vec<OrderLine>,
}

/// `quantity` is never negative; `kind` says which way it went.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct StockLedgerRow {
    pub cause: Uuid,
    pub kind: String,
    pub sku: String,
    pub quantity: i64,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct PaymentsRows {
    /// Every account, of other runs too: money is conserved for all or not at all.
    pub accounts: Vec<AccountRow>,
    pub payments: Vec<PaymentRow>,
    /// Ledger rows of the run's customers.
    pub ledger: Vec<LedgerRow>,
    /// Sums of the ledger for everybody else.
    pub ledger_elsewhere: Vec<LedgerSum>,
    pub totals: Totals,
    pub mailbox: Mailbox,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AccountRow {
    pub customer: String,
    pub available_minor: i64,
    pub held_minor: i64,
    pub captured_minor: i64,
    pub refunded_minor: i64,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PaymentRow {
    pub order_id: Uuid,
    pub customer: String,
    pub amount_minor: i64,
    pub state: String,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LedgerRow {
    pub cause: Uuid,
    pub kind: String,
    pub account: String,
    pub customer: String,
    pub amount_minor: i64,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LedgerSum {
    pub customer: String,
    pub account: String,
    pub amount_minor: i64,
    pub rows: u64,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ShippingRows {
    pub shipments: Vec<ShipmentRow>,
    pub totals: Totals,
    pub mailbox: Mailbox,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ShipmentRow {
    pub order_id: Uuid,
    pub state: String,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct OrchestratorRows {
    pub sagas: Vec<SagaRow>,
    pub totals: Totals,
    pub mailbox: Mailbox,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SagaRow {
    pub order_id: Uuid,
    pub phase: String,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct OrderViewRows {
    pub orders: Vec<ViewRow>,
    pub totals: Totals,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ViewRow {
    pub order_id: Uuid,
    pub customer: String,
    pub status: Status,
    pub reason: Option<String>,
    pub coordination: String,
    pub version: i64,
    pub total_minor: i64,
    pub lines: Vec<PricedLine>,
    pub placed_at_ms: i64,
}

/// The stream `events.log`: a witness that none of the judged services writes alone.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct EventLog {
    pub entries: Vec<LogEntry>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LogEntry {
    pub offset: u64,
    pub message_id: Uuid,
    /// `None` for events of no order, such as `sku.priced`.
    pub order_id: Option<Uuid>,
    pub kind: String,
    pub routing_key: String,
}

/// A queue bound to the exchange `events`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Binding {
    pub queue: String,
    pub pattern: String,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct DeadLetter {
    pub queue: String,
    pub message_id: Option<String>,
    pub order_id: Option<Uuid>,
    pub kind: Option<String>,
    pub reason: Option<String>,
}

/// What a queue held at the end: messages that waited, and messages that a consumer held unsettled.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct QueueDepth {
    pub queue: String,
    pub ready: u64,
    pub unacknowledged: u64,
}

// === impl Part ===

impl<T> Default for Part<T> {
    fn default() -> Self {
        Part::Missing("it was not read".into())
    }
}

impl<T> Part<T> {
    pub fn get(&self) -> Option<&T> {
        match self {
            Part::Read(value) => Some(value),
            Part::Missing(_) => None,
        }
    }

    /// The rows, or an entry in the examination that they could not be had.
    pub fn examine(&self, name: &str, exam: &mut Examination) -> Option<&T> {
        match self {
            Part::Read(value) => Some(value),
            Part::Missing(why) => {
                exam.unknown(format!("{name}: {why}"));
                None
            }
        }
    }
}

impl<T> From<Result<T, String>> for Part<T> {
    fn from(result: Result<T, String>) -> Self {
        match result {
            Ok(value) => Part::Read(value),
            Err(why) => Part::Missing(why),
        }
    }
}

// === impl OrderRow, FinalState ===

impl OrderRow {
    pub fn outcome(&self) -> Outcome {
        Outcome {
            status: self.status,
            reason: self.reason.clone(),
        }
    }

    /// An outage may outlast any order's deadline; that ends it, whatever else its data says.
    pub fn was_overtaken_by_its_deadline(&self) -> bool {
        self.status == Status::Cancelled && self.reason.as_deref() == Some("deadline")
    }
}

impl FinalState {
    /// The services with an inbox and an outbox, by the name of their queue.
    pub fn mailboxes(&self) -> [(&'static str, Option<&Mailbox>); 5] {
        [
            ("orders", self.orders.get().map(|rows| &rows.mailbox)),
            ("inventory", self.inventory.get().map(|rows| &rows.mailbox)),
            ("payments", self.payments.get().map(|rows| &rows.mailbox)),
            ("shipping", self.shipping.get().map(|rows| &rows.mailbox)),
            (
                "orchestrator",
                self.orchestrator.get().map(|rows| &rows.mailbox),
            ),
        ]
    }
}
