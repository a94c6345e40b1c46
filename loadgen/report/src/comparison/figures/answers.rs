//! What became of the requests: sent late, not sent, failed, unknown, sent again.

use super::share::{Kind, figure};
use super::{Better, Decision, Figure, Pair, Values};
use crate::comparison::noise::Noise;
use crate::comparison::noise::shares::Share;
use crate::comparison::unit::Unit;
use crate::findings::orders::{Answer, Order};

const GROUP: &str = "Requests, the whole load";
/// As the load generator counts them: an order of magnitude above the timer's own millisecond.
const LATE_US: u64 = 20_000;

type Is = fn(&Order) -> bool;

pub fn of(pair: &Pair) -> Vec<Figure> {
    let kinds: [(&str, Is); 4] = [
        ("sent late", |order| {
            order.sent_us.saturating_sub(order.intended_us) > LATE_US
        }),
        ("failed", |order| matches!(order.answer, Answer::Failed(_))),
        ("unknown", |order| {
            matches!(order.answer, Answer::Unknown(_))
        }),
        ("sent again", |order| order.attempts > 1),
    ];
    let share = |(name, is_one): (&str, Is)| {
        let kind = Kind {
            group: GROUP,
            name: name.into(),
            unit: Unit::Share,
            better: Better::Less,
        };
        figure(pair, kind, is_one)
    };
    let mut figures: Vec<Figure> = kinds.into_iter().map(share).collect();
    figures.insert(1, dropped(pair));
    figures
}

/// Nobody wrote down which: each counts by itself.
fn dropped(pair: &Pair) -> Figure {
    let [a, b] = pair.runs.each_ref().map(|run| {
        let dropped = run.files.record.load.dropped as f64;
        Share::plain(dropped, run.orders.len() as f64 + dropped)
    });
    let value = |share: &Share| (share.of > 0.0).then(|| share.of_all());
    Figure {
        group: GROUP.into(),
        name: "dropped".into(),
        values: Values::Numbers {
            of: [value(&a), value(&b)],
            unit: Unit::Share,
        },
        decision: Decision::Noise {
            noise: Noise::Shares { a, b },
            better: Better::Less,
        },
    }
}
