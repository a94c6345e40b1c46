//! I1: no money appears or disappears, account by account.
//!
//! Of one consistent read at rest, in which the ledger has every movement of the run. That the sum held in every state on
//! the way there is the model checker's to say.

use std::collections::BTreeMap;

use crate::history::History;
use crate::state::{AccountRow, Part, PaymentsRows};
use crate::verdict::{Claim, Examination, Report};

pub const CLAIM: Claim = Claim {
    id: "I1",
    title: "money is conserved",
};

pub fn check(history: &History, payments: &Part<PaymentsRows>) -> Report {
    let mut exam = Examination::of(CLAIM);
    if let Some(rows) = payments.examine("payments", &mut exam) {
        exam.count(rows.ledger.len(), "ledger rows");
        exam.count(rows.ledger_elsewhere.len(), "ledger sums of earlier runs");
        exam.count(rows.accounts.len(), "accounts");
        entries_sum_to_zero(rows, &mut exam);
        balances_are_what_the_ledger_says(history, rows, &mut exam);
        deposits_are_what_was_paid_in(history, rows, &mut exam);
    }
    exam.finish()
}

fn entries_sum_to_zero(rows: &PaymentsRows, exam: &mut Examination) {
    let mut sums: BTreeMap<_, i128> = BTreeMap::new();
    for row in &rows.ledger {
        *sums.entry((row.cause, row.kind.as_str())).or_default() += i128::from(row.amount_minor);
    }
    for ((cause, kind), sum) in sums {
        exam.expect(
            format!("{kind} of {cause}"),
            "payments.ledger, sum of its rows",
            0,
            sum,
        );
    }
}

/// Wider than an amount: no sum of amounts is too large, whatever stands in a row.
type Sums<'a> = BTreeMap<(&'a str, &'a str), i128>;

fn sums(rows: &PaymentsRows) -> Sums<'_> {
    let own = rows
        .ledger
        .iter()
        .map(|row| (&row.customer, &row.account, row.amount_minor));
    let elsewhere = rows
        .ledger_elsewhere
        .iter()
        .map(|sum| (&sum.customer, &sum.account, sum.amount_minor));
    own.chain(elsewhere)
        .fold(Sums::new(), |mut sums, (customer, account, amount)| {
            *sums.entry((customer, account)).or_default() += i128::from(amount);
            sums
        })
}

fn balances_are_what_the_ledger_says(
    history: &History,
    rows: &PaymentsRows,
    exam: &mut Examination,
) {
    let mut sums = sums(rows);
    let already_wrong = &history.setup.already_wrong;
    if !already_wrong.is_empty() {
        exam.note(format!("wrong before this run: {}", already_wrong.len()));
    }
    sums.retain(|(customer, _), _| !already_wrong.iter().any(|wrong| wrong == customer));
    for account in &rows.accounts {
        if already_wrong.contains(&account.customer) {
            continue;
        }
        let subject = || format!("account {}", account.customer);
        for (column, balance) in balances(account) {
            let place = format!("payments.accounts.{column}_minor");
            let ledger = sums
                .remove(&(account.customer.as_str(), column))
                .unwrap_or(0);
            exam.expect(subject(), &place, ledger, balance);
            if balance < 0 {
                exam.wrong(subject(), &place, "not negative", balance);
            }
        }
    }
    for ((customer, account), sum) in sums {
        if account != "funding" && sum != 0 {
            exam.wrong(
                format!("account {customer}"),
                "payments.accounts",
                "a row",
                "none",
            );
        }
    }
}

