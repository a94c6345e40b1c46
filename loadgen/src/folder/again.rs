//! Evidence that is read again, when the run is long over: what it is read from was away, or another one has it as
//! well. What is there stays, unless as much is found: who answers need not know the run.

use checkers::state::Part;
use checkers::traces::Traces;

use super::{Folder, FolderError, Form};
use crate::evidence;

const TRACES: &str = "traces.json";

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
}

/// Orders of which there is anything.
fn known(traces: &Traces) -> usize {
    let known = traces.traces.iter().filter(|trace| !trace.spans.is_empty());
    known.count()
}
