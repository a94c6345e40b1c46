//! A queue and its bindings as they were declared, for whoever declares them again. Services declare theirs only when
//! they connect, and a binding that is gone ends no connection.

use amqp_proxy::decision::fingerprint;
use futures::future::BoxFuture;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::spelled;
use crate::agent::management::{Management, VHOST};
use crate::agent::site::Site;
use crate::fault::{FaultError, Hold, Injected, Order};
use crate::receipt::Receipt;

/// As the management API has them.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub(super) struct Declared {
    queue: Queue,
    pub bindings: Vec<Binding>,
}

#[derive(Clone, Debug, Deserialize, Serialize)]
struct Queue {
    name: String,
    durable: bool,
    auto_delete: bool,
    /// Those of its declaration: a policy's are not among them.
    arguments: Value,
}

#[derive(Clone, Debug, Deserialize, Serialize)]
pub(super) struct Binding {
    /// The exchange; "" is the default one, which is bound to every queue by itself.
    pub source: String,
    pub routing_key: String,
    pub properties_key: String,
    arguments: Value,
}

impl Declared {
    pub async fn of(broker: &Management, queue: &str) -> Result<Self, FaultError> {
        let path = format!("/queues/{VHOST}/{}", spelled(queue));
        let queue = broker.get(&path).await?;
        let mut bindings: Vec<Binding> = broker.get(&format!("{path}/bindings")).await?;
        bindings.retain(|one| !one.source.is_empty());
        Ok(Self { queue, bindings })
    }

    /// What is there already is no harm.
    async fn declare(&self, broker: &Management) -> Result<(), FaultError> {
        let queue = &self.queue;
        let name = spelled(&queue.name);
        let declaration = json!({
            "durable": queue.durable,
            "auto_delete": queue.auto_delete,
            "arguments": queue.arguments,
        });
        let path = format!("/queues/{VHOST}/{name}");
        broker.put(&path, &declaration).await?;
        for one in &self.bindings {
            let path = format!("/bindings/{VHOST}/e/{}/q/{name}", spelled(&one.source));
            let binding = json!({ "routing_key": one.routing_key, "arguments": one.arguments });
            broker.create(&path, &binding).await?;
        }
        Ok(())
    }
}

/// What is to be declared again is remembered by a global parameter of the broker's own, which outlives us.
const REMEMBERED: &str = "chaos-declared-";

pub(super) struct Remembered {
    declared: Declared,
    marker: String,
}

impl Remembered {
    /// Before any of it is deleted.
    pub async fn keep(
        broker: &Management,
        order: &Order,
        declared: Declared,
    ) -> Result<Self, FaultError> {
        // The broker makes an atom of the name, and those have 255 characters at most.
        let fault = fingerprint([order.name.as_bytes()]);
        let marker = marker(&format!("{REMEMBERED}{fault:016x}"));
        // As text: the broker keeps nested values in terms of its own.
        broker
            .put(&marker, &json!({ "value": json!(declared).to_string() }))
            .await?;
        Ok(Self { declared, marker })
    }

    /// What was deleted stays so for the fault's time, also if an error came after it. Where nothing was, nothing stays;
    /// what cannot be given back at once, the agent tries again.
    pub async fn hold(
        mut self,
        site: &Site,
        receipts: Vec<Receipt>,
        error: Option<FaultError>,
    ) -> Result<Injected, FaultError> {
        let is_as_before = receipts.is_empty() && self.heal(site).await.is_ok();
        match error {
            Some(error) if is_as_before => Err(error),
            doubt => {
                let mut injected = Injected::held(receipts, self);
                injected.doubt = doubt;
                Ok(injected)
            }
        }
    }
}

impl Hold for Remembered {
    fn heal<'a>(&'a mut self, site: &'a Site) -> BoxFuture<'a, Result<(), FaultError>> {
        Box::pin(give_back(site, &self.declared, &self.marker))
    }
}

async fn give_back(site: &Site, declared: &Declared, marker: &str) -> Result<(), FaultError> {
    let broker = site.broker()?;
    declared.declare(broker).await?;
    broker.delete(marker).await.map(drop)
}

fn marker(name: &str) -> String {
    format!("/global-parameters/{}", spelled(name))
}

#[derive(Deserialize)]
struct Parameter {
    name: String,
    value: Value,
}

pub async fn sweep(site: &Site) -> Result<(), FaultError> {
    let all: Vec<Parameter> = site.broker()?.get("/global-parameters").await?;
    for one in all.iter().filter(|one| one.name.starts_with(REMEMBERED)) {
        let text = one.value.as_str().unwrap_or_default();
        if let Ok(declared) = serde_json::from_str(text) {
            give_back(site, &declared, &marker(&one.name)).await?;
        }
    }
    Ok(())
}
