//! Evidence that is read again, when the run is long over: what it is read from was away, or another one has it as
//! well. What is there stays, unless as much is found: who answers need not know the run.

use checkers::state::Part;
use checkers::telemetry::{Series, Telemetry};
use checkers::traces::Traces;

use super::{FinalReads, Folder, FolderError, Form};
use crate::evidence::{self, READ_METRICS, Scope};

const TRACES: &str = "traces.json";
const FINAL_STATE: &str = "final-state.json";

impl Folder {
    pub async fn read_traces(&self, store_url: &str, sample_max: usize) -> Result<(), FolderError> {
        let refused = |why| FolderError::NotAgain { file: TRACES, why };
        let (run, doubts) = self.run(&self.record()?);
        if run.history.operations.is_empty() {
            return Err(refused(doubts.join("; ")));
        }
        let found = evidence::traces(store_url, &run.history, &run.state, sample_max).await;
        let found = found.map_err(refused)?;
        let (known, kept) = (known(&found), run.traces.get().map_or(0, known));
        if known == 0 || known < kept {
            let looked_for = found.traces.len();
            return Err(refused(format!(
                "the trace store at {store_url} knows {known} of {looked_for} orders, and {TRACES} {kept}"
            )));
        }
        self.write(TRACES, &Part::Read(found), Form::Compact)
    }

    /// As of when they were read first, or should have been.
    pub async fn read_metrics(&self, prometheus_url: &str) -> Result<(), FolderError> {
        let refused = |why| FolderError::NotAgain {
            file: FINAL_STATE,
            why,
        };
        let record = self.record()?;
        let reads: FinalReads = self.read(FINAL_STATE)?;
        let mut phases = record.phases.iter();
        let read = phases.find(|phase| phase.name == READ_METRICS);
        let read = read.ok_or_else(|| refused("the run ended before its metrics".to_owned()))?;
        let scope = Scope {
            prefix: record.setup.prefix,
            started_ms: record.started_ms,
        };
        let found = evidence::metrics_as_of(read.ended_ms, prometheus_url, &scope).await;
        let telemetry = found.map_err(refused)?;
        let (known, kept) = (
            samples(&telemetry),
            reads.telemetry.get().map_or(0, samples),
        );
        if known < kept {
            return Err(refused(format!(
                "Prometheus at {prometheus_url} has {known} samples of the run, and {FINAL_STATE} {kept}"
            )));
        }
        let reads = FinalReads {
            telemetry: Part::Read(telemetry),
            ..reads
        };
        self.write(FINAL_STATE, &reads, Form::Compact)
    }
}

/// Of everything that is judged over time.
fn samples(telemetry: &Telemetry) -> usize {
    let indicators = telemetry.indicators.get().into_iter();
    let indicators = indicators.flat_map(|it| it.requests.iter().chain(&it.open_orders));
    let all = telemetry.counters.iter().chain(indicators);
    all.map(|series: &Series| series.samples.len()).sum()
}

/// Orders of which there is anything.
fn known(traces: &Traces) -> usize {
    let known = traces.traces.iter().filter(|trace| !trace.spans.is_empty());
    known.count()
}
