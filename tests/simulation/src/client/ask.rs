//! One question to the API: asked again, of any instance, until there is an answer.

use super::Client;
use crate::{faults::Fault, plan::Planned, process::SimulatedClock};
use messaging::{CommandSender, Entropy, ExecuteError, clock::within};
use orders_contract::{CustomerId, OrderId, Postcode, ShipTo, Sku};
use orders_core::{Command, Item, Order, Orders, Placement, Rejection};
use std::{sync::Arc, time::Duration};

const ATTEMPTS_MAX: u32 = 8;
const ANSWER_TIMEOUT: Duration = Duration::from_secs(4);
const PAUSE_US: u64 = 1_500_000;

/// What the API said, after all attempts.
pub(super) enum Answer {
    Ok { version: i64, attempts: u32 },
    Failed { status: u16, why: String },
    Unknown(String),
}

impl Client {
    /// The same question until there is an answer, or patience ends.
    pub(super) async fn ask(&self, order_id: OrderId, command: impl Fn() -> Command) -> Answer {
        let dice = &self.process.world.dice;
        let mut may_have_happened = None;
        let mut refused = "no instance answers".to_owned();
        // Some give up sooner, and then do not know.
        let patience = 1 + dice.below(u64::from(ATTEMPTS_MAX)) as u32;
        for attempts in 1..=patience {
            if attempts > 1 {
                self.process.sleep_us(dice.below(PAUSE_US)).await;
            }
            let Some(door) = self.system.orders_api.any(dice.next_u64()) else {
                continue;
            };
            self.process.travel(1_000).await;
            let clock = SimulatedClock(Arc::clone(&self.process));
            let asked = within(&clock, ANSWER_TIMEOUT, execute(&door, order_id, command())).await;
            if self.process.struck(Fault::LostAnswer) {
                may_have_happened = Some("the answer was lost".to_owned());
                continue;
            }
            match asked {
                None => may_have_happened = Some("no answer in time".to_owned()),
                Some(Ok(Ok(version))) => return Answer::Ok { version, attempts },
                Some(Ok(Err(Rejection::PastPivot(_)))) => {
                    return Answer::Failed {
                        status: 409,
                        why: "past-pivot".to_owned(),
                    };
                }
                Some(Ok(Err(rejection))) => {
                    refused = rejection.to_string();
                    break;
                }
                Some(Err(error @ ExecuteError::Unknown(_))) => {
                    may_have_happened = Some(error.to_string());
                }
                Some(Err(error)) => refused = error.to_string(),
            }
        }
        match may_have_happened {
            Some(why) => Answer::Unknown(why),
            None => Answer::Failed {
                status: 503,
                why: refused,
            },
        }
    }

    /// The edge parses; what the plan says is right by construction.
    pub(super) fn placement(&self, planned: &Planned) -> Placement {
        let place = &planned.place;
        let items = place.lines.iter().filter_map(|line| {
            Some(Item {
                sku: Sku::try_from(line.sku.clone()).ok()?,
                quantity: line.quantity,
            })
        });
        let text = |text: &String| text.clone();
        let now_ms = self.process.now_ms();
        Placement {
            order_id: planned.order_id,
            fingerprint: decider::message_id("simulated.request", &place.key),
            customer: CustomerId::try_from(text(&place.customer)).expect("a planned customer"),
            items: items.collect(),
            ship_to: ShipTo {
                country: text(&place.country).try_into().expect("a planned country"),
                postcode: Postcode::try_from(text(&place.postcode)).expect("a planned postcode"),
            },
            coordination: planned.coordination,
            now_ms,
            deadline_at_ms: now_ms + self.deadline_ms,
        }
    }
}

async fn execute(
    door: &CommandSender<Orders>,
    order_id: OrderId,
    command: Command,
) -> Result<Result<i64, Rejection>, ExecuteError> {
    door.execute(command, None, move |state, decided| {
        decided.map_err(Clone::clone)?;
        let order: Option<&Order> = state.orders.get(&order_id);
        order
            .map(|order| order.version)
            .ok_or(Rejection::UnknownOrder(order_id))
    })
    .await
}
