//! The broker shows a service the door.

use futures::future::BoxFuture;
use schemars::JsonSchema;
use serde::Deserialize;

use super::spelled;
use crate::agent::site::Site;
use crate::clock;
use crate::fault::{Capability, Fault, FaultError, Injected, Kind, Order};
use crate::receipt::Receipt;

pub const KIND: Kind = Kind::momentary::<CloseConnections>(
    "broker/close-connections",
    "connections of a service are closed by the broker, with 320",
    &[Capability::Broker],
);

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CloseConnections {}

/// A service's user has its name.
#[derive(Clone, Deserialize)]
struct Connection {
    /// The broker's name for it: both addresses, which no two runs share.
    name: String,
    user: String,
    #[serde(default)]
    client_properties: ClientProperties,
}

#[derive(Clone, Default, Deserialize)]
struct ClientProperties {
    /// A service's own name for it: `orders/orders-1/publish`.
    connection_name: Option<String>,
}

impl Connection {
    fn label(&self) -> &str {
        let own = self.client_properties.connection_name.as_deref();
        own.unwrap_or(&self.name)
    }

    fn process(&self) -> &str {
        let label = self.label();
        label.split('/').nth(1).unwrap_or(label)
    }
}

impl Fault for CloseConnections {
    fn inject<'a>(
        &'a self,
        site: &'a Site,
        order: &'a Order,
    ) -> BoxFuture<'a, Result<Injected, FaultError>> {
        Box::pin(close_some(site, order))
    }
}

/// All of those that [`close_some`] would, or an error.
pub(super) async fn close(site: &Site, order: &Order) -> Result<Vec<Receipt>, FaultError> {
    let closed = close_some(site, order).await?;
    match closed.doubt {
        None => Ok(closed.receipts),
        Some(error) => Err(error),
    }
}

/// Those that fit, as many as the blast radius says.
async fn close_some(site: &Site, order: &Order) -> Result<Injected, FaultError> {
    let broker = site.broker()?;
    let columns = "name,user,client_properties";
    let path = format!("/connections?columns={columns}");
    let fits = |one: &Connection| order.of.fits(one.process(), &one.user);
    // A connection is in the broker's statistics some seconds after it was opened.
    let is_there = |all: &Vec<Connection>| all.iter().any(fits);
    let mut all: Vec<Connection> = broker.get(&path).await?;
    if !is_there(&all) {
        let _ = broker.shows(&path, is_there).await;
        all = broker.get(&path).await?;
    }
    let there: Vec<String> = all.iter().map(|one| one.label().to_owned()).collect();
    let fitting = all.into_iter().filter(fits);
    let chosen = order.blast_radius.choose(
        order.seed,
        &order.name,
        fitting.collect(),
        Connection::label,
    );
    let mut receipts = Vec::new();
    for one in chosen {
        let at_ms = clock::now_ms();
        let path = format!("/connections/{}", spelled(&one.name));
        match broker.delete(&path).await {
            Ok(true) => receipts.push(Receipt {
                what: order.fault.clone(),
                name: one.label().to_owned(),
                service: one.user,
                at_ms,
                connection: Some(one.name),
                ..Receipt::default()
            }),
            // It went by itself.
            Ok(false) => {}
            Err(error) => return Injected::over(receipts).but(Some(error)),
        }
    }
    Injected::over_some(receipts, || FaultError::Nobody {
        wanted: order.of.to_string(),
        there: there.join(", "),
    })
}
