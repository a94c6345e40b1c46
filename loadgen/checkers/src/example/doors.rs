//! Where a test reaches in to break something.

use crate::Run;
use crate::state::*;
use crate::telemetry::{Indicators, Telemetry};
use crate::traces::Traces;

pub(super) fn part<T>(part: &mut Part<T>) -> &mut T {
    match part {
        Part::Read(value) => value,
        Part::Missing(why) => panic!("{why}"),
    }
}

pub fn orders(run: &mut Run) -> &mut OrdersRows {
    part(&mut run.state.orders)
}

pub fn inventory(run: &mut Run) -> &mut InventoryRows {
    part(&mut run.state.inventory)
}

pub fn payments(run: &mut Run) -> &mut PaymentsRows {
    part(&mut run.state.payments)
}

pub fn shipping(run: &mut Run) -> &mut ShippingRows {
    part(&mut run.state.shipping)
}

pub fn order_view(run: &mut Run) -> &mut OrderViewRows {
    part(&mut run.state.order_view)
}

pub fn log(run: &mut Run) -> &mut EventLog {
    part(&mut run.state.log)
}

pub fn queue_depths(run: &mut Run) -> &mut Vec<QueueDepth> {
    part(&mut run.state.queue_depths)
}

pub fn indicators(run: &mut Run) -> &mut Indicators {
    part(&mut telemetry(run).indicators)
}

pub fn telemetry(run: &mut Run) -> &mut Telemetry {
    part(&mut run.telemetry)
}

pub fn traces(run: &mut Run) -> &mut Traces {
    part(&mut run.traces)
}
