//! What the figures were measured on, with what, and when.

use std::path::Path;
use std::process::Command;

use loadgen::clock::{file_name, now_ms};

/// As read; a line that cannot be read says so instead of stopping a measurement.
#[derive(Clone, Debug)]
pub struct Machine {
    pub date: String,
    pub processor: String,
    pub cores: usize,
    pub memory_mib: u64,
    pub kernel: String,
    pub commit: String,
    pub profile: &'static str,
    pub command: String,
}

const UNKNOWN: &str = "unknown";

impl Machine {
    pub fn read(date: Option<&str>) -> Machine {
        let today = || {
            file_name(now_ms())
                .chars()
                .take("2026-11-22".len())
                .collect()
        };
        Machine {
            date: date.map_or_else(today, str::to_owned),
            processor: processor(&text("/proc/cpuinfo")),
            cores: std::thread::available_parallelism().map_or(0, usize::from),
            memory_mib: field_kib(&text("/proc/meminfo"), "MemTotal:") / 1024,
            kernel: or_unknown(text("/proc/sys/kernel/osrelease").trim()),
            commit: commit(),
            profile: env!("BENCH_PROFILE"),
            command: std::env::args().collect::<Vec<_>>().join(" "),
        }
    }
}

fn text(path: impl AsRef<Path>) -> String {
    std::fs::read_to_string(path).unwrap_or_default()
}

fn or_unknown(text: &str) -> String {
    if text.is_empty() { UNKNOWN } else { text }.to_owned()
}

fn processor(cpuinfo: &str) -> String {
    let name = cpuinfo
        .lines()
        .find(|line| line.starts_with("model name"))
        .and_then(|line| line.split_once(':'))
        .map_or("", |(_, name)| name.trim());
    or_unknown(name)
}

/// `MemTotal:       24684300 kB`, as the files of /proc have it; 0 when it is not there.
pub fn field_kib(text: &str, name: &str) -> u64 {
    text.lines()
        .find_map(|line| line.strip_prefix(name))
        .and_then(|rest| rest.split_whitespace().next()?.parse().ok())
        .unwrap_or(0)
}

/// With a word when the tree differs from the commit: the figure is then of neither.
fn commit() -> String {
    let git = |arguments: &[&str]| {
        let output = Command::new("git").args(arguments).output().ok()?;
        let said = output.status.success().then_some(output.stdout)?;
        Some(String::from_utf8_lossy(&said).trim().to_owned())
    };
    let Some(head) = git(&["rev-parse", "--short=12", "HEAD"]) else {
        return UNKNOWN.to_owned();
    };
    match git(&["status", "--porcelain", "--untracked-files=no"]) {
        Some(changes) if changes.is_empty() => head,
        _ => format!("{head} with uncommitted changes"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_of_proc_are_read_and_their_absence_is_nothing() {
        let meminfo = "MemTotal:       24684300 kB\nMemFree:  17 kB\n";
        assert_eq!(field_kib(meminfo, "MemTotal:"), 24_684_300);
        assert_eq!(field_kib(meminfo, "MemFree:"), 17);
        assert_eq!(field_kib(meminfo, "Swap:"), 0);
    }

    #[test]
    fn a_processor_has_its_models_name() {
        assert_eq!(
            processor("flags: x\nmodel name\t: Some CPU @ 2 GHz\n"),
            "Some CPU @ 2 GHz"
        );
        assert_eq!(processor(""), UNKNOWN);
    }
}
