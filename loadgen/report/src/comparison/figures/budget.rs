//! The part of the error budget that was spent.

use super::share::{Kind, figure};
use super::{Better, Figure, Pair};
use crate::comparison::unit::Unit;
use crate::findings::budget::went_well;

pub fn of(pair: &Pair) -> Vec<Figure> {
    let kind = Kind {
        group: "Error budget, the whole load",
        name: "spent".into(),
        unit: Unit::Budget,
        better: Better::Less,
    };
    vec![figure(pair, kind, |order| !went_well(order))]
}
