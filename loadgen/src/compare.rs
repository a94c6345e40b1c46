//! `loadgen compare`: two judged runs, a table of them and a page.

use std::io::IsTerminal;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;
use loadgen::console::say;
use loadgen::folder::Folder;
use loadgen::summary::Ink;
use report::Comparison;
use report::comparison::figures::Word;

/// `loadgen compare`
#[derive(Args)]
pub struct Compared {
    /// The folder of a judged run, A, or a file in it
    #[arg(value_name = "RUN_A")]
    pub a: PathBuf,
    /// The folder of the one that is held against it, B, or a file in it
    #[arg(value_name = "RUN_B")]
    pub b: PathBuf,
    /// Where the page goes [default: compare.html in the folder of B]
    #[arg(long, value_name = "FILE")]
    pub out: Option<PathBuf>,
    /// Exit code 1 where B is worse in anything by more than noise
    #[arg(long)]
    pub fail_on_worse: bool,
}

pub fn compare(asked: &Compared) -> ExitCode {
    let (a, b) = (Folder::open(&asked.a), Folder::open(&asked.b));
    let path = asked.out.clone();
    let path = path.unwrap_or_else(|| b.path().join("compare.html"));
    let compared = Comparison::read(a.path(), b.path());
    let written = compared.and_then(|comparison| Ok((comparison.write(&path)?, comparison)));
    match written {
        Ok((path, comparison)) => {
            let ink = Ink::of_terminal(std::io::stdout().is_terminal());
            say(comparison.table(&|word, line| match as_a_verdict(word) {
                Some(verdict) => ink.paint(verdict, line),
                None => line.to_owned(),
            }));
            say(path.display());
            match asked.fail_on_worse && comparison.is_worse() {
                true => ExitCode::from(1),
                false => ExitCode::SUCCESS,
            }
        }
        Err(error) => {
            eprintln!("loadgen: not compared: {error}");
            ExitCode::from(2)
        }
    }
}

/// The colours are those of verdicts; what is within noise has none.
fn as_a_verdict(word: Word) -> Option<&'static str> {
    match word {
        Word::Better => Some("valid"),
        Word::Worse => Some("invalid"),
        Word::Differs | Word::CannotBeTold => Some("unknown"),
        Word::WithinNoise => None,
    }
}
