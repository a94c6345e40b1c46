//! The commands that send nothing.

use std::path::PathBuf;
use std::process::ExitCode;

use loadgen::workload::Workload;
use loadgen::workload::file;
use loadgen::workload::named::NAMED;
use strict_yaml::Span;

/// 2, as of anything that could not be run, when one of them is wrong.
pub fn validate(files: &[PathBuf]) -> ExitCode {
    let mut all_right = true;
    for path in files {
        match file::read(path) {
            Ok(workload) => say(format_args!("{}: {}", path.display(), line(&workload))),
            Err(error) => {
                all_right = false;
                eprintln!("{error}");
            }
        }
    }
    match all_right {
        true => ExitCode::SUCCESS,
        false => ExitCode::from(2),
    }
}

pub fn list() -> ExitCode {
    for named in NAMED {
        if let Some(workload) = named.workload() {
            say(format_args!("{:<12} {}", named.name, line(&workload)));
        }
    }
    ExitCode::SUCCESS
}

pub fn schema() -> ExitCode {
    say(format_args!("{:#}", strict_yaml::schema::<Workload>()));
    ExitCode::SUCCESS
}

fn line(workload: &Workload) -> String {
    let (title, length) = (&workload.title, Span(workload.length()));
    let how = match workload.rate_intended() {
        Some(rate) => format!("{rate:.0} orders/s"),
        None => workload.pace().label().to_owned(),
    };
    format!("{title}; {length}, {how}")
}

/// A reader that has seen enough closes the pipe: no mistake.
pub fn say(what: impl std::fmt::Display) {
    use std::io::Write;
    let _ = writeln!(std::io::stdout(), "{what}");
}
