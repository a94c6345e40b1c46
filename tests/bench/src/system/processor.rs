//! Processor time by who used it: on few cores that everybody shares, the first thing to run out.

use std::collections::BTreeMap;
use std::fs;

use platform::process::Supervisor;

/// Linux counts in hundredths of a second towards user space, on every architecture.
const TICK_MS: u64 = 10;
/// Ourselves: the load and its measuring.
pub const LOAD: &str = "load";
/// All cores together, whoever kept them busy; more than the sum of the others means that we were not alone.
pub const MACHINE: &str = "machine";

/// Milliseconds by service, its instances and their descendants together.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Processor {
    pub used_ms: BTreeMap<String, u64>,
}

impl Processor {
    /// Since each process was born.
    pub fn read(supervisor: &Supervisor) -> Processor {
        let mut used_ms = BTreeMap::new();
        for process in supervisor.list() {
            if let Some(pid) = process.pid {
                *used_ms.entry(process.service).or_default() += with_descendants(pid);
            }
        }
        used_ms.insert(LOAD.to_owned(), of_stat(&text("/proc/self/stat")));
        used_ms.insert(MACHINE.to_owned(), busy(&text("/proc/stat")));
        Processor { used_ms }
    }

    pub fn since(&self, before: &Processor) -> Processor {
        let used = |(name, now): (&String, &u64)| {
            let then = before.used_ms.get(name).copied().unwrap_or(0);
            // A process that was born again counts from zero.
            (name.clone(), now.saturating_sub(then))
        };
        Processor {
            used_ms: self.used_ms.iter().map(used).collect(),
        }
    }

    /// What nobody known to us used.
    pub fn others_ms(&self) -> u64 {
        let machine = self.used_ms.get(MACHINE).copied().unwrap_or(0);
        let all: u64 = self.used_ms.values().sum();
        machine.saturating_sub(all - machine)
    }
}

fn text(path: &str) -> String {
    fs::read_to_string(path).unwrap_or_default()
}

/// PostgreSQL is a process a connection.
pub fn with_descendants(pid: u32) -> u64 {
    let own = of_stat(&text(&format!("/proc/{pid}/stat")));
    let tasks = fs::read_dir(format!("/proc/{pid}/task"));
    let children = tasks.into_iter().flatten().flatten().flat_map(|task| {
        let children = fs::read_to_string(task.path().join("children")).unwrap_or_default();
        let pids = children
            .split_whitespace()
            .map(str::parse)
            .collect::<Vec<_>>();
        pids.into_iter().flatten()
    });
    own + children.map(with_descendants).sum::<u64>()
}

/// Of our own children, those that ended.
pub fn of_ended_children() -> u64 {
    times(&text("/proc/self/stat")).skip(2).sum()
}

/// User and system time, its own and that of children that ended.
fn of_stat(stat: &str) -> u64 {
    times(stat).sum()
}

/// Its own user and system time, then those of children that ended. The name in parentheses may hold anything.
fn times(stat: &str) -> impl Iterator<Item = u64> {
    let after_name = stat.rsplit_once(") ").map_or("", |(_, rest)| rest);
    // The state is the third field of the line, user time the fourteenth.
    let ticks = after_name.split_whitespace().skip(11).take(4);
    ticks.filter_map(|ticks| Some(ticks.parse::<u64>().ok()? * TICK_MS))
}

/// user nice system idle iowait irq softirq steal: all but the two that wait.
fn busy(stat: &str) -> u64 {
    let line = stat.lines().next().unwrap_or_default();
    let ticks = line
        .split_whitespace()
        .skip(1)
        .take(8)
        .map(|ticks| ticks.parse().unwrap_or(0));
    let waits = |at: &usize| *at == 3 || *at == 4;
    let busy = ticks.enumerate().filter(|(at, _)| !waits(at));
    busy.map(|(_, ticks): (usize, u64)| ticks).sum::<u64>() * TICK_MS
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_process_has_its_times_whatever_its_name() {
        let stat = "7 (a) b) S 1 7 7 0 -1 0 0 0 0 0 10 20 3 4 20 0 1 0 99 0";
        assert_eq!(of_stat(stat), 370);
        assert_eq!(of_stat(""), 0);
    }

    #[test]
    fn waiting_is_not_work() {
        assert_eq!(busy("cpu  10 1 5 1000 500 0 2 3 0 0\ncpu0 1"), 210);
    }

    #[test]
    fn what_nobody_of_ours_used_was_others() {
        let of = |machine: u64, orders: u64| Processor {
            used_ms: [(MACHINE.to_owned(), machine), ("orders".to_owned(), orders)].into(),
        };
        let used = of(500, 90).since(&of(100, 20));
        assert_eq!(used.used_ms["orders"], 70);
        assert_eq!(used.others_ms(), 330);
    }
}
