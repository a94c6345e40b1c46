//! Whether a figure is what it must be.

use schemars::JsonSchema;
use serde::Serialize;

use super::{Comparison, Limit, Measure, Percentile, Threshold, Whose};
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

/// What a threshold is held against, in its limit's unit.
enum Figure {
    Of(f64),
    /// A percentile, and so many more orders that are not in it that it may lie among them.
    OfThoseSeen(f64, u64),
}

impl Threshold {
    pub fn judge(&self, load: &Load, recovery_ms: Option<u64>) -> Judged {
        let holds = |figure| self.comparison.holds(figure, self.limit.value());
        let (verdict, found) = match self.figure(load, recovery_ms) {
            Err(why) => (ThresholdVerdict::Unknown, why.to_owned()),
            Ok(Figure::Of(figure)) if holds(figure) => (ThresholdVerdict::Held, self.shown(figure)),
            Ok(Figure::Of(figure)) => (ThresholdVerdict::Crossed, self.shown(figure)),
            Ok(Figure::OfThoseSeen(figure, unseen)) => {
                // With those who took longer than anybody looked, it is more.
                let is_upper = matches!(self.comparison, Comparison::Less | Comparison::AtMost);
                let verdict = match is_upper && !holds(figure) {
                    true => ThresholdVerdict::Crossed,
                    false => ThresholdVerdict::Unknown,
                };
                let shown = self.shown(figure);
                (
                    verdict,
                    format!("{shown} of those seen, and {unseen} were not"),
                )
            }
        };
        Judged {
            threshold: self.to_string(),
            verdict,
            found,
        }
    }

    /// In the unit of the limit, or why there is none.
    fn figure(&self, load: &Load, recovery_ms: Option<u64>) -> Result<Figure, &'static str> {
        let counted = |count: u64, of: u64| match (self.limit, of) {
            (_, 0) => Err("no order was sent"),
            (Limit::Share(_), of) => Ok(Figure::Of(count as f64 / of as f64)),
            (Limit::Number(_) | Limit::Ms(_), _) => Ok(Figure::Of(count as f64)),
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
                // Nobody knows of which kind those were that were not seen to end: each may be of this one.
                let seen_of_all = match whose {
                    Whose::Acknowledged => load.acknowledged,
                    Whose::Choreography | Whose::Orchestration => load.ended,
                };
                let unseen = (load.sent + load.dropped).saturating_sub(seen_of_all);
                let beyond = 1.0 - share(percentile);
                let figure = at(measured, percentile);
                match unseen as f64 > beyond * (measured.count + unseen) as f64 {
                    true => Ok(Figure::OfThoseSeen(figure, unseen)),
                    false => Ok(Figure::Of(figure)),
                }
            }
            Measure::Late => counted(load.late, load.sent),
            Measure::Dropped => counted(load.dropped, load.sent + load.dropped),
            // Cancels and reads fail as well: of all orders the share is rather too high.
            Measure::Failed => counted(load.failed, load.sent),
            Measure::Unknown => counted(load.unknown, load.sent),
            Measure::Recovery => recovery_ms
                .map(|ms| Figure::Of(ms as f64))
                .ok_or("nothing was seen to recover"),
            Measure::Rate if load.seconds > 0.0 => Ok(Figure::Of(load.orders_per_second)),
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

/// Of all, how many are at or below it.
fn share(percentile: Percentile) -> f64 {
    match percentile {
        Percentile::P50 => 0.5,
        Percentile::P90 => 0.9,
        Percentile::P99 => 0.99,
        Percentile::P999 => 0.999,
        Percentile::Max => 1.0,
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
            sent: 202,
            late: 50,
            unknown: 2,
            acknowledged: 200,
            ended: 200,
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
            ("unknown < 0.9%", Crossed, "0.99%"),
            ("unknown == 2", Held, "2"),
            ("late <= 25%", Held, "24.75%"),
            ("late == 0", Crossed, "50"),
            ("dropped <= 1%", Held, "0.00%"),
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
    fn a_percentile_that_may_lie_among_those_who_were_not_seen_has_not_held() {
        use ThresholdVerdict::{Crossed, Held, Unknown};
        // One in ten was not seen to end, and one in ten not acknowledged.
        let load = Load {
            sent: 222,
            ..load()
        };
        for (text, verdict) in [
            ("choreography p99 < 1s", Unknown),
            ("choreography p99 < 500ms", Crossed),
            ("choreography p99 > 500ms", Unknown),
            ("choreography p90 < 1s", Held),
            ("p99 < 1s", Unknown),
            ("p99 == 60ms", Unknown),
            ("p50 < 1s", Held),
        ] {
            let (found, why) = judged(text, &load, None);
            assert_eq!(found, verdict, "{text}: {why}");
        }
        let (_, why) = judged("max < 1h", &load, None);
        assert_eq!(why, "0.0 ms of those seen, and 22 were not");
    }

    #[test]
    fn who_was_not_even_sent_was_not_seen() {
        let load = Load {
            dropped: 100,
            ..load()
        };
        let (verdict, why) = judged("p90 < 1s", &load, None);
        assert_eq!(verdict, ThresholdVerdict::Unknown, "{why}");
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
