//! The machine's own servers, and how much of what they can do our system makes of them.

use super::share;
use crate::limits::Limits;
use crate::limits::database::ROWS_A_MESSAGE;
use crate::system::System;
use crate::system::generator::Coordination;

fn rows_of(limits: &Limits) -> Vec<(String, f64, &'static str)> {
    let (broker, database) = (&limits.broker, &limits.database);
    let unbatched = format!("PostgreSQL: {ROWS_A_MESSAGE} rows a transaction");
    vec![
        (
            "RabbitMQ: one quorum queue".into(),
            broker.queue,
            "messages/s",
        ),
        (
            "RabbitMQ: one quorum queue and the stream".into(),
            broker.queue_and_stream,
            "messages/s",
        ),
        (
            "RabbitMQ: the messages of choreographed orders".into(),
            broker.choreographed,
            "orders/s",
        ),
        (
            "RabbitMQ: the messages of orchestrated orders".into(),
            broker.orchestrated,
            "orders/s",
        ),
        (
            "PostgreSQL: rows in batches".into(),
            database.rows_batched,
            "rows/s",
        ),
        (unbatched, database.transactions_unbatched, "transactions/s"),
    ]
}

pub fn table(limits: &Limits, system: Option<&System>) -> String {
    let rows = rows_of(limits)
        .into_iter()
        .map(|(what, rate, unit)| vec![what, format!("{rate:.0} {unit}")]);
    let rows: Vec<Vec<String>> = rows.collect();
    let mut text = super::table(&["this machine's own limits", ""], &rows);
    let shares = system
        .map(|system| shares(limits, system))
        .unwrap_or_default();
    if !shares.is_empty() {
        let heads = [
            "of the limits",
            "ours, orders/s",
            "RabbitMQ alone",
            "share",
            "PostgreSQL alone",
            "share",
        ];
        text += "\n";
        text += &super::table(&heads, &shares);
    }
    text
}

/// Where both our highest rate and what its orders cost were measured.
fn shares(limits: &Limits, system: &System) -> Vec<Vec<String>> {
    let mut rows = Vec::new();
    for highest in &system.highest {
        let Some(ours) = highest.rate.map(f64::from) else {
            continue;
        };
        let broker = match highest.coordination {
            Coordination::Choreography => limits.broker.choreographed,
            Coordination::Orchestration => limits.broker.orchestrated,
        };
        let measured = system
            .latency
            .iter()
            .find(|it| it.coordination == highest.coordination);
        let rows_an_order = measured.map_or(0.0, |found| found.demand.rows);
        let database = if rows_an_order > 0.0 {
            limits.database.rows_batched / rows_an_order
        } else {
            0.0
        };
        rows.push(vec![
            highest.coordination.label().to_owned(),
            format!("{ours:.0}"),
            format!("{broker:.0}"),
            share(ours, broker),
            format!("{database:.0}"),
            share(ours, database),
        ]);
    }
    rows
}
