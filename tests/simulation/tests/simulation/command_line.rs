//! What `simulate` prints, and how it exits: 0 held, 1 failed, 2 could not run.

use std::process::{Command, Output};

fn simulate(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_simulate"))
        .args(arguments)
        .output()
        .expect("simulate starts")
}

fn text(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

#[test]
fn a_seed_that_holds_exits_with_0_and_shows_its_timeline() {
    let output = simulate(&["--seed", "3", "--timeline", "--about", "client"]);
    assert_eq!(output.status.code(), Some(0), "{}", text(&output));
    assert!(text(&output).contains("asks op 0 about order"));
    assert!(text(&output).contains("I12  valid"));
}

#[test]
fn several_seeds_say_how_many_a_minute_and_what_was_met() {
    let output = simulate(&["--runs", "4", "--base-seed", "5"]);
    assert_eq!(output.status.code(), Some(0), "{}", text(&output));
    assert!(text(&output).contains("base seed 5"));
    assert!(text(&output).contains("4 runs in"));
    assert!(text(&output).contains("confirm lost"));
}

#[test]
fn a_failure_exits_with_1_and_leaves_a_file_that_fails_again() {
    let folder = std::env::temp_dir().join(format!("simulate-{}", std::process::id()));
    let out = folder.to_string_lossy().into_owned();
    let output = simulate(&[
        "--runs",
        "20",
        "--base-seed",
        "0",
        "--plant",
        "forgetful-inbox",
        "--orders",
        "10",
        "--out",
        &out,
    ]);
    assert_eq!(output.status.code(), Some(1), "{}", text(&output));
    assert!(text(&output).contains("I12"));
    let file = std::fs::read_dir(&folder)
        .expect("the folder is there")
        .next()
        .expect("with a file")
        .expect("that can be read")
        .path();
    let again = simulate(&["--replay", &file.to_string_lossy()]);
    assert_eq!(again.status.code(), Some(1), "{}", text(&again));
    assert!(text(&again).contains("I12"));
    std::fs::remove_dir_all(folder).expect("the folder was ours");
}

#[test]
fn what_cannot_be_run_exits_with_2() {
    for arguments in [
        &["--replay", "/nowhere/at-all.json"][..],
        &["--seed", "minus one"],
        &["--runs", "0"],
        &["--orders", "0"],
        &["--seed", "1", "--runs", "2"],
    ] {
        assert_eq!(simulate(arguments).status.code(), Some(2), "{arguments:?}");
    }
}
