//! Every exchange, queue and binding, declared before the first service starts: no event is published before its
//! subscriber's queue is bound, and no two instances create the same queue at once.

use messaging::broker::amqp::AmqpBroker;
use messaging::broker::{Broker, BrokerError, Role, Session};
use messaging::topology::Topology;

/// The whole of Breakwater's, from the table of who hears what.
pub fn breakwater() -> Topology {
    let participants =
        topology::SUBSCRIPTIONS
            .iter()
            .fold(Topology::new(), |whole, subscription| {
                let keys: Vec<String> = subscription.routing_keys().collect();
                let keys: Vec<&str> = keys.iter().map(String::as_str).collect();
                whole.participant(subscription.queue, &keys)
            });
    participants.log(topology::EVENTS_LOG, topology::EVENTS_LOG_BYTES_MAX)
}

/// By the same code, and so with the same arguments, as the services do on every connect.
pub async fn declare(topology: &Topology, admin_amqp_url: &str) -> Result<(), BrokerError> {
    let broker = AmqpBroker::new(admin_amqp_url, "platform", "topology")
        .map_err(|error| BrokerError::Refused(error.to_string()))?;
    let session = broker.connect(Role::Consume).await?;
    session.declare(topology).await
}
