//! Finds processes that belong to a run folder, whoever started them.
//!
//! Children carry the folder in their environment; PostgreSQL's back-ends overwrite theirs with a title, but work in
//! their data folder and inherit the command line of their parent's start.

use std::os::unix::ffi::OsStrExt;
use std::path::Path;

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

pub fn kill(run_dir: &Path) -> usize {
    let pids = of(run_dir);
    for &pid in &pids {
        let _ = signals::send(pid, Signal::KILL);
    }
    pids.len()
}

fn belongs(process: &Path, run_dir: &Path) -> bool {
    let environ = std::fs::read(process.join("environ")).unwrap_or_default();
    if marked(&environ, run_dir) {
        return true;
    }
    let elsewhere = run_dir::elsewhere(run_dir);
    std::fs::read_link(process.join("cwd"))
        .is_ok_and(|cwd| cwd.starts_with(run_dir) || cwd.starts_with(&elsewhere))
        && std::fs::read(process.join("cmdline")).is_ok_and(|line| line.starts_with(b"postgres:"))
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
    use super::*;

    #[test]
    fn only_the_exact_folder_marks_a_process() {
        let environ = b"PATH=/bin\0BREAKWATER_RUN_DIR=/a/.run\0X=1\0";
        assert!(marked(environ, Path::new("/a/.run")));
        assert!(!marked(environ, Path::new("/a/.ru")));
        assert!(!marked(environ, Path::new("/a/.run2")));
        assert!(!marked(b"", Path::new("/a/.run")));
    }
}
