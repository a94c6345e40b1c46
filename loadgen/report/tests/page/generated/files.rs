//! The files beside the history and the traces.

use checkers::state::Part;
use report::files::series::{SampledLine, Series, SeriesFile};
use serde_json::{Value, json};

use super::{Dice, FAULTS, Fault, HANDS, Plan, STARTED_MS};

pub fn record(plan: Plan) -> Value {
    let ended_ms = STARTED_MS + plan.seconds * 1_000;
    let phase = |name: &str, from_ms: u64, to_ms: u64| json!({"name": name, "started_ms": from_ms, "ended_ms": to_ms});
    json!({
        "seed": plan.seed,
        "started_ms": STARTED_MS - 700,
        "method": format!("chaos apply three-faults.yaml {}", plan.mark),
        "command": ["loadgen", "run", "--rate", plan.rate.to_string(), "--method", format!("chaos apply {}", plan.mark)],
        "workload": {
            "title": format!("A sale {}", plan.mark),
            "stages": [{"duration": format!("{}s", plan.seconds), "poisson": {"rate": plan.rate}}],
            "mix": {"cancel": 0.05},
            "population": {"customers": 100},
        },
        "phases": [
            phase("warm-up", STARTED_MS - 700, STARTED_MS),
            phase("baseline", STARTED_MS, STARTED_MS + plan.seconds * 100),
            phase("inject", STARTED_MS + plan.seconds * 100, STARTED_MS + plan.seconds * 850),
            phase("drain", ended_ms, ended_ms + 400),
        ],
        "recovery_ms": 0,
        "load": {"rate_intended": plan.rate, "seconds": plan.seconds, "late": 0, "latest_ms": 0.9, "dropped": 0},
    })
}

pub fn verdict(plan: Plan) -> Value {
    let claim = |id: &str, title: &str, verdict: &str| {
        json!({
            "id": id, "title": format!("{title} {}", plan.mark), "verdict": verdict, "examined": "12 rows, 0 wrong", "wrong": 0,
        })
    };
    let mut claims = vec![
        claim("I1", "money is conserved", "valid"),
        claim("I2", "stock is conserved", "valid"),
        claim("I3", "no acknowledged order is lost", "valid"),
        claim("I12", "every message arrived everywhere", "valid"),
        claim("I13", "the books of each queue balance", "valid"),
    ];
    claims[0]["details"] = json!([format!("the largest account has 7 {}", plan.mark)]);
    let is_wrong = !plan.mark.is_empty();
    if is_wrong {
        let mut wrong = claim("I5", "each step took effect at most once", "invalid");
        wrong["wrong"] = json!(1);
        let text = plan.mark;
        wrong["evidence"] = json!([{"subject": text, "place": text, "expected": text, "found": text, "trace_id": text}]);
        claims.push(wrong);
        let mut unknown = claim("I4", "nothing else", "unknown");
        unknown["why"] = json!([text]);
        claims.push(unknown);
    }
    json!({
        "verdict": if is_wrong { "invalid" } else { "valid" },
        "run": format!("r{} {}", plan.seed, plan.mark),
        "claims": claims,
        "thresholds": [
            {"threshold": "unknown < 1%", "verdict": "held", "found": "0.2 %"},
            {"threshold": "p99 < 60ms", "verdict": "crossed", "found": format!("71.2 ms {}", plan.mark).trim_end()},
        ],
        "sometimes": [
            {"name": format!("confirmed {}", plan.mark), "seen": 7},
            {"name": format!("cancel lost {}", plan.mark), "seen": 0},
        ],
    })
}

pub fn journal(plan: Plan) -> Value {
    let at_ms = |share: f64| STARTED_MS + (share * plan.seconds as f64 * 1_000.0) as u64;
    let activity = |fault: &Fault| {
        let name = format!("{} {}", fault.victim, plan.mark);
        let service = fault.victim.trim_end_matches(['-', '1', '2']);
        let is_kill = fault.kind == "process/kill";
        let receipt = json!({
            "name": name.trim_end(),
            "service": service,
            "at_ms": at_ms(fault.from),
            "gone": is_kill.then_some(true),
            "ready_at_ms": is_kill.then(|| at_ms(fault.to)),
        });
        json!({
            "fault": format!("{}{}", fault.kind, plan.mark),
            "title": fault.kind,
            "ended_ms": at_ms(fault.to),
            "duration": (fault.to - fault.from) * plan.seconds as f64,
            "receipts": [receipt],
        })
    };
    json!({"run": FAULTS.iter().map(activity).collect::<Vec<_>>()})
}

pub fn series(plan: Plan) -> SeriesFile {
    let mut dice = Dice(plan.seed);
    let mut line = |label: &str| SampledLine {
        label: format!("{label} {}", plan.mark),
        samples: (0..plan.seconds)
            .map(|second| (STARTED_MS + second * 1_000, dice.roll(40) as f64))
            .collect(),
    };
    let lines = Part::Read(HANDS.iter().map(|hand| line(hand)).collect());
    let one = |name: &str, lines| Series {
        name: name.into(),
        query: "q".into(),
        unit: format!("messages {}", plan.mark),
        lines,
    };
    SeriesFile {
        from_ms: STARTED_MS,
        to_ms: STARTED_MS + plan.seconds * 1_000,
        step_ms: 1_000,
        series: vec![
            one("queue_depth", lines),
            one(
                "outbox_rows",
                Part::Missing(format!("not scraped {}", plan.mark)),
            ),
        ],
    }
}
