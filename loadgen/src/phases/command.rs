//! The command that asks for a run again, as run.json keeps it.

use std::path::Path;

use super::Script;

/// What a person typed where that was not `loadgen` itself: the Makefile says `make demo`, whose platform is gone with it.
const VARIABLE: &str = "BREAKWATER_COMMAND";

/// Word by word, before the run makes its folder: `latest` is that folder afterwards.
pub fn typed(script: &Script) -> Vec<String> {
    if let Some(command) = std::env::var(VARIABLE).ok().filter(|it| !it.is_empty()) {
        return command.split_whitespace().map(String::from).collect();
    }
    let words = std::env::args_os().map(|word| word.to_string_lossy().into_owned());
    match script.recording() {
        Some(_) => words.map(settled).collect(),
        None => words.collect(),
    }
}

/// Of the run that is replayed the path that it keeps.
fn settled(word: String) -> String {
    let path = Path::new(&word);
    let is_run = path.join("history.jsonl").is_file() || path.ends_with("history.jsonl");
    match path.canonicalize() {
        Ok(path) if is_run => path.to_string_lossy().into_owned(),
        Ok(_) | Err(_) => word,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_replay_keeps_which_run_was_the_latest_then() {
        let runs = std::env::temp_dir().join(format!("typed-{}", std::process::id()));
        let run = runs.join("2026-11-23T23-29-17");
        std::fs::create_dir_all(&run).expect("a run's folder");
        std::fs::write(run.join("history.jsonl"), "").expect("a history");
        let run = run.canonicalize().expect("there");
        let latest = runs.join("latest");
        std::os::unix::fs::symlink(&run, &latest).expect("a link");
        let said = |path: &Path| settled(path.to_string_lossy().into_owned());
        assert_eq!(said(&latest), run.to_string_lossy());
        let history = run.join("history.jsonl");
        assert_eq!(
            said(&latest.join("history.jsonl")),
            history.to_string_lossy()
        );
        for word in ["replay", "--seed", "3", "--method=true"] {
            assert_eq!(settled(word.into()), word);
        }
        std::fs::remove_dir_all(&runs).expect("removed");
    }
}
