//! The flags that stand above a workload's file.

use std::time::Duration;

use clap::{Args, ValueEnum};
use strict_yaml::Span;

use super::arrival::{Arrival, Constant, Poisson, RATE_MAX, Rate};
use super::mix::Refusals;
use super::population::SESSIONS_MAX;
use super::{Stage, Workload};

#[derive(Args, Clone, Debug, Default)]
#[command(next_help_heading = "Instead of what the workload says")]
pub struct Overrides {
    /// Orders a second, sent whether or not the system keeps up [without a workload: 50]
    #[arg(long, value_parser = rate)]
    pub rate: Option<f64>,
    /// How the arrivals are spaced [without a workload: poisson]
    #[arg(long, value_enum)]
    pub spacing: Option<Spacing>,
    /// Length of the load; longer when the method and the recovery take longer [without a workload: 60s]
    #[arg(long, value_parser = duration)]
    pub duration: Option<Duration>,
    /// Share of orders that are orchestrated; the others are choreographed [without a workload: 0.5]
    #[arg(long, value_parser = share)]
    pub orchestration_share: Option<f64>,
    /// Share of orders whose customer changes their mind [without a workload: 0.05]
    #[arg(long, value_parser = share)]
    pub cancel_share: Option<f64>,
    /// Share of orders that must be refused, in equal parts for each reason [without a workload: 0.08]
    #[arg(long, value_parser = share)]
    pub refusal_share: Option<f64>,
    /// Share of orders that compete for a few units [without a workload: 0.02]
    #[arg(long, value_parser = share)]
    pub contended_share: Option<f64>,
    /// Share of orders that are read back with their consistency token [without a workload: 0.1]
    #[arg(long, value_parser = share)]
    pub read_share: Option<f64>,
    /// Sessions the orders are spread over [without a workload: 64]
    #[arg(long, value_parser = clap::value_parser!(u32).range(1..=i64::from(SESSIONS_MAX)))]
    pub sessions: Option<u32>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Spacing {
    /// As independent customers arrive
    Poisson,
    /// Evenly
    Constant,
}

#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum OverrideError {
    #[error("--duration must be longer than 0")]
    NoTime,
    #[error(
        "--rate, --spacing and --duration are for a workload of one stage: this one has {0}; change its file"
    )]
    SeveralStages(usize),
    #[error("--rate and --spacing are for a stage of one rate: this one is `{0}`; change its file")]
    NotOneRate(&'static str),
    #[error("with the flags, `{0}` {1}")]
    Stage(String, String),
    #[error("the flags ask for too much: {0}")]
    Mix(String),
}

impl Overrides {
    pub fn apply(&self, mut workload: Workload) -> Result<Workload, OverrideError> {
        self.apply_to_stages(&mut workload.stages)?;
        let mix = &mut workload.mix;
        mix.orchestration = self.orchestration_share.unwrap_or(mix.orchestration);
        mix.cancel = self.cancel_share.unwrap_or(mix.cancel);
        if let Some(share) = self.refusal_share {
            mix.refusals = Refusals::evenly(share);
        }
        mix.contended = self.contended_share.unwrap_or(mix.contended);
        mix.reads.with_token = self.read_share.unwrap_or(mix.reads.with_token);
        let population = &mut workload.population;
        population.sessions = self.sessions.unwrap_or(population.sessions);
        let broken = workload.stages.iter().find_map(Stage::breach);
        if let Some((member, why)) = broken {
            return Err(OverrideError::Stage(member, why));
        }
        let too_much = workload.mix.breaches().next();
        match too_much {
            Some((_, why)) => Err(OverrideError::Mix(why)),
            None => Ok(workload),
        }
    }

