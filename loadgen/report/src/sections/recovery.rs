//! Each fault: when, how long, and how long until everything was as usual again.

use super::Section;
use crate::chart::bars::{self, Bar, Part};
use crate::findings::Findings;
use crate::findings::faults::Fault;
use crate::findings::recovery::{Recovery, of_each};
use crate::markup::Html;
use crate::words::{After, Ms};

pub const SECTION: Section = Section {
    id: "recovery",
    title: "Recovery",
    about: "A fault is recovered from at the first of three seconds without a failed or unknown answer and with no more orders under way than usual: twice the most of the baseline, or ten. Claim I15 judges it by what Prometheus saw, in windows of five seconds, and so finds it later. Where the next fault came before, the time is from the end of this one, with that fault in it.",
    body,
};

fn body(html: &mut Html, findings: &Findings) {
    let faults = findings.faults();
    if faults.is_empty() {
        let why = match &findings.faults {
            checkers::state::Part::Missing(why) => why,
            checkers::state::Part::Read(_) => "nothing was broken in this run",
        };
        return super::no_data(html, "recovery", why);
    }
    let recoveries = of_each(findings);
    let bars: Vec<Bar> = faults.iter().zip(&recoveries).map(bar).collect();
    bars::draw(html, &bars);
    html.raw("<p class=\"key\"><i class=\"swatch fault\"></i> fault in force <i class=\"swatch wait\"></i> until as usual</p>");
    let columns = [
        "No.",
        "Fault",
        "Target",
        "Began",
        "Lasted",
        "Receipts",
        "Process back after",
        "As usual after",
    ];
    super::table(html, "Recovery of each fault", &columns, |html| {
        for (fault, recovery) in faults.iter().zip(&recoveries) {
            row(html, fault, recovery, findings.window.from_ms);
        }
    });
}

fn bar((fault, recovery): (&Fault, &Recovery)) -> Bar {
    let recovery_ms = match recovery {
        Recovery::After { ms } => *ms,
        Recovery::Overtaken { .. } | Recovery::NotSeen => 0,
    };
    let then = match recovery {
        Recovery::Overtaken { by, .. } => format!("fault {by}"),
        Recovery::After { .. } | Recovery::NotSeen => in_words(recovery),
    };
    let part = |class, ms: u64| Part {
        class,
        length: ms as f64,
    };
    Bar {
        label: fault.label(),
        parts: vec![
            part("fault-bar", fault.lasted_ms()),
            part("wait", recovery_ms),
        ],
        value: format!("{}, then {then}", Ms(fault.lasted_ms() as f64)),
    }
}

fn row(html: &mut Html, fault: &Fault, recovery: &Recovery, from_ms: u64) {
    let back = fault.back_after_ms.map(|ms| Ms(ms as f64).to_string());
    html.tag("tr", &[], |html| {
        html.leaf("th", &[("scope", &"row")], fault.number);
        html.leaf("td", &[], &fault.kind);
        html.leaf("td", &[], &fault.target);
        for number in [
            After(fault.began_ms as f64 - from_ms as f64).to_string(),
            Ms(fault.lasted_ms() as f64).to_string(),
            fault.receipts.to_string(),
            back.unwrap_or_else(|| "\u{2013}".into()),
            in_words(recovery),
        ] {
            html.leaf("td", &[("class", &"number")], number);
        }
    });
}

fn in_words(recovery: &Recovery) -> String {
    match recovery {
        Recovery::After { ms: 0 } => "at once".into(),
        Recovery::After { ms } => Ms(*ms as f64).to_string(),
        Recovery::Overtaken { by, ms: Some(ms) } => {
            format!("{}, fault {by} in it", Ms(*ms as f64))
        }
        Recovery::Overtaken { by, ms: None } => format!("not seen, fault {by} came before"),
        Recovery::NotSeen => "not seen".into(),
    }
}
