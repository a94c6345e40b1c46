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
    name: String,
    user: String,
}

impl Fault for CloseConnections {
    fn inject<'a>(
        &'a self,
        site: &'a Site,
        order: &'a Order,
    ) -> BoxFuture<'a, Result<Injected, FaultError>> {
        Box::pin(async move { Ok(Injected::over(close(site, order).await?)) })
    }
}

/// Those that fit, as many as the blast radius says.
pub(super) async fn close(site: &Site, order: &Order) -> Result<Vec<Receipt>, FaultError> {
    let broker = site.broker()?;
    let all: Vec<Connection> = broker.get("/connections?columns=name,user").await?;
    let there: Vec<String> = all.iter().map(|one| one.user.clone()).collect();
    let fitting = all
        .into_iter()
        .filter(|one| order.of.fits(&one.name, &one.user));
    let chosen = order.blast_radius.choose(
        order.seed,
        &order.name,
        fitting.collect(),
        |one: &Connection| &one.name,
    );
    let mut receipts = Vec::new();
    for one in chosen {
        let at_ms = clock::now_ms();
        let path = format!("/connections/{}", spelled(&one.name));
        if broker.delete(&path).await? {
            receipts.push(Receipt {
                what: order.fault.clone(),
                name: one.name.clone(),
                service: one.user,
                at_ms,
                connection: Some(one.name),
                ..Receipt::default()
            });
        }
    }
    match receipts.is_empty() {
        false => Ok(receipts),
        true => Err(FaultError::Nobody {
            wanted: order.of.to_string(),
            there: there.join(", "),
        }),
    }
}
