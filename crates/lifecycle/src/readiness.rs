//! Whether work may come to this process: named gates, all of which have to be open.

use std::collections::BTreeMap;

use tokio::sync::watch;

/// The gates of a process. Without any gate a process is ready; a draining one never is.
#[derive(Clone, Debug)]
pub struct Readiness {
    state: watch::Sender<State>,
}

#[derive(Debug, Default)]
struct State {
    draining: bool,
    /// Why each gate is closed; `None` is open.
    gates: BTreeMap<&'static str, Option<String>>,
}

impl State {
    fn is_ready(&self) -> bool {
        !self.draining && self.gates.values().all(Option::is_none)
    }
}

/// One condition of readiness, owned by what knows whether it holds.
#[derive(Clone, Debug)]
pub struct Gate {
    name: &'static str,
    state: watch::Sender<State>,
}

impl Default for Readiness {
    fn default() -> Self {
        Self::new()
    }
}

impl Readiness {
    pub fn new() -> Self {
        Self {
            state: watch::Sender::new(State::default()),
        }
    }

    /// A new gate, closed until its owner opens it.
    pub fn gate(&self, name: &'static str) -> Gate {
        let gate = Gate {
            name,
            state: self.state.clone(),
        };
        gate.close("starting");
        gate
    }

    pub fn is_ready(&self) -> bool {
        self.state.borrow().is_ready()
    }

    /// Waits until all gates are open.
    pub async fn ready(&self) {
        let mut state = self.state.subscribe();
        // It fails only when the sender is gone, and `self` is one.
        let _ = state.wait_for(State::is_ready).await;
    }

    /// From now on this process is not ready, whatever its gates say.
    pub fn drain(&self) {
        self.state.send_modify(|state| state.draining = true);
    }

    /// What keeps the process from being ready, one line each; empty when it is.
    pub fn obstacles(&self) -> Vec<String> {
        let state = self.state.borrow();
        let draining = state.draining.then(|| "draining".to_owned());
        let closed = state.gates.iter().filter_map(|(name, reason)| {
            let reason = reason.as_ref()?;
            Some(format!("{name}: {reason}"))
        });
        draining.into_iter().chain(closed).collect()
    }
}

impl Gate {
    pub fn open(&self) {
        self.put(None);
    }

    pub fn close(&self, reason: impl Into<String>) {
        self.put(Some(reason.into()));
    }

    fn put(&self, reason: Option<String>) {
        self.state.send_if_modified(|state| {
            let known = state.gates.get(self.name);
            if known == Some(&reason) {
                return false;
            }
            let was_open = known == Some(&None);
            if was_open != reason.is_none() {
                tracing::info!(
                    gate = self.name,
                    reason = reason.as_deref(),
                    open = reason.is_none(),
                    "readiness"
                );
            }
            state.gates.insert(self.name, reason);
            true
        });
    }
}

#[cfg(test)]
mod tests {
    use super::Readiness;

    #[tokio::test]
    async fn all_gates_have_to_be_open() {
        let readiness = Readiness::new();
        let (database, broker) = (readiness.gate("database"), readiness.gate("broker"));
        assert_eq!(
            readiness.obstacles(),
            ["broker: starting", "database: starting"]
        );
        database.open();
        assert!(!readiness.is_ready());
        broker.open();
        readiness.ready().await;
        broker.close("connection lost");
        assert_eq!(readiness.obstacles(), ["broker: connection lost"]);
    }

    #[test]
    fn a_draining_process_is_not_ready() {
        let readiness = Readiness::new();
        assert!(readiness.is_ready());
        readiness.drain();
        assert_eq!(readiness.obstacles(), ["draining"]);
    }
}
