//! What the kernel knows about this process, read from `/proc`.

use std::fs;

use crate::metrics::{RESIDENT_MEMORY, START_TIME};

/// Ticks a second in `/proc/*/stat`: the kernel's USER_HZ, part of its ABI and 100 on every architecture Rust
/// runs on under Linux.
const TICKS_PER_SECOND: f64 = 100.0;

/// Refreshes the gauges of the process. Where there is no `/proc` they stay absent.
pub(crate) fn observe() {
    if let Some(bytes) = fs::read_to_string("/proc/self/status")
        .ok()
        .and_then(resident_memory)
    {
        RESIDENT_MEMORY.set(bytes, &[]);
    }
    let own = fs::read_to_string("/proc/self/stat").ok();
    let system = fs::read_to_string("/proc/stat").ok();
    if let Some(seconds) = own
        .zip(system)
        .and_then(|(own, system)| start_time(&own, &system))
    {
        START_TIME.set(seconds, &[]);
    }
}

fn resident_memory(status: String) -> Option<f64> {
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("VmRSS:"))?;
    let kilobytes: f64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(kilobytes * 1024.0)
}

fn start_time(own: &str, system: &str) -> Option<f64> {
    // The name of the process is in parentheses and may itself contain blanks and parentheses.
    let (_, fields) = own.rsplit_once(')')?;
    // Field 22 of the line, counted from 1; the state right after the name is field 3.
    let ticks: f64 = fields.split_whitespace().nth(22 - 3)?.parse().ok()?;
    let boot = system
        .lines()
        .find_map(|line| line.strip_prefix("btime "))?;
    Some(boot.trim().parse::<f64>().ok()? + ticks / TICKS_PER_SECOND)
}

#[cfg(test)]
mod tests {
    use super::{resident_memory, start_time};

    #[test]
    fn resident_memory_is_in_bytes() {
        let status = "Name:\tx\nVmRSS:\t    5120 kB\nThreads:\t3\n".to_owned();
        assert_eq!(resident_memory(status), Some(5120.0 * 1024.0));
        assert_eq!(resident_memory("Name:\tx\n".to_owned()), None);
    }

    #[test]
    fn the_start_is_boot_time_plus_ticks_even_with_an_odd_name() {
        let own = "7 (a b) c) S 1 7 7 0 -1 4194560 1 0 0 0 0 0 0 0 20 0 1 0 250 1 1";
        assert_eq!(start_time(own, "cpu 1\nbtime 1000\n"), Some(1002.5));
        assert_eq!(start_time("7 (a)", "btime 1000\n"), None);
    }
}
