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
    /// From what the run left in its folder; `ended` is the code of whoever ran it.
    pub fn read(name: &str, folder: &Path, ended: u8) -> Self {
        let json = |file: &str| -> Value {
            let text = std::fs::read_to_string(folder.join(file)).unwrap_or_default();
            serde_json::from_str(&text).unwrap_or_default()
        };
        let (journal, judged) = (json("journal.json"), json("verdict.json"));
        let run = journal["run"].as_array().cloned().unwrap_or_default();
        let faults: Vec<&Value> = run.iter().filter(|one| one["fault"].is_string()).collect();
        let touched = faults.iter().filter_map(|one| one["touched"].as_u64());
        let is_deviated = journal["deviated"] == true && journal["status"] == "completed";
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

    pub fn line(&self) -> String {
        let why = match self.why.is_empty() {
            true => String::new(),
            false => format!(": {}", self.why.join("; ")),
        };
        format!("{} is {}{why}", self.name, self.verdict)
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
