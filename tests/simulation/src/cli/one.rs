//! One run, shown.

use super::{Arguments, Ending, print};
use simulation::{run::run as simulate, settings::Settings};
use std::{
    error::Error,
    io::{self, BufRead, Write},
};

pub fn run(arguments: &Arguments, settings: &Settings) -> Result<Ending, Box<dyn Error>> {
    let shown = arguments.timeline || arguments.step;
    let outcome = simulate(&Settings {
        record: shown,
        ..settings.clone()
    })?;
    let mut out = io::stdout().lock();
    let mut keys = io::stdin().lock();
    let lines = outcome.lines.iter().map(ToString::to_string);
    for line in lines.filter(|line| line.contains(&arguments.about)) {
        // A reader that has seen enough closes the pipe: no mistake.
        if writeln!(out, "{line}").is_err() {
            return Ok(ending(outcome.is_valid()));
        }
        if arguments.step {
            out.flush()?;
            keys.read_line(&mut String::new())?;
        }
    }
    let _ = print::one(&mut out, &outcome);
    Ok(ending(outcome.is_valid()))
}

fn ending(is_valid: bool) -> Ending {
    match is_valid {
        true => Ending::Held,
        false => Ending::Failed,
    }
}
