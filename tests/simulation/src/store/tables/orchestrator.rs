//! The orchestrator: one row a saga.

use super::{Key, Tables, new_keys, rows, write};
use orchestrator_core::{Command, Event, Orchestrator, State};
use orders_contract::OrderId;

#[derive(Clone, Default)]
pub struct OrchestratorTables(pub State);

const SAGAS: &str = "sagas";

impl Tables<Orchestrator> for OrchestratorTables {
    fn load(&self, commands: &[Command]) -> (State, Vec<Key>) {
        let ids: Vec<OrderId> = commands
            .iter()
            .map(|command| command.0.order_id())
            .collect();
        let sagas = rows(&self.0.sagas, &ids);
        let locked = sagas.keys().map(|id| Key::Id(SAGAS, id.0)).collect();
        (State { sagas }, locked)
    }

    fn inserted(before: &State, after: &State, _: &[Event]) -> Vec<Key> {
        new_keys(&before.sagas, &after.sagas, |id| Key::Id(SAGAS, id.0))
    }

    fn has(&self, key: &Key) -> bool {
        matches!(key, Key::Id(_, id) if self.0.sagas.contains_key(&OrderId(*id)))
    }

    fn save(&mut self, before: &State, after: &State, _: &[Event]) {
        write(&mut self.0.sagas, &before.sagas, &after.sagas);
    }
}
