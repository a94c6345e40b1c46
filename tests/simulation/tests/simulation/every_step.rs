//! Fail every step, repeat every step: generic over what a calm run handles, so that a
//! new step of the saga is covered without a new test.

use simulation::{
    run::{Outcome, run},
    settings::Settings,
    world::{Aim, Blow, Step},
};
use std::collections::BTreeSet;

/// Its orders meet every subscription, as the first test below holds it to.
const SEED: u64 = 1;
const ORDERS: usize = 22;

fn calm() -> Outcome {
    let outcome = run(&Settings::calm(SEED, ORDERS)).expect("a run can be made");
    assert_eq!(outcome.failed_claims(), [""; 0]);
    outcome
}

/// The same run with one blow at one step.
fn struck(step: &Step, blow: Blow) -> Outcome {
    let settings = Settings {
        aim: Some(Aim {
            queue: step.queue.clone(),
            message_id: step.message_id,
            blow,
        }),
        ..Settings::calm(SEED, ORDERS)
    };
    run(&settings).expect("a run can be made")
}

#[test]
fn a_calm_run_meets_every_subscription_and_every_command() {
    let met: BTreeSet<(String, String)> = (calm().handled.into_iter())
        .map(|step| (step.queue, step.kind))
        .collect();
    let has = |queue: &str, kind: &str| met.contains(&(queue.to_owned(), kind.to_owned()));
    for subscription in topology::SUBSCRIPTIONS {
        for (kind, _) in subscription.hears.iter().filter(|(kind, _)| *kind != "*.*") {
            assert!(
                has(subscription.queue, kind),
                "{} hears no {kind}",
                subscription.queue
            );
        }
    }
    for (queue, kinds) in [
        ("orders", &orders_contract::OrderCommand::KINDS),
        ("inventory", &inventory_contract::InventoryCommand::KINDS),
        ("payments", &payments_contract::PaymentsCommand::KINDS),
    ] {
        for kind in kinds {
            assert!(has(queue, kind), "{queue} is never told {kind}");
        }
    }
    for kind in shipping_contract::ShippingCommand::KINDS {
        assert!(has("shipping", kind), "shipping is never told {kind}");
    }
}

#[test]
fn a_process_that_stops_at_any_step_or_hears_it_twice_changes_no_outcome_for_the_worse() {
    let (mut hit, mut struck_at) = (0, 0);
    for step in calm().handled {
        for blow in [
            Blow::StopBeforeAck,
            Blow::StopBeforePublish,
            Blow::DeliverTwice,
        ] {
            let outcome = struck(&step, blow);
            struck_at += 1;
            hit += usize::from(outcome.aim_hit);
            assert_eq!(
                outcome.failed_claims(),
                [""; 0],
                "{blow:?} at {} in {}, message {}",
                step.kind,
                step.queue,
                step.message_id
            );
        }
    }
    // Before the blow the run is the calm one, so the blow finds its message.
    assert_eq!(hit, struck_at);
}
