//! A run folder out of a seed: three kinds of faults, both coordinations, every kind of outcome.

mod files;
mod orders;

use std::path::{Path, PathBuf};

use checkers::state::Part;
use checkers::traces::Traces;
use files::{journal, record, series, verdict};
use orders::World;
use serde_json::json;

pub const STARTED_MS: u64 = 1_795_443_690_000;
/// Choreography's hands, and orchestration's.
const HANDS: [&str; 4] = ["inventory", "payments", "shipping", "orders"];

/// What run is wanted.
#[derive(Clone, Copy)]
pub struct Plan {
    pub seed: u64,
    pub seconds: u64,
    pub rate: u64,
    /// How many times longer everything takes.
    pub slowness: f64,
    /// Put into every text that comes from outside.
    pub mark: &'static str,
}

/// A fault by its part of the run.
struct Fault {
    kind: &'static str,
    victim: &'static str,
    from: f64,
    to: f64,
}

const FAULTS: [Fault; 3] = [
    Fault {
        kind: "process/kill",
        victim: "payments-2",
        from: 0.2,
        to: 0.22,
    },
    Fault {
        kind: "link/blackhole",
        victim: "shipping-1",
        from: 0.4,
        to: 0.55,
    },
    Fault {
        kind: "process/pause",
        victim: "orders-1",
        from: 0.75,
        to: 0.8,
    },
];

/// A folder that goes with its test.
pub struct Folder(pub PathBuf);

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// The folder of the run, with every file that a run leaves.
pub fn run(test: &str, plan: Plan) -> Folder {
    let path = std::env::temp_dir().join(format!("report-{}-{test}", std::process::id()));
    std::fs::create_dir_all(&path).expect("a folder for the run");
    let mut world = World::new(plan);
    for nth in 0..plan.seconds * plan.rate {
        world.order(nth);
    }
    let log = json!({"state": {"log": {"read": {"entries": []}}}});
    let traces = Part::Read(Traces {
        traces: std::mem::take(&mut world.traces),
        ..Traces::default()
    });
    write(&path, "history.jsonl", world.history.join("\n"));
    write(&path, "run.json", record(plan).to_string());
    write(&path, "verdict.json", verdict(plan).to_string());
    write(&path, "journal.json", journal(plan).to_string());
    write(&path, "final-state.json", log.to_string());
    write(
        &path,
        "traces.json",
        serde_json::to_string(&traces).expect("JSON"),
    );
    write(
        &path,
        "series.json",
        serde_json::to_string(&series(plan)).expect("JSON"),
    );
    Folder(path)
}

fn write(folder: &Path, name: &str, text: String) {
    std::fs::write(folder.join(name), text).expect("written");
}

/// splitmix64
struct Dice(u64);

impl Dice {
    /// Below `sides`.
    fn roll(&mut self, sides: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)) % sides
    }
}
