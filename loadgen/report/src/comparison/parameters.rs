//! What was asked of the two runs. Where it was not the same, the figures differ for that reason too.

use std::collections::BTreeMap;

use crate::findings::{Findings, faults, workload};
use crate::words::{Ms, Value, utc};

pub struct Parameter {
    pub name: String,
    pub values: [String; 2],
    /// Whether runs that differ in it are not asked the same.
    pub weighs: bool,
}

impl Parameter {
    pub fn differs(&self) -> bool {
        self.weighs && self.values[0] != self.values[1]
    }
}

/// A fact of a run, and whether it was asked for.
type Fact = (&'static str, bool, fn(&Findings) -> String);

const FACTS: [Fact; 8] = [
    ("run", false, |run| run.files.judgement.run.clone()),
    ("began", false, |run| utc(run.files.record.started_ms)),
    ("seed", true, |run| run.files.record.seed.to_string()),
    ("pace", true, |run| {
        run.files.record.load.pace.label().to_owned()
    }),
    ("rate intended", true, |run| {
        format!("{} orders/s", Value(run.files.record.load.rate_intended))
    }),
    // To the second: the load ends some milliseconds after its time.
    ("length", true, |run| {
        Ms(run.files.record.load.seconds.round() * 1_000.0).to_string()
    }),
    ("method", true, |run| {
        let method = run.files.record.method.clone();
        method.unwrap_or_else(|| "none".into())
    }),
    ("faults", true, |run| match &run.faults {
        checkers::state::Part::Missing(why) => format!("not known: {why}"),
        checkers::state::Part::Read(faults) if faults.is_empty() => "none".into(),
        checkers::state::Part::Read(faults) => faults::in_words(faults),
    }),
];
/// In words for people, which say nothing of what is sent.
const PROSE: [&str; 2] = ["title", "description"];
const NOTHING: &str = "\u{2013}";

pub fn of(runs: &[Findings; 2]) -> Vec<Parameter> {
    let facts = FACTS.iter().map(|(name, weighs, of)| Parameter {
        name: (*name).into(),
        values: runs.each_ref().map(of),
        weighs: *weighs,
    });
    facts.chain(of_workload(runs)).collect()
}

/// Every value of either workload.
fn of_workload(runs: &[Findings; 2]) -> Vec<Parameter> {
    let places = runs
        .each_ref()
        .map(|run| workload::values(&run.files.record.workload));
    let names: BTreeMap<&String, ()> = places
        .iter()
        .flatten()
        .map(|(name, _)| (name, ()))
        .collect();
    names
        .into_keys()
        .map(|name| Parameter {
            name: name.clone(),
            values: places
                .each_ref()
                .map(|places| places.get(name).cloned().unwrap_or(NOTHING.into())),
            weighs: !PROSE.iter().any(|prose| name.ends_with(prose)),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::files::Files;
    use serde_json::Value as Json;

    fn run(seed: u64, workload: Json) -> Findings {
        let mut files = Files::default();
        files.record.seed = seed;
        files.record.workload = workload;
        Findings::of(files)
    }

    fn different(runs: [Findings; 2]) -> Vec<(String, [String; 2])> {
        of(&runs)
            .into_iter()
            .filter(Parameter::differs)
            .map(|parameter| (parameter.name, parameter.values))
            .collect()
    }

    #[test]
    fn what_was_not_asked_the_same_is_found_at_its_place() {
        let workload =
            |rate| serde_json::json!({"title": rate, "stages": [{"poisson": {"rate": rate}}]});
        let found = different([run(1, workload(50)), run(2, workload(40))]);
        let expected = [
            ("seed".to_owned(), ["1", "2"].map(String::from)),
            (
                "workload stages 1 poisson rate".to_owned(),
                ["50", "40"].map(String::from),
            ),
        ];
        assert_eq!(found, expected);
    }

    #[test]
    fn what_one_workload_lacks_is_a_difference_and_runs_of_one_command_differ_in_nothing() {
        let found = different([
            run(1, Json::Null),
            run(1, serde_json::json!({"mix": {"cancel": 0.1}})),
        ]);
        assert_eq!(found[0].1, [NOTHING, "0.1"].map(String::from));
        assert!(different([run(1, Json::Null), run(1, Json::Null)]).is_empty());
    }
}
