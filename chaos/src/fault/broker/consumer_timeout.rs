//! The broker's patience with deliveries that nobody acknowledges is short.

use futures::future::BoxFuture;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;

use super::close_connections::close;
use super::spelled;
use crate::agent::claims::Claim;
use crate::agent::site::Site;
use crate::experiment::Span;
use crate::fault::{Capability, Fault, FaultError, Hold, Injected, Kind, Order};
use crate::receipt::Receipt;

pub const KIND: Kind = Kind::lasting::<ConsumerTimeout>(
    "broker/consumer-timeout",
    "deliveries that are not acknowledged in time end their channel, with 406; connections are closed, so that it matters, and all services' at its end",
    &[Capability::Broker],
);

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct ConsumerTimeout {
    /// What a consumer has for an acknowledgement; half an hour without this fault
    timeout: Span,
}

/// Set in the broker while ours is in force, for whoever comes after us.
const MARKER: &str = "/global-parameters/chaos-consumer-timeout";
/// How often a channel looks at its deliveries; the broker's own minute is longer than an experiment.
const TICK_MS: u32 = 1_000;
/// What was there before is kept beside it, once.
const RESTORE: &str = "case application:get_env(rabbit, chaos_before) of \
    {ok, {Timeout, Tick}} -> \
        application:set_env(rabbit, consumer_timeout, Timeout), \
        application:set_env(rabbit, channel_tick_interval, Tick), \
        application:unset_env(rabbit, chaos_before); \
    undefined -> ok end.";

impl Fault for ConsumerTimeout {
    fn inject<'a>(
        &'a self,
        site: &'a Site,
        order: &'a Order,
    ) -> BoxFuture<'a, Result<Injected, FaultError>> {
        Box::pin(async move {
            // It is the broker's, whoever's connections are closed.
            let claim = site.claims.claim(&order.fault, "the broker")?;
            let begun = self.begin(site, order).await;
            Ok(Injected::tried(begun, Impatient { _claim: claim }))
        })
    }
}

impl ConsumerTimeout {
    /// A channel knows from its beginning how long it has.
    async fn begin(&self, site: &Site, order: &Order) -> Result<Vec<Receipt>, FaultError> {
        let broker = site.broker()?;
        let timeout_ms = self.timeout.0.as_millis();
        let marker = json!({ "name": "chaos-consumer-timeout", "value": timeout_ms as u64 });
        broker.put(MARKER, &marker).await?;
        let change = format!(
            "case application:get_env(rabbit, chaos_before) of \
                {{ok, _}} -> ok; \
                undefined -> application:set_env(rabbit, chaos_before, \
                    {{application:get_env(rabbit, consumer_timeout, undefined), \
                     application:get_env(rabbit, channel_tick_interval, 60000)}}) end, \
            application:set_env(rabbit, consumer_timeout, {timeout_ms}), \
            application:set_env(rabbit, channel_tick_interval, {TICK_MS})."
        );
        broker.ctl(&["eval", &change]).await?;
        close(site, order).await
    }
}

struct Impatient {
    _claim: Claim,
}

impl Hold for Impatient {
    fn heal<'a>(&'a mut self, site: &'a Site) -> BoxFuture<'a, Result<(), FaultError>> {
        Box::pin(restore(site))
    }
}

async fn restore(site: &Site) -> Result<(), FaultError> {
    let broker = site.broker()?;
    broker.ctl(&["eval", RESTORE]).await?;
    close_all(site).await?;
    broker.delete(MARKER).await.map(drop)
}

#[derive(Deserialize)]
struct Connection {
    name: String,
    user: String,
}

/// Every service's: a channel keeps what it had at its beginning, and may have begun on a connection of long before.
async fn close_all(site: &Site) -> Result<(), FaultError> {
    let broker = site.broker()?;
    let processes = site.control.processes().await?;
    let is_a_service = |user: &str| {
        let mut services = processes.iter().filter(|one| one.is_service());
        services.any(|one| one.service == user)
    };
    let all: Vec<Connection> = broker.get("/connections?columns=name,user").await?;
    for one in all.iter().filter(|one| is_a_service(&one.user)) {
        let path = format!("/connections/{}", spelled(&one.name));
        broker.delete(&path).await?;
    }
    Ok(())
}

/// A second Erlang VM is only started if there is something to be ended.
pub async fn sweep(site: &Site) -> Result<(), FaultError> {
    match site.broker()?.get::<serde_json::Value>(MARKER).await {
        Ok(_) => restore(site).await,
        Err(FaultError::Refused { why, .. }) if why.starts_with("404") => Ok(()),
        Err(error) => Err(error),
    }
}
