//! The orchestrator: a saga goes through a phase once.

use super::{Watched, list};
use crate::{marks::Marks, tally::Tally};
use orchestrator_core::{Event, Orchestrator, Phase, State};
use orders_contract::{OrderId, Status};
use uuid::Uuid;

impl Watched for Orchestrator {
    fn effect_on(event: &Event) -> Option<Uuid> {
        Some(event.order_id().0)
    }

    fn marks(_state: &State, tally: &Tally) -> Marks {
        const ONE_WAY: [&str; 2] = ["saga.pivot_passed", "saga.compensation_started"];
        Marks::EFFECT_TWICE.when(tally.has_effect_twice(&ONE_WAY))
    }

    fn is_undone(state: &State, order: Uuid) -> bool {
        state
            .sagas
            .get(&OrderId(order))
            .is_some_and(|saga| match saga.phase {
                Phase::Closing { .. } => true,
                Phase::Done { status } => status != Status::Confirmed,
                Phase::Reserving
                | Phase::Holding
                | Phase::Arranging
                | Phase::Cancelling
                | Phase::Completing { .. }
                | Phase::Confirming
                | Phase::Compensating { .. } => false,
            })
    }

    fn picture(state: &State) -> String {
        list(
            state
                .sagas
                .iter()
                .map(|(order, saga)| (order.0, saga.phase.label())),
        )
    }
}
