//! A run is judged from its folder, and the verdict is on disk and in words.

use std::path::PathBuf;

use checkers::history::{FundedAccount, Setup};
use checkers::state::{AccountRow, FinalState, LedgerRow, Part, PaymentsRows};
use loadgen::folder::{FinalReads, Folder, Record};
use loadgen::summary::{Ink, table};
use uuid::Uuid;

const CUSTOMER: &str = "r1-customer-7";

pub fn record() -> Record {
    let account = FundedAccount {
        customer: CUSTOMER.into(),
        deposited_minor: 100,
        blocked: false,
    };
    Record {
        seed: 7,
        setup: Setup {
            prefix: "r1-".into(),
            accounts: vec![account],
            skus: Vec::new(),
            warm_up_ops: 0,
            already_wrong: Vec::new(),
        },
        workload: Default::default(),
        replay_of: None,
        drawn_seed: None,
        started_ms: 1,
        history_lines: None,
        method: None,
        command: Vec::new(),
        phases: Vec::new(),
        recovery_ms: None,
        load: Default::default(),
        doubts: Vec::new(),
    }
}

/// An account, and the ledger of its one deposit.
fn payments(available_minor: i64) -> Part<PaymentsRows> {
    let row = |account: &str, amount_minor| LedgerRow {
        cause: Uuid::nil(),
        kind: "deposit".into(),
        account: account.into(),
        customer: CUSTOMER.into(),
        amount_minor,
    };
    Part::Read(PaymentsRows {
        accounts: vec![AccountRow {
            customer: CUSTOMER.into(),
            available_minor,
            held_minor: 0,
            captured_minor: 0,
            refunded_minor: 0,
        }],
        ledger: vec![row("funding", -100), row("available", 100)],
        ..PaymentsRows::default()
    })
}

pub struct Run {
    pub folder: Folder,
    parent: PathBuf,
}

impl Run {
    pub fn new(test: &str) -> Self {
        let parent = std::env::temp_dir().join(format!("runs-{}-{test}", std::process::id()));
        let folder = Folder::create(&parent.join("one")).expect("made");
        std::fs::write(folder.history(), "").expect("written");
        folder.write_record(&record()).expect("written");
        Self { folder, parent }
    }
}

impl Drop for Run {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.parent);
    }
}

#[test]
fn a_run_that_ended_early_is_unknown() {
    let run = Run::new("early");
    let judgement = run.folder.judge().expect("judged");
    assert_eq!(judgement.verdict, "unknown");
    assert!(
        judgement.why.iter().any(|why| why.contains("final reads")),
        "{:?}",
        judgement.why
    );
    assert!(
        judgement
            .claims
            .iter()
            .all(|claim| claim.verdict == "unknown")
    );
}

#[test]
fn an_account_changed_by_hand_makes_the_run_invalid_and_is_named() {
    let run = Run::new("changed");
    let state = FinalState {
        payments: payments(101),
        ..FinalState::default()
    };
    let reads = FinalReads {
        state,
        ..FinalReads::default()
    };
    run.folder
        .write_evidence(&reads, &Part::default())
        .expect("written");
    let judgement = run.folder.judge().expect("judged");
    assert_eq!(judgement.verdict, "invalid");
    let words = table(&judgement, Ink::Plain);
    assert!(words.contains(&format!(
        "account {CUSTOMER}: payments.accounts.available_minor is 101, must be 100"
    )));
    assert!(!words.contains('\x1b') && table(&judgement, Ink::Colour).contains('\x1b'));
    let text = std::fs::read_to_string(run.parent.join("latest/verdict.json")).expect("there");
    let verdict: serde_json::Value = serde_json::from_str(&text).expect("JSON");
    assert_eq!(
        verdict["claims"][0]["evidence"][0]["subject"],
        format!("account {CUSTOMER}")
    );
}

#[test]
fn a_method_without_a_journal_is_not_believed() {
    let run = Run::new("journal");
    run.folder
        .write_record(&Record {
            method: Some("true".into()),
            ..record()
        })
        .expect("written");
    let judgement = run.folder.judge().expect("judged");
    let fired = judgement
        .claims
        .iter()
        .find(|claim| claim.id == "I18")
        .expect("judged");
    assert_eq!(fired.verdict, "unknown");
    assert!(fired.why[0].contains("journal.json"), "{:?}", fired.why);
}

#[test]
fn a_judged_run_has_a_report_and_one_that_was_not_judged_is_told_so() {
    let run = Run::new("report");
    let error = report::write(run.folder.path()).expect_err("there is no verdict");
    let first = format!("`loadgen judge {}` first", run.folder.path().display());
    assert!(error.to_string().contains(&first), "{error}");
    run.folder.judge().expect("judged");
    let path = report::write(run.folder.path()).expect("written");
    let page = std::fs::read_to_string(path).expect("there");
    assert!(page.contains("Unknown") && page.contains("the run ended before its final reads"));
}

#[test]
fn latest_is_the_last_run() {
    let run = Run::new("latest");
    let second = Folder::create(&run.parent.join("two")).expect("made");
    assert_eq!(
        run.parent.join("latest").canonicalize().expect("a link"),
        second.path()
    );
}
