//! A proxy, a connection and a queue for each test.

use crate::server::{Behind, armed, soon};
use amqp_proxy::{Fault, Faults, Lease, Proxy, Selector, receipt::Receipt};
use futures::StreamExt;
use lapin::{
    BasicProperties, Channel, Confirmation, Connection, ConnectionProperties, Consumer,
    PublisherConfirm,
    message::Delivery,
    options::{
        BasicConsumeOptions, BasicPublishOptions, BasicQosOptions, ConfirmSelectOptions,
        QueueDeclareOptions,
    },
    types::FieldTable,
};
use tokio::sync::mpsc;

/// A client's connection through a proxy of its own, with a queue that the broker named.
pub struct Site {
    _proxy: Proxy,
    faults: Faults,
    receipts: mpsc::Receiver<Receipt>,
    pub connection: Connection,
    /// In confirm mode.
    pub channel: Channel,
    pub queue: String,
}

impl Site {
    pub async fn start() -> Self {
        let Behind {
            proxy,
            faults,
            receipts,
            url,
        } = Behind::proxy().await;
        let connecting = Connection::connect(
            &url,
            ConnectionProperties::default().with_connection_name("orders".into()),
        );
        let connection = soon("a connection", connecting).await.expect("connected");
        let channel = connection.create_channel().await.expect("a channel");
        channel
            .confirm_select(ConfirmSelectOptions::default())
            .await
            .expect("confirms");
        let queue = channel
            .queue_declare(
                "".into(),
                QueueDeclareOptions {
                    exclusive: true,
                    ..QueueDeclareOptions::default()
                },
                FieldTable::default(),
            )
            .await
            .expect("a queue");
        Self {
            _proxy: proxy,
            faults,
            receipts,
            connection,
            queue: queue.name().to_string(),
            channel,
        }
    }

    pub fn arm(&self, fault: Fault, which: Selector) -> Lease {
        armed(&self.faults, fault, which)
    }

    /// Only the message with this id.
    pub fn only(id: &str) -> Selector {
        Selector {
            message_id: Some(id.to_owned()),
            ..Selector::default()
        }
    }

    /// Publishes to the queue; its confirm is still to come.
    pub async fn publish(&self, id: &str) -> PublisherConfirm {
        self.publish_to(&self.queue, id).await
    }

    pub async fn publish_to(&self, routing_key: &str, id: &str) -> PublisherConfirm {
        let mandatory = BasicPublishOptions {
            mandatory: true,
            ..BasicPublishOptions::default()
        };
        let properties = BasicProperties::default().with_message_id(id.into());
        let publishing = (self.channel).basic_publish(
            "".into(),
            routing_key.into(),
            mandatory,
            id.as_bytes(),
            properties,
        );
        soon("published", publishing).await.expect("published")
    }

    /// Consumes with the name left empty: the queue that was declared last.
    pub async fn consume(&self) -> Consumer {
        let many = BasicQosOptions::default();
        self.channel.basic_qos(100, many).await.expect("a prefetch");
        self.channel
            .basic_consume(
                "".into(),
                "".into(),
                BasicConsumeOptions::default(),
                FieldTable::default(),
            )
            .await
            .expect("a consumer")
    }

    /// How many messages are ready, asked on a channel of its own.
    pub async fn ready(&self) -> u32 {
        let channel = self.connection.create_channel().await.expect("a channel");
        let passive = QueueDeclareOptions {
            passive: true,
            exclusive: true,
            ..QueueDeclareOptions::default()
        };
        let declaring =
            channel.queue_declare(self.queue.as_str().into(), passive, FieldTable::default());
        let ready = soon("asked", declaring)
            .await
            .expect("a queue")
            .message_count();
        channel.close(200, "asked".into()).await.expect("closed");
        ready
    }

    pub async fn receipt(&mut self) -> Receipt {
        soon("a receipt", self.receipts.recv()).await.expect("left")
    }

    pub fn receipts_waiting(&self) -> usize {
        self.receipts.len()
    }
}

pub async fn confirmed(confirm: PublisherConfirm) -> Confirmation {
    soon("a confirm", confirm).await.expect("the channel lives")
}

pub async fn next(consumer: &mut Consumer) -> Delivery {
    soon("a delivery", consumer.next())
        .await
        .expect("the consumer lives")
        .expect("the channel lives")
}

pub fn id_of(delivery: &Delivery) -> String {
    String::from_utf8_lossy(&delivery.data).into_owned()
}
