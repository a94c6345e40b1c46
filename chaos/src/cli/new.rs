//! `chaos new`: an experiment with comments, to begin with.

use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;

use chaos::experiment::example::EXAMPLE;

use super::{Done, say};

#[derive(clap::Args)]
pub struct Asked {
    /// Where it goes; a file that is there stays as it is
    #[arg(default_value = "experiment.yaml", value_name = "FILE")]
    path: PathBuf,
}

pub fn run(asked: &Asked) -> Done {
    let shown = asked.path.display();
    let created = std::fs::File::create_new(&asked.path);
    let mut file = created.map_err(|error| format!("{shown}: {error}; name another file"))?;
    file.write_all(EXAMPLE.as_bytes())?;
    say(format_args!(
        "{shown}\nnext: chaos validate {shown}, then chaos run {shown}"
    ));
    Ok(ExitCode::SUCCESS)
}