fn balances(account: &AccountRow) -> [(&'static str, i128); 4] {
    [
        ("available", account.available_minor.into()),
        ("held", account.held_minor.into()),
        ("captured", account.captured_minor.into()),
        ("refunded", account.refunded_minor.into()),
    ]
}

/// The one number that does not come from the judged database: what the run paid in.
fn deposits_are_what_was_paid_in(history: &History, rows: &PaymentsRows, exam: &mut Examination) {
    let accounts: BTreeMap<&str, &AccountRow> = rows
        .accounts
        .iter()
        .map(|account| (account.customer.as_str(), account))
        .collect();
    for funded in &history.setup.accounts {
        let subject = format!("account {}", funded.customer);
        let place = "payments.accounts, available + held + captured - refunded";
        match accounts.get(funded.customer.as_str()) {
            Some(account) => {
                let [available, held, captured, refunded] = balances(account).map(|(_, it)| it);
                let total = available + held + captured - refunded;
                exam.expect(subject, place, funded.deposited_minor.into(), total);
            }
            None => exam.wrong(subject, place, funded.deposited_minor, "no such account"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Verdict;
    use crate::example;

    #[test]
    fn an_untouched_ledger_is_valid() {
        let run = example::run();
        assert_eq!(
            check(&run.history, &run.state.payments).verdict,
            Verdict::Valid
        );
    }

    #[test]
    fn an_account_changed_by_hand_is_named() {
        let mut run = example::run();
        let account = &mut example::payments(&mut run).accounts[0];
        account.available_minor += 1;
        let (customer, found) = (account.customer.clone(), account.available_minor);
        let Verdict::Invalid(evidence) = check(&run.history, &run.state.payments).verdict else {
            panic!("must be invalid")
        };
        assert_eq!(evidence[0].subject, format!("account {customer}"));
        assert_eq!(evidence[0].place, "payments.accounts.available_minor");
        assert_eq!(evidence[0].expected, (found - 1).to_string());
        assert_eq!(evidence[0].found, found.to_string());
    }

    #[test]
    fn an_account_that_was_wrong_before_the_run_is_noted_and_not_counted() {
        let mut run = example::run();
        let mut old = example::payments(&mut run).accounts[0].clone();
        old.customer = "somebody-else".into();
        example::payments(&mut run).accounts.push(old);
        let verdict = |run: &crate::Run| check(&run.history, &run.state.payments);
        assert_eq!(verdict(&run).verdict.label(), "invalid");
        run.history.setup.already_wrong.push("somebody-else".into());
        assert_eq!(verdict(&run).verdict, Verdict::Valid);
        assert!(verdict(&run).examined.contains("wrong before this run: 1"));
    }

    #[test]
    fn half_an_entry_is_invalid() {
        let mut run = example::run();
        example::payments(&mut run).ledger.pop();
        assert_eq!(
            check(&run.history, &run.state.payments).verdict.label(),
            "invalid"
        );
    }

    #[test]
    fn money_that_was_paid_in_and_is_nowhere_is_invalid() {
        let mut run = example::run();
        run.history.setup.accounts[0].deposited_minor += 5;
        assert_eq!(
            check(&run.history, &run.state.payments).verdict.label(),
            "invalid"
        );
    }

    #[test]
    fn a_database_that_was_not_read_is_unknown() {
        let run = example::run();
        assert_eq!(
            check(&run.history, &Part::default()).verdict.label(),
            "unknown"
        );
        let empty = Part::Read(PaymentsRows::default());
        assert_eq!(
            check(&History::default(), &empty).verdict.label(),
            "unknown"
        );
    }

    #[test]
    fn money_from_nowhere_is_invalid_although_account_and_deposit_agree_with_the_ledger() {
        let mut run = example::run();
        run.history.setup.accounts[0].deposited_minor += 5;
        let payments = example::payments(&mut run);
        payments.accounts[0].available_minor += 5;
        let rows = &mut payments.ledger;
        let paid_in = rows.iter_mut().find(|row| row.account == "available");
        paid_in.expect("a deposit").amount_minor += 5;
        let Verdict::Invalid(evidence) = check(&run.history, &run.state.payments).verdict else {
            panic!("must be invalid")
        };
        assert_eq!(evidence.len(), 1);
        assert_eq!(evidence[0].place, "payments.ledger, sum of its rows");
        assert_eq!(evidence[0].found, "5");
    }

    #[test]
    fn money_of_nobody_is_named() {
        let mut run = example::run();
        let ghost = |amount_minor| crate::state::LedgerSum {
            customer: "ghost".into(),
            account: "available".into(),
            amount_minor,
            rows: 2,
        };
        example::payments(&mut run).ledger_elsewhere = vec![ghost(0)];
        let report = check(&run.history, &run.state.payments);
        assert_eq!(report.verdict, Verdict::Valid);
        example::payments(&mut run).ledger_elsewhere = vec![ghost(5)];
        let Verdict::Invalid(evidence) = check(&run.history, &run.state.payments).verdict else {
            panic!("must be invalid")
        };
        assert_eq!(evidence[0].subject, "account ghost");
    }

    #[test]
    fn what_was_paid_in_is_still_there_wherever_it_moved() {
        let mut run = example::run();
        let account = &mut example::payments(&mut run).accounts[0];
        account.held_minor += 7;
        // Of what was captured, 5 came back: they are available, and captured once.
        account.refunded_minor += 5;
        account.available_minor += 5 - 7;
        let mut exam = Examination::of(CLAIM);
        let payments = run.state.payments.get().expect("read");
        deposits_are_what_was_paid_in(&run.history, payments, &mut exam);
        assert_eq!(exam.finish().wrong, 0);
    }
}
