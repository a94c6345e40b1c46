//! To recover at once from an accident is enough: what can be reached by recovering at
//! any later time is, when recovered, the same.

use decider::Coordination;
use model_check::{
    carelessness::Carelessness,
    scenario::{self, Recovery, Scenario},
    world::{State, World},
};
use stateright::Model;
use std::collections::HashSet;

/// How many states there are, and each of them with its accidents made good.
fn explored(world: &World) -> (usize, HashSet<State>) {
    let mut seen: HashSet<State> = world.init_states().into_iter().collect();
    let mut waiting: Vec<State> = seen.iter().copied().collect();
    let mut recovered = HashSet::new();
    while let Some(state) = waiting.pop() {
        recovered.insert(world.recovered(&state));
        let next = world.next_states(&state).into_iter();
        waiting.extend(next.filter(|next| seen.insert(*next)));
    }
    (seen.len(), recovered)
}

/// How many states there are in full, and how many reduced.
#[track_caller]
fn assert_nothing_is_left_out(scenario: Scenario, open_max: u8) -> (usize, usize) {
    // One world for both, so that equal states have equal numbers.
    let mut world = World::new(scenario);
    world.scenario.recovery = Recovery::AnyTime { open_max };
    let (full, at_any_time) = explored(&world);
    world.scenario.recovery = Recovery::AtOnce;
    let (reduced, at_once) = explored(&world);
    assert!(at_once.len() > 100, "{} is a model", world.scenario.name);
    assert!(at_any_time == at_once, "{}", world.scenario.name);
    (full, reduced)
}

#[test]
fn with_any_number_of_accidents_open() {
    let pivot = scenario::pivot(Coordination::Choreography);
    let states = assert_nothing_is_left_out(pivot, u8::MAX);
    assert_eq!(
        states,
        (337_420, 524),
        "the reduction pays as much as the crate's doc says"
    );
    let refusal = scenario::out_of_stock(Coordination::Choreography);
    assert_nothing_is_left_out(refusal, u8::MAX);
}

#[test]
fn with_two_accidents_open_in_each_model_of_one_order() {
    for scenario in scenario::all() {
        let has_inbox = scenario.carelessness == Carelessness::None;
        if has_inbox && scenario.orders == 1 && scenario.deadlines < 3 {
            assert_nothing_is_left_out(scenario, 2);
        }
    }
}

#[test]
fn with_an_accident_open_when_two_orders_compete() {
    assert_nothing_is_left_out(scenario::competition(Coordination::Choreography), 1);
}
