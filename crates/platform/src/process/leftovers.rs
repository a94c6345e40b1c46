//! Finds processes that belong to a run folder, whoever started them.
//!
//! Children carry the folder in their environment; PostgreSQL's back-ends overwrite theirs with a title, but work in
//! their data folder and inherit the command line of their parent's start. A process that is just becoming another
//! program has no environment for a moment, but works in the folder.

use std::os::unix::ffi::OsStrExt;
use std::path::Path;
use std::thread::park_timeout;
use std::time::{Duration, Instant};

use super::launch::RUN_DIR_KEY;
use super::signals;
use crate::run_dir;
use rustix::process::Signal;

/// Ids of all processes of `run_dir` that we may look at, ourselves excepted. Zombies have no traces and do not count.
pub fn of(run_dir: &Path) -> Vec<u32> {
    let own = std::process::id();
    let Ok(entries) = std::fs::read_dir("/proc") else {
        return Vec::new();
    };
    entries
        .flatten()
        .filter_map(|entry| {
            let pid: u32 = entry.file_name().to_str()?.parse().ok()?;
            (pid != own && belongs(&entry.path(), run_dir)).then_some(pid)
        })
        .collect()
}

/// What a killed process's kernel needs to let it go.
const PATIENCE: Duration = Duration::from_secs(5);
const LOOK_EVERY: Duration = Duration::from_millis(10);

/// Kills them, and those that they start meanwhile, until all are gone. Blocks; returns who would not go.
pub fn end(run_dir: &Path) -> Vec<u32> {
    let deadline = Instant::now() + PATIENCE;
    loop {
        let pids = of(run_dir);
        if pids.is_empty() || Instant::now() > deadline {
            return pids;
        }
        for &pid in &pids {
            let _ = signals::send(pid, Signal::KILL);
        }
        park_timeout(LOOK_EVERY);
    }
}

fn belongs(process: &Path, run_dir: &Path) -> bool {
    let environ = std::fs::read(process.join("environ")).unwrap_or_default();
    if marked(&environ, run_dir) {
        return true;
    }
    let elsewhere = run_dir::elsewhere(run_dir);
    std::fs::read_link(process.join("cwd"))
        .is_ok_and(|cwd| cwd.starts_with(run_dir) || cwd.starts_with(&elsewhere))
        && (environ.is_empty()
            || std::fs::read(process.join("cmdline"))
                .is_ok_and(|line| line.starts_with(b"postgres:")))
}

fn marked(environ: &[u8], run_dir: &Path) -> bool {
    environ.split(|&byte| byte == 0).any(|pair| {
        pair.strip_prefix(RUN_DIR_KEY.as_bytes())
            .and_then(|rest| rest.strip_prefix(b"="))
            == Some(run_dir.as_os_str().as_bytes())
    })
}

#[cfg(test)]
mod tests {
    use std::process::Command;

    use super::*;

    #[test]
    fn they_are_gone_when_their_end_is_told() {
        let folder = std::env::temp_dir().join(format!("leftovers-{}", std::process::id()));
        let busy = || {
            Command::new("/bin/sh")
                .args(["-c", "while :; do :; done"])
                .env(RUN_DIR_KEY, &folder)
                .spawn()
                .expect("runs")
        };
        // More than there are processors: some get their turn to die late.
        let mut all: Vec<_> = (0..32).map(|_| busy()).collect();
        let deadline = Instant::now() + PATIENCE;
        while of(&folder).len() < all.len() {
            assert!(Instant::now() < deadline, "they do not come up");
            park_timeout(LOOK_EVERY);
        }
        assert_eq!(end(&folder), [0; 0]);
        assert_eq!(of(&folder), [0; 0]);
        for child in &mut all {
            child.wait().expect("is ours");
        }
    }

    #[test]
    fn one_between_two_programs_belongs_by_the_folder_it_works_in() {
        let proc = std::env::temp_dir().join(format!("leftovers-proc-{}", std::process::id()));
        std::fs::create_dir_all(&proc).expect("a folder");
        std::os::unix::fs::symlink("/a/.run/rabbitmq", proc.join("cwd")).expect("a link");
        std::fs::write(proc.join("environ"), b"").expect("a file");
        assert!(belongs(&proc, Path::new("/a/.run")));
        assert!(!belongs(&proc, Path::new("/a/.other")));

        // A person who looks around in there.
        std::fs::write(proc.join("environ"), b"PATH=/bin\0").expect("a file");
        std::fs::write(proc.join("cmdline"), b"bash\0").expect("a file");
        assert!(!belongs(&proc, Path::new("/a/.run")));
        std::fs::remove_dir_all(proc).expect("is there");
    }

    #[test]
    fn only_the_exact_folder_marks_a_process() {
        let environ = b"PATH=/bin\0BREAKWATER_RUN_DIR=/a/.run\0X=1\0";
        assert!(marked(environ, Path::new("/a/.run")));
        assert!(!marked(environ, Path::new("/a/.ru")));
        assert!(!marked(environ, Path::new("/a/.run2")));
        assert!(!marked(b"", Path::new("/a/.run")));
    }
}
