//! The same seed gives the same trace, byte for byte.

use simulation::{
    faults::Weather,
    run::run,
    settings::{ORDERS, Settings},
};

fn recorded(settings: Settings) -> (String, Vec<&'static str>) {
    let outcome = run(&Settings {
        record: true,
        ..settings
    })
    .expect("a run can be made");
    (outcome.trace(), outcome.failed_claims())
}

#[test]
fn the_same_seed_gives_the_same_trace_to_the_byte() {
    for seed in 0..10 {
        let (first, verdict) = recorded(Settings::seeded(seed));
        let (second, again) = recorded(Settings::seeded(seed));
        assert!(first.lines().count() > 1_000, "seed {seed} hardly ran");
        let differs = first.lines().zip(second.lines()).find(|(a, b)| a != b);
        assert_eq!(differs, None, "seed {seed}");
        assert!(first == second, "seed {seed}: one trace is longer");
        assert_eq!(verdict, again, "seed {seed}");
    }
}

#[test]
fn another_thread_gives_the_same_trace() {
    let here = recorded(Settings::seeded(77)).0;
    let there = std::thread::spawn(|| recorded(Settings::seeded(77)).0);
    assert!(here == there.join().expect("the other thread ran"));
}

#[test]
fn another_seed_gives_another_trace() {
    assert!(recorded(Settings::seeded(1)).0 != recorded(Settings::seeded(2)).0);
}

#[test]
fn a_list_of_the_faults_that_struck_gives_the_run_of_the_seed() {
    for seed in 0..3 {
        let drawn = run(&Settings::seeded(seed)).expect("a run can be made");
        let listed = Settings {
            weather: Weather::Listed(drawn.strikes.iter().copied().collect()),
            ..Settings::seeded(seed)
        };
        let (seeded, _) = recorded(Settings::seeded(seed));
        assert!(recorded(listed).0 == seeded, "seed {seed}");
    }
}

#[test]
fn without_faults_every_order_ends_as_its_data_says() {
    for seed in 0..20 {
        let outcome = run(&Settings::calm(seed, ORDERS)).expect("a run can be made");
        assert_eq!(outcome.failed_claims(), [""; 0], "seed {seed}");
        assert!(outcome.strikes.is_empty());
    }
}
