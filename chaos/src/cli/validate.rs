//! `chaos validate`: whether files are experiments.

use std::path::PathBuf;
use std::process::ExitCode;

use chaos::experiment::{Experiment, file};

use super::{UNKNOWN, say};

#[derive(clap::Args)]
pub struct Asked {
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
}

pub fn run(asked: &Asked) -> ExitCode {
    let mut all_right = true;
    for path in &asked.files {
        match strict_yaml::read::<Experiment>(path) {
            Ok(experiment) => {
                let needs = file::needs(&experiment);
                let needs: Vec<String> = needs.iter().map(ToString::to_string).collect();
                say(format_args!(
                    "{}: {}; needs {}",
                    path.display(),
                    experiment.title,
                    needs.join(", ")
                ));
            }
            Err(error) => {
                all_right = false;
                eprintln!("{error}");
            }
        }
    }
    match all_right {
        true => ExitCode::SUCCESS,
        false => UNKNOWN.into(),
    }
}