    fn apply_to_stages(&self, stages: &mut [Stage]) -> Result<(), OverrideError> {
        if self.rate.is_none() && self.spacing.is_none() && self.duration.is_none() {
            return Ok(());
        }
        let [stage] = stages else {
            return Err(OverrideError::SeveralStages(stages.len()));
        };
        if let Some(duration) = self.duration {
            if duration.is_zero() {
                return Err(OverrideError::NoTime);
            }
            stage.duration = Span(duration);
        }
        if self.rate.is_none() && self.spacing.is_none() {
            return Ok(());
        }
        let not_one_rate = OverrideError::NotOneRate(stage.arrival.key());
        let rate = match self.rate {
            Some(rate) => Rate(rate),
            None => Rate(stage.expected().unwrap_or(0.0) / stage.duration.0.as_secs_f64()),
        };
        let as_it_was = stage.arrival.shape().at_rate(rate).ok_or(not_one_rate)?;
        stage.arrival = match self.spacing {
            Some(Spacing::Constant) => Arrival::Constant(Constant { rate }),
            Some(Spacing::Poisson) => Arrival::Poisson(Poisson { rate }),
            None => as_it_was,
        };
        Ok(())
    }
}

pub fn duration(text: &str) -> Result<Duration, String> {
    Span::parse(text).map(|span| span.0)
}

fn rate(text: &str) -> Result<f64, String> {
    match text.parse::<f64>() {
        Ok(rate) if rate > 0.0 && rate <= RATE_MAX => Ok(rate),
        _ => Err(format!(
            "{text:?} must be a number above 0, up to {RATE_MAX}"
        )),
    }
}

fn share(text: &str) -> Result<f64, String> {
    match text.parse::<f64>() {
        Ok(share) if (0.0..=1.0).contains(&share) => Ok(share),
        _ => Err(format!("{text:?} must be between 0 and 1")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::workload::Pace;
    use crate::workload::named::find;

    fn applied(overrides: Overrides, name: &str) -> Result<Workload, OverrideError> {
        overrides.apply(find(name).expect("one of ours"))
    }

    #[test]
    fn a_run_without_flags_is_what_its_file_says() {
        let workload = find("spike").expect("one of ours");
        assert_eq!(Overrides::default().apply(workload.clone()), Ok(workload));
    }

    #[test]
    fn a_flag_stands_above_the_file() {
        let overrides = Overrides {
            rate: Some(7.0),
            duration: Some(Duration::from_secs(9)),
            cancel_share: Some(0.0),
            refusal_share: Some(0.4),
            ..Overrides::default()
        };
        let workload = applied(overrides, "soak").expect("applied");
        assert_eq!(workload.expected(), Some(63.0));
        assert_eq!(workload.stages[0].arrival.key(), "soak", "its shape stays");
        assert_eq!(workload.mix.cancel, 0.0);
        assert!((workload.mix.refusals.out_of_stock - 0.1).abs() < 1e-9);
        assert_eq!(workload.pace(), Pace::Open);
    }

    #[test]
    fn a_rate_for_a_workload_of_several_stages_is_refused() {
        let overrides = Overrides {
            rate: Some(7.0),
            ..Overrides::default()
        };
        let stages = find("spike").expect("one of ours").stages.len();
        let refused = applied(overrides, "spike");
        assert_eq!(refused, Err(OverrideError::SeveralStages(stages)));
    }

    #[test]
    fn a_shape_that_does_not_fit_into_the_duration_is_refused() {
        let text = "title: a sale\ndescription: a test\nstages:\n  - duration: 30s\n    \
            spike: {rate: 20, to: 100, after: 10s, length: 10s}\n";
        let overrides = Overrides {
            duration: Some(Duration::from_secs(5)),
            ..Overrides::default()
        };
        let refused = overrides.apply(strict_yaml::parse(text).expect("a workload"));
        let Err(OverrideError::Stage(member, _)) = refused else {
            panic!("{refused:?}")
        };
        assert!(member.starts_with("spike"), "{member}");
    }

    #[test]
    fn shares_of_more_than_all_orders_are_refused() {
        let overrides = Overrides {
            refusal_share: Some(0.7),
            contended_share: Some(0.7),
            ..Overrides::default()
        };
        let refused = overrides.apply(Workload::default());
        assert!(matches!(refused, Err(OverrideError::Mix(_))), "{refused:?}");
    }
}
