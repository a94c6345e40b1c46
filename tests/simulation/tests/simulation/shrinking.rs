//! A failure is made small, kept in a file, and fails again from there.

use simulation::{
    file::RunFile,
    run::run,
    settings::{Settings, Variant},
    shrink::shrink,
};

#[test]
fn a_failing_seed_shrinks_and_fails_again_from_its_file() {
    let leaky = |seed| Settings {
        variant: Variant::LeakyOutbox,
        ..Settings::seeded(seed)
    };
    let (settings, outcome) = (0..20)
        .map(|seed| (leaky(seed), run(&leaky(seed)).expect("a run can be made")))
        .find(|(_, outcome)| !outcome.is_valid() && !outcome.strikes.is_empty())
        .expect("a leak shows within a few seeds");
    let (claims, faults) = (outcome.failed_claims(), outcome.strikes.len());
    let small = shrink(&settings, outcome, 200).expect("the runs can be made");
    assert!(small.settings.orders <= settings.orders);
    assert!(small.outcome.strikes.len() < faults);
    assert!(
        small
            .outcome
            .failed_claims()
            .iter()
            .any(|claim| claims.contains(claim))
    );

    let folder = std::env::temp_dir().join(format!("simulation-{}", std::process::id()));
    let file = RunFile::of(&small.settings, &small.outcome);
    let path = file.write(&folder).expect("the file is written");
    let read = RunFile::read(&path).expect("the file is read");
    assert_eq!(read, file);
    let again = run(&read.settings()).expect("a run can be made");
    assert_eq!(
        RunFile::of(&read.settings(), &again).findings,
        file.findings
    );
    std::fs::remove_dir_all(folder).expect("the folder was ours");
}

#[test]
fn a_file_that_is_no_run_is_refused_in_words() {
    let path = std::env::temp_dir().join(format!("no-run-{}.json", std::process::id()));
    std::fs::write(&path, "{}").expect("a file is written");
    let error = RunFile::read(&path).expect_err("it is no run");
    assert!(error.to_string().contains("is no run of the simulation"));
    std::fs::remove_file(path).expect("the file was ours");
}
