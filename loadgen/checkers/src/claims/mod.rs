//! One file a claim: `CLAIM` names it, `check` judges it, tests show it valid, invalid and unknown.

pub mod at_most_once;
pub mod atomicity;
pub mod closure;
pub mod convergence;
pub mod dead_letters;
pub mod durability;
pub mod fault_fired;
pub mod message_ledger;
pub mod money;
pub mod monotonic_reads;
pub mod phantom;
pub mod prediction;
pub mod read_your_writes;
pub mod recovery;
pub mod replica;
pub mod stock;
pub mod telemetry;
pub mod termination;
pub mod traces;

/// Every claim there is, by number.
pub const ALL: [crate::Claim; 19] = [
    money::CLAIM,
    stock::CLAIM,
    durability::CLAIM,
    phantom::CLAIM,
    at_most_once::CLAIM,
    atomicity::CLAIM,
    termination::CLAIM,
    convergence::CLAIM,
    monotonic_reads::CLAIM,
    read_your_writes::CLAIM,
    replica::CLAIM,
    closure::CLAIM,
    message_ledger::CLAIM,
    dead_letters::CLAIM,
    recovery::CLAIM,
    traces::CLAIM,
    telemetry::CLAIM,
    fault_fired::CLAIM,
    prediction::CLAIM,
];

#[cfg(test)]
mod tests {
    use crate::{example, judge, state::Part};

    #[test]
    fn a_run_with_faults_and_reads_is_judged_by_every_claim() {
        let mut run = example::run();
        run.journal = Some(Part::Read(example::journal()));
        let read = example::read_with_a_token(&run.history);
        run.history.operations.push(read);
        let judged: Vec<_> = judge(&run).into_iter().map(|report| report.claim).collect();
        assert_eq!(judged, super::ALL);
    }
}
