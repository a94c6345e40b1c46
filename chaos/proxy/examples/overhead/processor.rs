//! Processor time, as the kernel counts it: other programs on the machine make a run slower,
//! and its messages hardly dearer.

use std::{collections::HashMap, fs, time::Duration};

/// On all of Linux, the kernel tells programs of hundredths of a second.
const TICK: Duration = Duration::from_millis(10);

struct Stat {
    parent: u32,
    ticks: u32,
}

/// Of one process; of one that is gone, none.
pub fn time_of(process: u32) -> Duration {
    TICK * stat(process).map_or(0, |stat| stat.ticks)
}

/// Of this process and everything alive that it started: load, broker, and what is between.
pub fn time_of_all() -> Duration {
    let processes: HashMap<u32, Stat> = fs::read_dir("/proc")
        .into_iter()
        .flatten()
        .filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok())
        .filter_map(|process| Some((process, stat(process)?)))
        .collect();
    let ourselves = std::process::id();
    let is_ours = |process: &u32| {
        let above = |process: &u32| processes.get(process).map(|stat| stat.parent);
        std::iter::successors(Some(*process), above).any(|process| process == ourselves)
    };
    let ours = processes.iter().filter(|(process, _)| is_ours(process));
    TICK * ours.map(|(_, stat)| stat.ticks).sum::<u32>()
}

/// Words 4, 14 and 15 of the line: parent, and time in the program and in the kernel. The
/// second word, a name in brackets, may hold anything.
fn stat(process: u32) -> Option<Stat> {
    let line = fs::read_to_string(format!("/proc/{process}/stat")).ok()?;
    let words: Vec<&str> = line.rsplit_once(") ")?.1.split(' ').collect();
    let number = |word: usize| words.get(word - 3)?.parse::<u32>().ok();
    Some(Stat {
        parent: number(4)?,
        ticks: number(14)? + number(15)?,
    })
}
