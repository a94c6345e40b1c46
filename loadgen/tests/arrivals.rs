//! Arrival shapes, whatever their numbers.

use std::time::Duration;

use loadgen::dice::Dice;
use loadgen::workload::Arrival;
use loadgen::workload::arrival::{
    Arrivals, Closed, Constant, Poisson, Ramp, Rate, Soak, Spike, Steps, Times,
};
use proptest::prelude::*;
use strict_yaml::Span;

/// Enough arrivals to see a shape in, few enough for hundreds of cases.
const RATE: std::ops::Range<f64> = 0.1..500.0;
const LENGTH_MS: std::ops::Range<u64> = 1_000..60_000;

fn offsets(arrival: &Arrival, seed: u64, length: Duration) -> Vec<Duration> {
    match arrival.shape().arrivals(Dice::new(seed), length) {
        Arrivals::Open(offsets) => offsets.collect(),
        Arrivals::Closed(closed) => panic!("nobody knows the arrivals of {closed:?}"),
    }
}

fn rate() -> impl Strategy<Value = Rate> {
    RATE.prop_map(Rate)
}

fn length() -> impl Strategy<Value = Duration> {
    LENGTH_MS.prop_map(Duration::from_millis)
}

/// Any shape of an open loop that fits in a second.
fn open() -> impl Strategy<Value = Arrival> {
    let constant = rate().prop_map(|rate| Arrival::Constant(Constant { rate }));
    let poisson = rate().prop_map(|rate| Arrival::Poisson(Poisson { rate }));
    let soak = rate().prop_map(|rate| Arrival::Soak(Soak { rate }));
    let ramp = (0.0..500.0, 0.0..500.0).prop_map(|(from, to)| {
        let (from, to) = (Rate(from), Rate(to));
        Arrival::Ramp(Ramp { from, to })
    });
    let steps = prop::collection::vec((0.0..500.0).prop_map(Rate), 1..9)
        .prop_map(|rates| Arrival::Steps(Steps { rates }));
    let spike = (rate(), rate(), 0_u64..500, 0_u64..500).prop_map(|(rate, to, after, length)| {
        let span = |ms| Span(Duration::from_millis(ms));
        let (after, length) = (span(after), span(length));
        Arrival::Spike(Spike {
            rate,
            to,
            after,
            length,
        })
    });
    let times = prop::collection::vec(0_u64..1_000, 1..99).prop_map(|mut ms| {
        ms.sort_unstable();
        Arrival::Times(Times {
            path: "times.txt".into(),
            offsets: ms.into_iter().map(Duration::from_millis).collect(),
        })
    });
    prop_oneof![constant, poisson, soak, ramp, steps, spike, times]
}

proptest! {
    #[test]
    fn arrivals_are_in_order_and_within_their_stage(arrival in open(), seed: u64, length in length()) {
        let at = offsets(&arrival, seed, length);
        prop_assert!(at.is_sorted());
        prop_assert!(at.last().is_none_or(|last| *last <= length));
    }

    #[test]
    fn the_seed_is_the_arrivals(arrival in open(), seed: u64, length in length()) {
        prop_assert_eq!(offsets(&arrival, seed, length), offsets(&arrival, seed, length));
    }

    #[test]
    fn a_shape_brings_as_many_orders_as_it_says(arrival in open(), seed: u64, length in length()) {
        let count = offsets(&arrival, seed, length).len() as f64;
        let expected = arrival.shape().expected(length).expect("an open loop");
        // Six standard deviations where it is left to chance, and an order more or less at each seam.
        let bound = match &arrival {
            Arrival::Poisson(_) | Arrival::Soak(_) => 6.0 * expected.sqrt() + 6.0,
            Arrival::Steps(steps) => steps.rates.len() as f64,
            _ => 3.0,
        };
        prop_assert!((count - expected).abs() <= bound, "{count} of {expected}");
    }

    #[test]
    fn a_constant_stage_has_a_gap_and_no_other(rate in rate(), length in length()) {
        let at = offsets(&Arrival::Constant(Constant { rate }), 1, length);
        prop_assert_eq!(at.len() as f64, rate.over(length).ceil());
        for gap in at.windows(2).map(|two| (two[1] - two[0]).as_secs_f64()) {
            prop_assert!((gap * rate.0 - 1.0).abs() < 1e-4, "{gap}");
        }
    }

    #[test]
    fn a_ramp_up_has_ever_smaller_gaps_and_a_ramp_down_ever_larger_ones(
        from in 0.0..500.0_f64,
        to in 0.0..500.0_f64,
        length in length(),
    ) {
        let ramp = Ramp { from: Rate(from), to: Rate(to) };
        let at = offsets(&Arrival::Ramp(ramp), 1, length);
        let gaps: Vec<f64> = at.windows(2).map(|two| (two[1] - two[0]).as_secs_f64()).collect();
        // Offsets are whole nanoseconds.
        let is_monotone = gaps.windows(2).all(|two| match from < to {
            true => two[1] <= two[0] + 3e-9,
            false => two[1] >= two[0] - 3e-9,
        });
        prop_assert!(is_monotone, "{gaps:?}");
    }

    #[test]
    fn independent_customers_come_at_their_rate_with_gaps_that_vary(seed: u64, rate in 10.0..500.0_f64) {
        // Ten thousand orders on average.
        let length = Duration::from_secs_f64(10_000.0 / rate);
        let at = offsets(&Arrival::Poisson(Poisson { rate: Rate(rate) }), seed, length);
        prop_assert!((9_400..10_600).contains(&at.len()), "{}", at.len());
        let gaps: Vec<f64> = at.windows(2).map(|two| (two[1] - two[0]).as_secs_f64()).collect();
        let short = gaps.iter().filter(|gap| **gap < 1.0 / rate).count() as f64 / gaps.len() as f64;
        // Of exponential gaps 1 - 1/e are below their mean.
        prop_assert!((0.60..0.67).contains(&short), "{short}");
    }

    #[test]
    fn a_spike_is_where_it_is_said_to_be(rate in 1.0..50.0_f64, more in 100.0..500.0_f64) {
        let span = |ms| Span(Duration::from_millis(ms));
        let (after, length) = (span(2_000), span(1_000));
        let spike = Spike { rate: Rate(rate), to: Rate(more), after, length };
        let at = offsets(&Arrival::Spike(spike), 1, Duration::from_secs(10));
        let within = |from: u64, to: u64| {
            let ms = |at: &Duration| at.as_millis() as u64;
            at.iter().filter(|at| (from..to).contains(&ms(at))).count() as f64
        };
        prop_assert!((within(2_000, 3_000) - more).abs() <= 2.0);
        prop_assert!((within(0, 2_000) - 2.0 * rate).abs() <= 2.0);
        prop_assert!((within(3_000, 10_000) - 7.0 * rate).abs() <= 2.0);
    }
}

#[test]
fn in_a_closed_loop_the_system_decides() {
    let closed = Closed {
        customers: 3,
        think_time: Span::seconds(1),
    };
    let arrival = Arrival::Closed(closed.clone());
    let length = Duration::from_secs(9);
    assert_eq!(arrival.shape().expected(length), None);
    let arrivals = arrival.shape().arrivals(Dice::new(1), length);
    assert!(matches!(arrivals, Arrivals::Closed(found) if found == closed));
}
