//! A judgement with something of everything, for the tests of its forms.

use checkers::Evidence;

use crate::folder::{ClaimJudgement, Judgement, Phase};
use crate::tally::{Load, Percentiles};
use crate::workload::threshold::{Judged, ThresholdVerdict};

/// What a form must take for text: ends of elements, cells and comments, control characters, markup, and no line of
/// its own.
pub const HOSTILE: &str = "a]]></failure><testcase name=\"x\"/>&amp;<!-- --> | pipe\\| `code` **b** [l](http://e.x) \
    <script>alert(1)</script>\0\u{1b}[31m\u{ffff}\r# heading\n| row |";

pub fn claim(id: &'static str, title: &'static str) -> ClaimJudgement {
    ClaimJudgement {
        id,
        title,
        verdict: "valid",
        examined: "12 rows, 0 wrong".into(),
        details: Vec::new(),
        wrong: 0,
        evidence: Vec::new(),
        why: Vec::new(),
    }
}

/// As many wrong as `wrong`, the first of them with evidence about `subject`.
pub fn invalid(id: &'static str, subject: &str, wrong: u64) -> ClaimJudgement {
    let evidence = Evidence {
        subject: subject.into(),
        place: "inventory.skus.on_hand".into(),
        expected: "8".into(),
        found: "7".into(),
        trace_id: Some("0af7".into()),
        ..Evidence::default()
    };
    ClaimJudgement {
        verdict: "invalid",
        wrong,
        evidence: vec![evidence],
        ..claim(id, "stock is conserved")
    }
}

pub fn unknown(id: &'static str, why: &str) -> ClaimJudgement {
    ClaimJudgement {
        verdict: "unknown",
        why: vec![why.into()],
        ..claim(id, "every order is one whole trace")
    }
}

pub fn judgement() -> Judgement {
    let threshold = |threshold: &str, verdict, found: &str| Judged {
        threshold: threshold.into(),
        verdict,
        found: found.into(),
    };
    let phase = |name: &str, started_ms, ended_ms| Phase {
        name: name.into(),
        started_ms,
        ended_ms,
    };
    Judgement {
        verdict: "invalid",
        seed: 7,
        run: "r1".into(),
        why: vec!["the clock stepped".into()],
        claims: vec![
            claim("I1", "money is conserved"),
            invalid("I2", "sku tea", 3),
            unknown("I16", "traces: refused"),
        ],
        thresholds: vec![
            threshold("p99 < 60ms", ThresholdVerdict::Crossed, "80.0 ms"),
            threshold(
                "recovery < 30s",
                ThresholdVerdict::Unknown,
                "nothing was seen",
            ),
            threshold("dropped == 0", ThresholdVerdict::Held, "0"),
        ],
        sometimes: Vec::new(),
        kills: [("orders".to_owned(), 2)].into(),
        recovery_ms: Some(1_500),
        load: Load {
            sent: 1_200,
            acknowledged: 1_199,
            latency: [("choreography".to_owned(), Percentiles::default())].into(),
            ..Load::default()
        },
        phases: vec![
            phase("baseline", 1_795_376_834_250, 1_795_376_844_250),
            phase("drain", 1_795_376_844_250, 1_795_376_895_500),
        ],
    }
}
