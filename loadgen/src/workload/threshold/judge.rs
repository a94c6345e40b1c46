//! Whether a figure is what it must be.

use schemars::JsonSchema;
use serde::Serialize;

use super::{Limit, Measure, Percentile, Threshold, Whose};
use crate::drive::plan::{CHOREOGRAPHY, ORCHESTRATION};
use crate::tally::{Load, Percentiles};

/// What `verdict.json` says of a threshold.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Judged {
    pub threshold: String,
    pub verdict: ThresholdVerdict,
    /// The figure, or why there is none.
    pub found: String,
}

/// Three values: a figure that nobody measured has not passed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum ThresholdVerdict {
    Held,
    Crossed,
    Unknown,
}

impl ThresholdVerdict {
    pub fn label(self) -> &'static str {
        match self {
            Self::Held => "held",
            Self::Crossed => "crossed",
            Self::Unknown => "unknown",
        }
    }
}

impl Threshold {
    pub fn judge(&self, load: &Load, recovery_ms: Option<u64>) -> Judged {
        let (verdict, found) = match self.figure(load, recovery_ms) {
            Err(why) => (ThresholdVerdict::Unknown, why.to_owned()),
            Ok(figure) => {
                let verdict = match self.comparison.holds(figure, self.limit.value()) {
                    true => ThresholdVerdict::Held,
                    false => ThresholdVerdict::Crossed,
                };
                (verdict, self.shown(figure))
            }
        };
        Judged {
            threshold: self.to_string(),
            verdict,
            found,
        }
    }

    /// In the unit of the limit, or why there is none.
    fn figure(&self, load: &Load, recovery_ms: Option<u64>) -> Result<f64, &'static str> {
        let counted = |count: u64, of: u64| match (self.limit, of) {
            (_, 0) => Err("no order was sent"),
            (Limit::Share(_), of) => Ok(count as f64 / of as f64),
            (Limit::Number(_) | Limit::Ms(_), _) => Ok(count as f64),
        };
        match self.measure {
            Measure::Latency(whose, percentile) => {
                let latency = match whose {
                    Whose::Acknowledged => Some(&load.acknowledgement),
                    Whose::Choreography => load.latency.get(CHOREOGRAPHY),
                    Whose::Orchestration => load.latency.get(ORCHESTRATION),
                };
                let measured = latency.filter(|latency| latency.count > 0);
                let measured = measured.ok_or("no such order was seen")?;
                Ok(at(measured, percentile))
            }
            Measure::Late => counted(load.late, load.sent),
            Measure::Dropped => counted(load.dropped, load.sent + load.dropped),
            // Cancels and reads fail as well: of all orders the share is rather too high.
            Measure::Failed => counted(load.failed, load.sent),
            Measure::Unknown => counted(load.unknown, load.sent),
            Measure::Recovery => recovery_ms
                .map(|ms| ms as f64)
                .ok_or("nothing was seen to recover"),
            Measure::Rate if load.seconds > 0.0 => Ok(load.orders_per_second),
            Measure::Rate => Err("there was no load"),
        }
    }

    fn shown(&self, figure: f64) -> String {
        match self.limit {
            Limit::Ms(_) => format!("{figure:.1} ms"),
            Limit::Share(_) => format!("{:.2}%", figure * 100.0),
            Limit::Number(_) => format!("{figure}"),
        }
    }
}

fn at(latency: &Percentiles, percentile: Percentile) -> f64 {
    match percentile {
        Percentile::P50 => latency.p50_ms,
        Percentile::P90 => latency.p90_ms,
        Percentile::P99 => latency.p99_ms,
        Percentile::P999 => latency.p999_ms,
        Percentile::Max => latency.max_ms,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn judged(text: &str, load: &Load, recovery_ms: Option<u64>) -> (ThresholdVerdict, String) {
        let threshold = Threshold::parse(text).expect("a threshold");
        let judged = threshold.judge(load, recovery_ms);
        (judged.verdict, judged.found)
    }

    fn load() -> Load {
        let latency = |p99_ms| Percentiles {
            count: 200,
            p99_ms,
            ..Percentiles::default()
        };
        Load {
            seconds: 10.0,
            orders_per_second: 19.5,
            sent: 200,
            dropped: 50,
            unknown: 2,
            acknowledgement: latency(60.0),
            latency: [(CHOREOGRAPHY.to_owned(), latency(700.0))].into(),
            ..Load::default()
        }
    }

    #[test]
    fn a_figure_at_its_limit_is_not_below_it() {
        use ThresholdVerdict::{Crossed, Held};
        for (text, verdict, found) in [
            ("p99 < 60ms", Crossed, "60.0 ms"),
            ("p99 <= 60ms", Held, "60.0 ms"),
            ("choreography p99 < 1s", Held, "700.0 ms"),
            ("unknown < 1%", Crossed, "1.00%"),
            ("unknown == 2", Held, "2"),
            ("dropped <= 20%", Held, "20.00%"),
            ("dropped == 0", Crossed, "50"),
            ("rate > 19", Held, "19.5"),
        ] {
            assert_eq!(
                judged(text, &load(), None),
                (verdict, found.into()),
                "{text}"
            );
        }
        assert_eq!(judged("recovery < 30s", &load(), Some(29_999)).0, Held);
        assert_eq!(judged("recovery < 30s", &load(), Some(30_000)).0, Crossed);
    }

    #[test]
    fn what_nobody_measured_has_not_passed() {
        let nothing = Load::default();
        for text in [
            "p99 < 60ms",
            "orchestration max < 1h",
            "failed == 0",
            "late < 1%",
            "dropped == 0",
            "rate > 1",
            "recovery < 30s",
        ] {
            let (verdict, why) = judged(text, &nothing, None);
            assert_eq!(verdict, ThresholdVerdict::Unknown, "{text}: {why}");
        }
    }
}
