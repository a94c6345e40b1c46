//! Signals to a process, to its group, and to everything below it.

use std::collections::BTreeMap;
use std::io;

use rustix::process::{Pid, Signal, kill_process, kill_process_group};

pub fn send(pid: u32, signal: Signal) -> io::Result<()> {
    Ok(kill_process(checked(pid)?, signal)?)
}

/// Ends what a dead process left in its group, such as the helpers of an Erlang VM. Nothing there is fine.
pub fn sweep_group(leader: u32) {
    if let Ok(leader) = checked(leader) {
        let _ = kill_process_group(leader, Signal::KILL);
    }
}

/// To a process and its descendants: a paused postmaster alone would leave its back-ends answering.
pub fn send_to_tree(root: u32, signal: Signal) -> io::Result<()> {
    send(root, signal)?;
    for pid in descendants(root, &parents()) {
        // A descendant may end between the look and the signal.
        let _ = send(pid, signal);
    }
    Ok(())
}

/// A process, and its descendants as they are when they are come to.
pub fn tree(root: u32) -> impl Iterator<Item = u32> {
    let below = std::iter::once_with(move || descendants(root, &parents()));
    std::iter::once(root).chain(below.flatten())
}

pub fn label(signal: Signal) -> String {
    let known = [
        (Signal::KILL, "SIGKILL"),
        (Signal::TERM, "SIGTERM"),
        (Signal::INT, "SIGINT"),
        (Signal::STOP, "SIGSTOP"),
        (Signal::CONT, "SIGCONT"),
    ];
    match known.iter().find(|(known, _)| *known == signal) {
        Some((_, label)) => (*label).to_owned(),
        None => format!("signal {}", signal.as_raw()),
    }
}

fn checked(pid: u32) -> io::Result<Pid> {
    i32::try_from(pid)
        .ok()
        .and_then(Pid::from_raw)
        .ok_or_else(|| io::Error::new(io::ErrorKind::InvalidInput, "not a process id"))
}

/// Process id to parent's id, for everything that runs.
fn parents() -> BTreeMap<u32, u32> {
    let Ok(entries) = std::fs::read_dir("/proc") else {
        return BTreeMap::new();
    };
    entries
        .flatten()
        .filter_map(|entry| {
            let pid: u32 = entry.file_name().to_str()?.parse().ok()?;
            let stat = std::fs::read_to_string(entry.path().join("stat")).ok()?;
            Some((pid, parent_in(&stat)?))
        })
        .collect()
}

/// The command name stands in parentheses and may hold anything, so count from the last one.
fn parent_in(stat: &str) -> Option<u32> {
    let (_, after_name) = stat.rsplit_once(')')?;
    after_name.split_whitespace().nth(1)?.parse().ok()
}

fn descendants(root: u32, parents: &BTreeMap<u32, u32>) -> Vec<u32> {
    let mut found = vec![root];
    let mut next = 0;
    while let Some(&parent) = found.get(next) {
        next += 1;
        let children = parents.iter().filter(|&(_, &of)| of == parent);
        found.extend(children.map(|(&pid, _)| pid));
    }
    found.split_off(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_parent_is_found_behind_a_hostile_command_name() {
        assert_eq!(parent_in("42 (a) b (c) S 7 42 42 0"), Some(7));
        assert_eq!(parent_in("nonsense"), None);
    }

    #[test]
    fn descendants_are_followed_down_but_not_sideways() {
        let parents = BTreeMap::from([(2, 1), (3, 2), (4, 3), (5, 1), (6, 5)]);
        assert_eq!(descendants(2, &parents), vec![3, 4]);
        assert_eq!(descendants(9, &parents), Vec::<u32>::new());
    }
}
