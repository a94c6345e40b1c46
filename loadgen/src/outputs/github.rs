//! The summary of a job's step: `GITHUB_STEP_SUMMARY` names a file, and what is appended to it is shown.

use std::fs::{self, OpenOptions};
use std::io::Write;
use std::path::Path;

/// GitHub shows nothing of a step that wrote more.
const STEP_BYTES_MAX: u64 = 1024 * 1024;

pub const VARIABLE: &str = "GITHUB_STEP_SUMMARY";

/// After what the step wrote before. Why not, where it cannot be.
pub fn append(summary: &str, to: &Path) -> Result<(), String> {
    let failed = |why: &dyn std::fmt::Display| format!("{}: {why}", to.display());
    let before = match fs::metadata(to) {
        // A pipe would wait for a reader.
        Ok(there) if !there.is_file() => return Err(failed(&"it is no file")),
        Ok(there) => there.len(),
        Err(_) => 0,
    };
    // A blank line keeps it apart from a table above.
    let summary = format!("\n{summary}");
    if before + summary.len() as u64 > STEP_BYTES_MAX {
        let why = format!("with this run it would be longer than {STEP_BYTES_MAX} octets");
        return Err(failed(&why));
    }
    let file = OpenOptions::new().append(true).create(true).open(to);
    file.and_then(|mut file| file.write_all(summary.as_bytes()))
        .map_err(|error| failed(&error))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::PathBuf;

    struct Step(PathBuf);

    impl Step {
        fn new(test: &str) -> Self {
            let name = format!("step-{}-{test}.md", std::process::id());
            Self(std::env::temp_dir().join(name))
        }
    }

    impl Drop for Step {
        fn drop(&mut self) {
            let _ = fs::remove_file(&self.0);
        }
    }

    #[test]
    fn a_summary_comes_after_those_of_before() {
        let step = Step::new("after");
        assert_eq!(append("one\n", &step.0), Ok(()));
        assert_eq!(append("two\n", &step.0), Ok(()));
        assert_eq!(
            fs::read_to_string(&step.0).expect("there"),
            "\none\n\ntwo\n"
        );
    }

    #[test]
    fn a_step_that_is_full_keeps_what_it_has() {
        let step = Step::new("full");
        let full = "x".repeat(STEP_BYTES_MAX as usize - 4);
        fs::write(&step.0, &full).expect("written");
        let told = append("one\n", &step.0).expect_err("too long");
        assert!(told.contains("1048576"), "{told}");
        assert_eq!(fs::read_to_string(&step.0).expect("there"), full);
    }

    #[test]
    fn what_cannot_be_written_is_named() {
        for nowhere in ["/nowhere/step.md", "/dev/full", "/tmp"] {
            let told = append("one\n", Path::new(nowhere)).expect_err(nowhere);
            assert!(told.starts_with(nowhere), "{told}");
        }
    }
}
