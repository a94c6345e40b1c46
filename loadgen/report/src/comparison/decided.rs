//! A word for each figure: better, worse, within noise, or that it cannot be told.

use super::figures::{Decision, Figure, Values, Word};
use super::noise::Noise;
use super::noise::false_alarms;
use super::unit::{Unit, part};

pub struct Decided {
    pub figure: Figure,
    pub word: Word,
    /// Where the difference lies: in the figure's unit, of a latency as a part of A's.
    pub interval: Option<(f64, f64)>,
    /// What stands beside the word.
    pub why: String,
}

/// And how far out a difference had to lie: the more figures there are, the farther.
pub fn all(figures: Vec<Figure>) -> (f64, Vec<Decided>) {
    let deviates: Vec<f64> = figures
        .iter()
        .filter_map(|figure| noise(figure).map(Noise::deviate))
        .collect();
    let bar = false_alarms::bar(&deviates);
    let decided = figures.into_iter().map(|figure| decide(figure, bar));
    (bar, decided.collect())
}

/// Of a figure that both runs have.
fn noise(figure: &Figure) -> Option<&Noise> {
    figure.values.difference()?;
    match &figure.decision {
        Decision::Noise { noise, .. } => Some(noise),
        Decision::Word(_) | Decision::CannotBeTold(_) => None,
    }
}

fn decide(figure: Figure, bar: f64) -> Decided {
    let interval = noise(&figure).map(|noise| noise.interval(bar));
    let (word, why) = match &figure.decision {
        _ if figure.values.are_the_same() => (Word::WithinNoise, String::new()),
        Decision::Word(word) => (*word, String::new()),
        Decision::CannotBeTold(why) => (Word::CannotBeTold, why.clone()),
        Decision::Noise { noise, better } => match figure.values.difference() {
            None => (Word::CannotBeTold, missing(&figure.values).into()),
            Some((difference, unit)) => {
                let smallest = unit.smallest().value;
                match noise.deviate() >= bar {
                    true if difference.abs() < smallest => (
                        Word::WithinNoise,
                        format!("sure, and less than {}", unit.value(smallest)),
                    ),
                    true => (better.word(difference), String::new()),
                    false => (Word::WithinNoise, String::new()),
                }
            }
        },
    };
    Decided {
        figure,
        word,
        interval,
        why,
    }
}

fn missing(values: &Values) -> &'static str {
    match values {
        Values::Numbers { of: [None, _], .. } => "A has no data",
        _ => "B has no data",
    }
}

impl Decided {
    /// `+46 ms (+31 %)`; nothing where there is no difference to tell.
    pub fn difference(&self) -> String {
        let Some((difference, unit)) = self.figure.values.difference() else {
            return String::new();
        };
        let shown = unit.difference(difference);
        match (&self.figure.values, unit) {
            (
                Values::Numbers {
                    of: [Some(a), _], ..
                },
                Unit::Latency | Unit::Recovery | Unit::Rate,
            ) if *a > 0.0 && shown.starts_with(['+', '\u{2212}']) => {
                format!("{shown} ({})", part(difference / a))
            }
            _ => shown,
        }
    }

    /// `+22 % to +41 %`
    pub fn interval(&self) -> String {
        let (Some((from, to)), Some((_, unit))) = (self.interval, self.figure.values.difference())
        else {
            return String::new();
        };
        match noise(&self.figure) {
            Some(Noise::Ratio(_)) => format!("{} to {}", part(from), part(to)),
            _ => format!("{} to {}", unit.difference(from), unit.difference(to)),
        }
    }

    /// How far the two are apart, whatever they are counted in: the logarithm of their ratio.
    pub fn size(&self) -> f64 {
        match self.figure.values {
            Values::Numbers {
                of: [Some(a), Some(b)],
                ..
            } => (b / a).ln().abs(),
            // A verdict goes before any number.
            _ => f64::INFINITY,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::figures::Better;
    use super::super::noise::Spread;
    use super::*;

    fn figure(of: [Option<f64>; 2], standard_error: f64) -> Figure {
        let noise = Noise::Ratio(Spread {
            difference: of[1].unwrap_or(1.0).ln() - of[0].unwrap_or(1.0).ln(),
            standard_error,
            freedom: 59,
        });
        Figure {
            group: "Latency".into(),
            name: "p50".into(),
            values: Values::Numbers {
                of,
                unit: Unit::Latency,
            },
            decision: Decision::Noise {
                noise,
                better: Better::Less,
            },
        }
    }

    fn word(of: [Option<f64>; 2], standard_error: f64) -> (Word, String) {
        let (_, decided) = all(vec![figure(of, standard_error)]);
        (decided[0].word, decided[0].why.clone())
    }

    #[test]
    fn a_difference_beyond_its_noise_is_worse_or_better_and_one_within_it_is_neither() {
        let words = [(150.0, 0.05), (70.0, 0.05), (105.0, 0.05)]
            .map(|(b, noise)| word([Some(100.0), Some(b)], noise).0);
        assert_eq!(words, [Word::Worse, Word::Better, Word::WithinNoise]);
    }

    #[test]
    fn a_difference_without_consequence_is_no_word_however_sure_it_is() {
        let (word, why) = word([Some(100.0), Some(100.9)], 1e-6);
        assert_eq!(
            (word, why.as_str()),
            (Word::WithinNoise, "sure, and less than 1.0 ms")
        );
    }

    #[test]
    fn what_one_run_has_not_cannot_be_told() {
        let (word, why) = word([Some(100.0), None], 0.1);
        assert_eq!((word, why.as_str()), (Word::CannotBeTold, "B has no data"));
    }

    #[test]
    fn among_many_figures_a_small_wonder_is_none() {
        let mut figures: Vec<Figure> = (0..60)
            .map(|_| figure([Some(100.0), Some(101.5)], 0.05))
            .collect();
        // 2.3 standard errors: alone, that would do.
        figures.push(figure([Some(100.0), Some(112.2)], 0.05));
        assert_eq!(word([Some(100.0), Some(112.2)], 0.05).0, Word::Worse);
        let (_, decided) = all(figures);
        assert_eq!(decided[60].word, Word::WithinNoise);
    }

    #[test]
    fn a_difference_is_told_in_its_unit_and_as_a_part() {
        let (_, decided) = all(vec![figure([Some(100.0), Some(150.0)], 0.0)]);
        assert_eq!(decided[0].difference(), "+50 ms (+50 %)");
        assert_eq!(decided[0].interval(), "+50 % to +50 %");
    }
}
