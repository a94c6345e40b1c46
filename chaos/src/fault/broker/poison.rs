//! A message that nobody can read, in a queue that somebody reads.

use futures::future::BoxFuture;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;

use crate::agent::management::{Management, VHOST};
use crate::agent::site::Site;
use crate::clock;
use crate::dice::Dice;
use crate::fault::{Capability, Fault, FaultError, Injected, Kind, Order};
use crate::receipt::Receipt;

pub const KIND: Kind = Kind::momentary::<Poison>(
    "broker/poison",
    "messages that are no messages are put into a queue",
    &[Capability::Broker],
)
.unaimed();

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Poison {
    queue: String,
    #[serde(default = "one")]
    #[schemars(range(min = 1, max = 100))]
    count: u32,
}

const fn one() -> u32 {
    1
}

#[derive(Deserialize)]
struct Published {
    routed: bool,
}

impl Fault for Poison {
    fn inject<'a>(
        &'a self,
        site: &'a Site,
        order: &'a Order,
    ) -> BoxFuture<'a, Result<Injected, FaultError>> {
        Box::pin(async move {
            let broker = site.broker()?;
            let mut receipts = Vec::new();
            for nth in 0..self.count {
                let message_id = Dice::new(order.seed).uuid(&format!("{}/{nth}", order.name));
                match self.publish(broker, order, message_id).await {
                    Ok(receipt) => receipts.push(receipt),
                    Err(error) => return Injected::over(receipts).but(Some(error)),
                }
            }
            Ok(Injected::over(receipts))
        })
    }
}

impl Poison {
    async fn publish(
        &self,
        broker: &Management,
        order: &Order,
        message_id: String,
    ) -> Result<Receipt, FaultError> {
        let message = json!({
            "properties": { "message_id": message_id, "delivery_mode": 2 },
            "routing_key": self.queue,
            "payload": "{\"this\": \"is half a mess",
            "payload_encoding": "string",
        });
        let at_ms = clock::now_ms();
        // The default exchange, as the API names it.
        let path = format!("/exchanges/{VHOST}/amq.default/publish");
        let published: Published = broker.post(&path, &message).await?;
        match published.routed {
            true => Ok(Receipt {
                what: order.fault.clone(),
                name: self.queue.clone(),
                at_ms,
                message_id: Some(message_id),
                queue: Some(self.queue.clone()),
                ..Receipt::default()
            }),
            false => Err(FaultError::Refused {
                what: order.fault.clone(),
                why: format!("there is no queue {}", self.queue),
            }),
        }
    }
}
