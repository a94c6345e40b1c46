//! After the load: rest, the final reads, and all of it on disk.

use std::time::Duration;

use super::{RunError, Running, not_written};
use crate::endpoints::{Endpoints, Secrets};
use crate::evidence::{self, Quiet, Scope, wait_until_quiet};
use crate::folder::FinalReads;
use crate::history::{self, Writer};

impl Running {
    pub(super) async fn finish(
        &mut self,
        writer: Writer,
        endpoints: &Endpoints,
        secrets: &Secrets,
    ) -> Result<(), RunError> {
        let scope = Scope {
            prefix: self.record.setup.prefix.clone(),
            started_ms: self.record.started_ms,
        };
        self.enter("quiet");
        match wait_until_quiet(secrets, &scope, self.conduct.drain).await {
            Quiet::After(_) => {}
            Quiet::Not(busy) => self
                .record
                .doubts
                .push(format!("not everything came to rest: {busy}")),
        }
        self.close_history(writer).await?;
        let found = history::read(&self.folder.history(), self.record.setup.clone())?;
        let history = found.history;
        let sample = self.conduct.trace_sample;
        let reading = |what| self.enter(what);
        let found = evidence::collect(endpoints, secrets, &scope, &history, sample, reading).await;
        let reads = FinalReads {
            state: found.state,
            telemetry: found.telemetry,
        };
        self.folder.write_evidence(&reads, &found.traces)?;
        self.folder.write_series(&found.series)?;
        self.enter("judge");
        self.folder.write_record(&self.record)?;
        Ok(())
    }

    /// The file is whole when the last recorder is gone.
    async fn close_history(&mut self, writer: Writer) -> Result<(), RunError> {
        self.drive.recorder = history::Recorder::closed();
        let bound = Duration::from_secs(10);
        match tokio::time::timeout(bound, writer.finish()).await {
            Ok(written) => {
                let lines = written.map_err(not_written(self.folder.history()))?;
                self.record.history_lines = Some(lines);
                Ok(())
            }
            // Orders that are watched still hold it; what they saw so far is on disk.
            Err(_) => {
                self.record
                    .doubts
                    .push("the history was still being written".into());
                Ok(())
            }
        }
    }
}
