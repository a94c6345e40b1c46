//! How much recoveries vary by themselves.

use super::Recovered;
use crate::comparison::noise::{Noise, Spread};
use crate::findings::recovery::Recovery;

/// As of slices: fewer could all point the same way by chance.
const FREEDOM_MIN: usize = 5;

/// From the spread of recoveries from faults of this kind within each run.
pub fn of_kind(kind: &str, difference: f64, all: &[Vec<Recovered>; 2]) -> Result<Noise, String> {
    let (mut squares, mut freedom) = (0.0, 0);
    for run in all {
        let of_kind = run.iter().filter_map(|(fault, recovery)| match recovery {
            Recovery::After { ms } if fault.kind == kind => Some(*ms as f64),
            _ => None,
        });
        let of_kind: Vec<f64> = of_kind.collect();
        squares += squares_about_mean(&of_kind);
        freedom += of_kind.len().saturating_sub(1);
    }
    if freedom < FREEDOM_MIN {
        return Err(format!(
            "too few faults of kind {kind} to see how much a recovery varies"
        ));
    }
    Ok(Noise::Spread(Spread {
        difference,
        // Both of the two vary.
        standard_error: (2.0 * squares / freedom as f64).sqrt(),
        freedom,
    }))
}

/// From the differences between the runs, fault by fault: (A, B).
pub fn of_pairs(both: &[(f64, f64)]) -> Result<Noise, String> {
    if both.len() <= FREEDOM_MIN {
        return Err(format!(
            "{} recoveries are in both runs, {} must be",
            both.len(),
            FREEDOM_MIN + 1
        ));
    }
    let n = both.len() as f64;
    let differences: Vec<f64> = both.iter().map(|(a, b)| b - a).collect();
    Ok(Noise::Spread(Spread {
        difference: differences.iter().sum::<f64>() / n,
        standard_error: (squares_about_mean(&differences) / (n - 1.0) / n).sqrt(),
        freedom: both.len() - 1,
    }))
}

fn squares_about_mean(values: &[f64]) -> f64 {
    let mean = values.iter().sum::<f64>() / values.len().max(1) as f64;
    values.iter().map(|value| (value - mean).powi(2)).sum()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::findings::faults;
    use crate::findings::faults::Fault;
    use crate::findings::faults::tests::injection;
    use checkers::journal::Journal;

    /// Kills of so many services, recovered from after so many ms.
    fn kills(recoveries_ms: &[u64]) -> (Vec<Fault>, Vec<Recovery>) {
        let kill = |nth: usize| {
            let at_ms = nth as u64 * 10_000;
            injection("process/kill", at_ms, at_ms + 500, &["orders-1"])
        };
        let run = (0..recoveries_ms.len()).map(kill).collect();
        let faults = faults::of(&Journal {
            run,
            ..Journal::default()
        });
        let recovery = |ms: &u64| Recovery::After { ms: *ms };
        (faults, recoveries_ms.iter().map(recovery).collect())
    }

    fn deviate(a: &[u64], b: &[u64]) -> Result<f64, String> {
        let sides = [kills(a), kills(b)];
        let all = sides
            .each_ref()
            .map(|(faults, recoveries)| faults.iter().zip(recoveries.iter().copied()).collect());
        let difference = b[0] as f64 - a[0] as f64;
        Ok(of_kind("process/kill", difference, &all)?.deviate())
    }

    #[test]
    fn a_recovery_is_held_against_how_much_those_from_the_same_kind_of_fault_differ() {
        let steady = deviate(&[1_000, 1_200, 1_100, 1_300], &[9_000, 9_200, 9_100, 9_300]);
        assert!(steady.expect("a spread") > 3.0);
        let wild = deviate(&[1_000, 9_000, 1_000, 9_000], &[9_000, 1_000, 9_000, 1_000]);
        assert!(wild.expect("a spread") < 1.96);
    }

    #[test]
    fn few_faults_of_a_kind_say_nothing_of_how_much_a_recovery_varies() {
        let why = deviate(&[1_000, 1_200], &[9_000, 9_200]).expect_err("too few");
        assert!(why.contains("process/kill"), "{why}");
        assert!(of_pairs(&[(1_000.0, 9_000.0); 5]).is_err());
        let six = of_pairs(&[(1_000.0, 9_000.0); 6]).expect("enough");
        assert!(six.deviate() > 5.0);
    }
}
