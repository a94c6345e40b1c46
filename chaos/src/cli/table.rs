//! What experiments came to, a row each.

use std::path::Path;

use serde_json::Value;

pub struct Row {
    pub name: String,
    pub verdict: &'static str,
    pub faults: usize,
    pub receipts: u64,
    pub recovery_ms: Option<u64>,
    pub orders: u64,
    /// Claims that do not hold, and other reasons.
    pub why: Vec<String>,
}

impl Row {
    /// From what the run left in its folder; `ended` is the code of whoever ran it. Of the claims, those in `deciding`
    /// decide, or all.
    pub fn read(name: &str, folder: &Path, ended: u8, deciding: &[String]) -> Self {
        let json = |file: &str| -> Value {
            let text = std::fs::read_to_string(folder.join(file)).unwrap_or_default();
            serde_json::from_str(&text).unwrap_or_default()
        };
        let (journal, judged) = (json("journal.json"), json("verdict.json"));
        let run = journal["run"].as_array().cloned().unwrap_or_default();
        let faults: Vec<&Value> = run.iter().filter(|one| one["fault"].is_string()).collect();
        let touched = faults.iter().filter_map(|one| one["touched"].as_u64());
        let is_deviated = journal["deviated"] == true && journal["status"] == "completed";
        let ended = match deciding {
            [] => ended,
            deciding => decided(&judged, deciding),
        };
        let verdict = match ended {
            1 => "invalid",
            _ if is_deviated => "invalid",
            0 => "valid",
            _ => "unknown",
        };
        Self {
            name: name.to_owned(),
            verdict,
            faults: faults.len(),
            receipts: touched.sum(),
            recovery_ms: judged["recovery_ms"].as_u64(),
            orders: judged["load"]["acknowledged"].as_u64().unwrap_or(0),
            why: reasons(&journal, &judged),
        }
    }

    /// Of an experiment that would have begun after Ctrl-C.
    pub fn not_run(name: &str) -> Self {
        Self {
            name: name.to_owned(),
            verdict: "unknown",
            faults: 0,
            receipts: 0,
            recovery_ms: None,
            orders: 0,
            why: vec!["interrupted: it was not run".into()],
        }
    }

    pub fn line(&self) -> String {
        let why = match self.why.is_empty() {
            true => String::new(),
            false => format!(": {}", self.why.join("; ")),
        };
        format!("{} is {}{why}", self.name, self.verdict)
    }
}

/// As the load generator's exit code, of some claims. What else speaks against the run speaks against all of them.
fn decided(judged: &Value, deciding: &[String]) -> u8 {
    let claims = judged["claims"].as_array().cloned().unwrap_or_default();
    let verdict_of = |id: &String| {
        let claim = claims.iter().find(|claim| claim["id"] == **id);
        claim.and_then(|claim| claim["verdict"].as_str())
    };
    let verdicts: Vec<_> = deciding.iter().map(verdict_of).collect();
    let has_doubts = judged["why"].as_array().is_none_or(|why| !why.is_empty());
    if verdicts.contains(&Some("invalid")) {
        1
    } else if has_doubts || verdicts.iter().any(|verdict| *verdict != Some("valid")) {
        2
    } else {
        0
    }
}

fn reasons(journal: &Value, judged: &Value) -> Vec<String> {
    let texts = |value: &Value| -> Vec<String> {
        let all = value.as_array().into_iter().flatten();
        all.filter_map(|one| one.as_str().map(str::to_owned))
            .collect()
    };
    let claims = judged["claims"].as_array().into_iter().flatten();
    let broken =
        claims.filter(|claim| claim["verdict"] == "invalid" || claim["verdict"] == "unknown");
    let broken = broken.map(|claim| {
        let word = |key: &str| claim[key].as_str().unwrap_or_default().to_owned();
        format!("{} {} ({})", word("id"), word("title"), word("verdict"))
    });
    let mut all: Vec<String> = broken.collect();
    all.extend(texts(&judged["why"]));
    all.extend(texts(&journal["why"]));
    all
}

/// Markdown, so that it can be kept where it is read.
pub fn table(rows: &[Row]) -> String {
    let mut text = "| experiment | verdict | faults | receipts | recovery | orders |\n\
                    |---|---|---:|---:|---:|---:|\n"
        .to_owned();
    for row in rows {
        let recovery = row.recovery_ms.map_or_else(
            || "none".to_owned(),
            |ms| format!("{:.1} s", ms as f64 / 1_000.0),
        );
        text += &format!(
            "| {} | {} | {} | {} | {recovery} | {} |\n",
            row.name, row.verdict, row.faults, row.receipts, row.orders
        );
    }
    text
}

/// Invalid is worse than unknown: something was found.
pub fn worst(rows: &[Row]) -> u8 {
    let has = |verdict| rows.iter().any(|row| row.verdict == verdict);
    match (has("invalid"), has("unknown")) {
        (true, _) => 1,
        (false, true) => 2,
        (false, false) => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn judged(verdict: &str, why: &[&str]) -> Value {
        let claims = json!([{"id": "I1", "verdict": "valid"}, {"id": "I16", "verdict": verdict}]);
        json!({ "claims": claims, "why": why })
    }

    #[test]
    fn only_the_claims_that_are_named_decide() {
        let only = |id: &str| vec![id.to_owned()];
        assert_eq!(decided(&judged("invalid", &[]), &only("I1")), 0);
        assert_eq!(decided(&judged("invalid", &[]), &only("I16")), 1);
        assert_eq!(decided(&judged("unknown", &[]), &only("I16")), 2);
    }

    #[test]
    fn a_doubt_and_a_claim_that_was_not_judged_are_unknown() {
        let only = vec!["I1".to_owned()];
        assert_eq!(decided(&judged("valid", &["unsteady"]), &only), 2);
        assert_eq!(decided(&judged("valid", &[]), &["I99".to_owned()]), 2);
        assert_eq!(decided(&Value::Null, &only), 2);
    }

    #[test]
    fn invalid_is_worse_than_unknown_and_that_than_valid() {
        let row = |verdict| Row {
            verdict,
            ..Row::not_run("one")
        };
        assert_eq!(worst(&[row("valid"), row("unknown"), row("invalid")]), 1);
        assert_eq!(worst(&[row("valid"), row("unknown")]), 2);
        assert_eq!(worst(&[row("valid")]), 0);
    }
}
