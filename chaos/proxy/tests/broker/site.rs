//! One broker for the whole run; a proxy, a connection and a queue for each test.

use amqp_proxy::{
    Fault, Faults, Lease, Proxy, Receipts, Rule, Selector, Settings, receipt::Receipt,
};
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
use std::{future::Future, time::Duration};
use tokio::{
    sync::{OnceCell, mpsc, oneshot},
    time::timeout,
};

/// Far beyond what anything here takes on a machine that compiles beside it.
const PATIENCE: Duration = Duration::from_secs(60);
/// Longer than any test: a fault that ends before was ended.
const HOUR: Duration = Duration::from_secs(3600);

static AMQP_URL: OnceCell<String> = OnceCell::const_new();

/// A broker named by the environment, or a private one that lives as long as this process.
async fn amqp_url() -> &'static str {
    AMQP_URL
        .get_or_init(async || {
            if let Ok(given) = std::env::var("BREAKWATER_TEST_AMQP_URL") {
                return given;
            }
            let (tell, told) = oneshot::channel();
            // A runtime of its own: the one of the first test ends before the last test.
            std::thread::spawn(|| {
                let runtime = tokio::runtime::Runtime::new().expect("a runtime for the servers");
                runtime.block_on(async move {
                    let servers = platform::servers::TestServers::start()
                        .await
                        .expect("servers start");
                    tell.send(servers.amqp_url()).expect("somebody asked");
                    std::future::pending::<()>().await;
                });
            });
            told.await.expect("servers started")
        })
        .await
}

pub async fn soon<T>(what: &str, work: impl Future<Output = T>) -> T {
    let Ok(answer) = timeout(PATIENCE, work).await else {
        panic!("not within {PATIENCE:?}: {what}");
    };
    answer
}

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
        let url = amqp_url().await;
        let (scheme, rest) = url.split_once("//").expect("a URL");
        let (credentials, host) = rest.split_once('@').expect("credentials");
        let (upstream, vhost) = host.split_once('/').expect("a vhost");
        let (sender, receipts) = Receipts::channel(4096);
        let faults = Faults::new(sender);
        let settings = Settings {
            listen: ([127, 0, 0, 1], 0).into(),
            upstream: upstream.to_owned(),
            connect_within: PATIENCE,
        };
        let proxy = Proxy::start(settings, faults.clone())
            .await
            .expect("a healthy broker");
        let url = format!("{scheme}//{credentials}@{}/{vhost}", proxy.address());
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
        let rule = Rule {
            name: "a fault".into(),
            seed: 7,
            which,
            fault,
        };
        self.faults.arm(rule, HOUR)
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
