//! Mistakes planted in the servers that the pipeline relies on: each is caught by the
//! claim that should, within a few seeds.

use simulation::{
    run::run,
    settings::{Settings, Variant},
};

const SEEDS_MAX: u64 = 60;

/// The seed at which one of the claims failed first.
fn caught(variant: Variant, claims: &[&str]) -> Option<u64> {
    (0..SEEDS_MAX).find(|seed| {
        let settings = Settings {
            variant,
            ..Settings::seeded(*seed)
        };
        let failed = run(&settings).expect("a run can be made").failed_claims();
        failed.iter().any(|claim| claims.contains(claim))
    })
}

#[test]
fn an_inbox_that_forgets_is_caught_by_closure() {
    assert!(caught(Variant::ForgetfulInbox, &["I12"]).is_some());
}

#[test]
fn a_confirm_for_a_message_that_was_lost_is_caught_by_closure() {
    // What reached nobody is missed where its saga stands still, or where a rule finds no sense.
    assert!(caught(Variant::LyingConfirms, &["I7", "I8", "I12"]).is_some());
}

#[test]
fn an_effect_without_its_message_is_caught_by_termination_or_the_read_side() {
    assert!(caught(Variant::LeakyOutbox, &["I7", "I8"]).is_some());
}

#[test]
fn a_balance_without_its_ledger_row_is_caught_by_conservation() {
    assert!(caught(Variant::LossyLedger, &["I1", "I2"]).is_some());
}

#[test]
fn an_offset_stored_before_its_rows_is_caught_by_the_read_side() {
    assert!(caught(Variant::OffsetFirst, &["I8"]).is_some());
}
