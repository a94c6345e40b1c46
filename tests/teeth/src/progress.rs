//! A line a step: which variant, what is done with it, how long it took.

use std::{
    io::IsTerminal,
    time::{Duration, Instant},
};

const GREEN: &str = "32";
const RED: &str = "31";
const DIM: &str = "2";

pub struct Progress {
    colour: bool,
    width: usize,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tone {
    Good,
    Bad,
    Plain,
}

impl Progress {
    /// Colour on a terminal only, and not where NO_COLOR asks for none.
    pub fn on_stderr(names: impl Iterator<Item = usize>) -> Self {
        Self {
            colour: std::io::stderr().is_terminal() && std::env::var_os("NO_COLOR").is_none(),
            width: names.max().unwrap_or_default(),
        }
    }

    /// Does it, and tells how long it took.
    pub fn during<T>(&self, name: &str, phase: &str, work: impl FnOnce() -> T) -> T {
        let started = Instant::now();
        let done = work();
        self.tell(name, Tone::Plain, phase, started.elapsed());
        done
    }

    pub fn tell(&self, name: &str, tone: Tone, words: &str, took: Duration) {
        let code = match tone {
            Tone::Good => GREEN,
            Tone::Bad => RED,
            Tone::Plain => DIM,
        };
        let words = match self.colour {
            true => format!("\x1b[{code}m{words}\x1b[0m"),
            false => words.to_owned(),
        };
        let seconds = took.as_secs_f64();
        eprintln!(
            "{name:<width$}  {seconds:>6.1} s  {words}",
            width = self.width
        );
    }
}
