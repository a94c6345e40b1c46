//! I18: what was to be broken was broken.

use crate::journal::Journal;
use crate::state::Part;
use crate::verdict::{Claim, Examination, Report};

pub const CLAIM: Claim = Claim {
    id: "I18",
    title: "every fault left a receipt",
};

pub fn check(journal: &Part<Journal>) -> Report {
    let mut exam = Examination::of(CLAIM);
    if let Some(journal) = journal.examine("journal", &mut exam) {
        exam.count(journal.faults().count(), "faults");
        for fault in journal.faults() {
            match fault.receipts.as_slice() {
                [] => exam.unknown(format!(
                    "{}: no receipt, so it may not have happened",
                    fault.title
                )),
                receipts => {
                    for receipt in receipts
                        .iter()
                        .filter(|receipt| receipt.gone == Some(false))
                    {
                        let why = "was told to go and was not seen to be gone";
                        exam.unknown(format!("{}: {} {why}", fault.title, receipt.name));
                    }
                }
            }
        }
        let receipts = journal
            .faults()
            .map(|fault| fault.receipts.len())
            .sum::<usize>();
        exam.note(format!("{receipts} receipts"));
    }
    exam.finish()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Verdict;
    use crate::example;

    #[test]
    fn faults_with_receipts_are_valid() {
        assert_eq!(
            check(&Part::Read(example::journal())).verdict,
            Verdict::Valid
        );
    }

    #[test]
    fn a_fault_without_a_receipt_is_unknown() {
        let mut journal = example::journal();
        journal.run[0].receipts.clear();
        assert_eq!(check(&Part::Read(journal)).verdict.label(), "unknown");
    }

    #[test]
    fn a_victim_that_was_not_seen_gone_is_unknown() {
        let mut journal = example::journal();
        journal.run[0].receipts[0].gone = Some(false);
        assert_eq!(check(&Part::Read(journal)).verdict.label(), "unknown");
    }

    #[test]
    fn no_journal_and_an_empty_journal_are_unknown() {
        assert_eq!(check(&Part::default()).verdict.label(), "unknown");
        assert_eq!(
            check(&Part::Read(Journal::default())).verdict.label(),
            "unknown"
        );
    }
}
