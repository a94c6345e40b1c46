//! A small run in which everything holds, as files: the judge's example.

use std::path::PathBuf;

use checkers::Run;
use checkers::example;
use checkers::history::{Action, Completion, HistoryLine, Operation};
use checkers::state::Part;
use loadgen::folder::{FinalReads, Folder, Record};
use report::files::series::SeriesFile;

pub struct ValidRun {
    pub folder: Folder,
    parent: PathBuf,
}

impl ValidRun {
    pub fn new(test: &str) -> Self {
        let parent = std::env::temp_dir().join(format!("valid-{}-{test}", std::process::id()));
        let folder = Folder::create(&parent.join("run")).expect("made");
        let run = run();
        std::fs::write(folder.history(), history(&run)).expect("written");
        let journal = serde_json::to_vec(&example::journal()).expect("JSON");
        std::fs::write(folder.journal(), journal).expect("written");
        folder.write_record(&record(&run)).expect("written");
        let reads = FinalReads {
            state: run.state,
            telemetry: run.telemetry,
        };
        folder.write_evidence(&reads, &run.traces).expect("written");
        folder
            .write_series(&SeriesFile::default())
            .expect("written");
        Self { folder, parent }
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub fn read(&self, name: &str) -> Vec<u8> {
        std::fs::read(self.path(name)).expect("there")
    }

    pub fn write(&self, name: &str, octets: impl AsRef<[u8]>) {
        std::fs::write(self.path(name), octets).expect("written");
    }

    pub fn change(&self, change: impl FnOnce(&mut Record)) {
        let mut record = self.folder.record().expect("read");
        change(&mut record);
        self.folder.write_record(&record).expect("written");
    }
}

impl Drop for ValidRun {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.parent);
    }
}

/// With a fault and reads, so that every claim is judged.
pub fn run() -> Run {
    let mut run = example::run();
    let read = example::read_with_a_token(&run.history);
    run.history.operations.push(read);
    run.journal = Some(Part::Read(example::journal()));
    run
}

fn record(run: &Run) -> Record {
    Record {
        seed: 7,
        setup: run.history.setup.clone(),
        workload: Default::default(),
        replay_of: None,
        drawn_seed: None,
        started_ms: run.started_ms,
        history_lines: Some(history(run).lines().count() as u64),
        method: Some("true".into()),
        command: Vec::new(),
        phases: Vec::new(),
        recovery_ms: None,
        load: Default::default(),
        doubts: Vec::new(),
    }
}

/// `history.jsonl` as the load generator would have written it.
pub fn history(run: &Run) -> String {
    let lines = run.history.operations.iter().flat_map(lines);
    let lines = lines.map(|line| serde_json::to_string(&line).expect("JSON") + "\n");
    lines.collect()
}

fn lines(operation: &Operation) -> Vec<HistoryLine> {
    let op = operation.op();
    let completion = match operation.completion.clone() {
        Completion::Ok { at_us, promise } => HistoryLine::Ok { op, at_us, promise },
        Completion::Failed { at_us, status, why } => HistoryLine::Failed {
            op,
            at_us,
            status,
            why,
        },
        Completion::Unknown { at_us, why } => HistoryLine::Unknown { op, at_us, why },
    };
    let terminal = operation.terminal.clone().map(|it| HistoryLine::Terminal {
        op,
        at_us: it.at_us,
        outcome: it.outcome,
        version: it.version,
    });
    let mut lines = vec![
        HistoryLine::Invoke(operation.invocation.clone()),
        completion,
    ];
    lines.extend(terminal);
    lines
}

/// The order that the example confirmed, taken out of the database: an acknowledged order is lost.
pub fn lose_an_order(run: &ValidRun) {
    let mut broken = self::run();
    let lost = broken.history.operations.iter().find_map(|operation| {
        let is_order = matches!(operation.invocation.action, Action::Place(_));
        operation.promise().filter(|_| is_order)
    });
    let lost = lost.expect("an order").order_id;
    let rows = example::orders(&mut broken);
    rows.orders.retain(|row| row.order_id != lost);
    let reads = FinalReads {
        state: broken.state,
        telemetry: broken.telemetry,
    };
    let written = run.folder.write_evidence(&reads, &broken.traces);
    written.expect("written");
}
