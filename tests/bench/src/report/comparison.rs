//! Traced and untraced, side by side.

use super::share;
use crate::system::System;
use crate::system::generator::Coordination;

/// One run, two platforms: what tracing every order costs.
pub fn table(traced: Option<&System>, untraced: &System) -> String {
    let mut rows = Vec::new();
    for coordination in Coordination::BOTH {
        let name = coordination.label();
        let highest = |system: &System| {
            let found = system
                .highest
                .iter()
                .find(|it| it.coordination == coordination)?;
            found.rate.map(f64::from)
        };
        let latency = |system: &System| {
            let found = system
                .latency
                .iter()
                .find(|it| it.coordination == coordination)?;
            Some((found.saga.p50_ms, found.saga.p99_ms))
        };
        let mut row = |what: String, with: Option<f64>, without: Option<f64>| {
            let Some(without) = without else { return };
            let with_text = with.map_or("-".into(), |with| format!("{with:.1}"));
            let ratio = with.map_or("-".into(), |with| share(with, without));
            rows.push(vec![what, with_text, format!("{without:.1}"), ratio]);
        };
        row(
            format!("highest rate, {name}, orders/s"),
            traced.and_then(highest),
            highest(untraced),
        );
        let with = traced.and_then(latency);
        let without = latency(untraced);
        row(
            format!("p50, {name}, ms"),
            with.map(|it| it.0),
            without.map(|it| it.0),
        );
        row(
            format!("p99, {name}, ms"),
            with.map(|it| it.1),
            without.map(|it| it.1),
        );
    }
    super::table(&["tracing", "every order", "none", "ratio"], &rows)
}
