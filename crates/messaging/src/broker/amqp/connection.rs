//! A connection with a deadline on everything, and a socket that can be cut from outside.

use super::{
    ANSWER_TIMEOUT, AmqpConsumer, AmqpPublisher, AmqpTail, answered, consumer, declare, publisher,
    tail, translated,
};
use crate::{
    broker::{Broker, BrokerError, Offset, Role, Session},
    topology::Topology,
};
use futures::StreamExt;
use lapin::{
    Channel, Connection, ConnectionProperties, Event,
    runtime::default_runtime,
    tcp::{AMQPUriTcpExt, AsyncTcpStream},
    uri::AMQPUri,
};
use std::{
    net::{Shutdown, TcpStream},
    os::fd::AsFd,
    pin::Pin,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

/// lapin gives a silent peer up after twice this: a frozen broker costs 20 s, and a
/// paused virtual machine of a few seconds costs nothing.
const HEARTBEAT_S: u16 = 10;

/// A goodbye that is not answered is not worth more.
const CLOSE_TIMEOUT: Duration = Duration::from_secs(1);

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("AMQP_URL is not an AMQP address ({0}): use amqp://user:password@host:port/%2f")]
pub struct InvalidUri(String);

#[derive(Clone, Debug)]
pub struct AmqpBroker {
    uri: AMQPUri,
    /// `service/instance`; the role makes it a connection's name.
    name: String,
    confirm_timeout: Duration,
}

impl AmqpBroker {
    pub fn new(uri: &str, service: &str, instance: &str) -> Result<Self, InvalidUri> {
        let mut uri: AMQPUri = uri.parse().map_err(InvalidUri)?;
        uri.query.heartbeat = Some(HEARTBEAT_S);
        Ok(Self {
            uri,
            name: format!("{service}/{instance}"),
            confirm_timeout: publisher::CONFIRM_TIMEOUT,
        })
    }

    /// How long a confirm may take before its outcome is called unknown.
    pub fn with_confirm_timeout(self, confirm_timeout: Duration) -> Self {
        Self {
            confirm_timeout,
            ..self
        }
    }
}

impl Broker for AmqpBroker {
    type Session = AmqpSession;

    async fn connect(&self, role: Role) -> Result<AmqpSession, BrokerError> {
        let socket = Socket::default();
        let name = format!("{}/{}", self.name, role.label());
        let connecting = Connection::connector(
            self.uri.clone(),
            default_runtime().map_err(|error| translated(&error))?,
            {
                let slot = socket.slot();
                async move |uri, runtime| {
                    let stream = uri
                        .connect_with_config_async(lapin::tcp::TLSConfig::default(), &runtime)
                        .await?;
                    if let AsyncTcpStream::Plain(tcp) = &stream {
                        let second: TcpStream = tcp.get_ref().as_fd().try_clone_to_owned()?.into();
                        *slot.lock().unwrap_or_else(PoisonError::into_inner) = Some(second);
                    }
                    Ok(stream)
                }
            },
            ConnectionProperties::default().with_connection_name(name.into()),
        );
        // On a timeout `socket` is dropped and cuts the connection: lapin's thread,
        // which would wait for a greeting for ever, ends with it.
        let connection = answered("connect", Box::pin(connecting)).await?;
        let events = Mutex::new(Some(connection.events_listener().boxed()));
        Ok(AmqpSession {
            connection,
            events,
            _socket: socket,
            instance: self.name.clone(),
            confirm_timeout: self.confirm_timeout,
        })
    }
}

type Events = Pin<Box<dyn futures::Stream<Item = Event> + Send>>;

/// Field order matters: the connection's own goodbye goes before the cut.
pub struct AmqpSession {
    connection: Connection,
    events: Mutex<Option<Events>>,
    _socket: Socket,
    instance: String,
    confirm_timeout: Duration,
}

impl AmqpSession {
    /// A bare channel, for tests that provoke a channel exception and for tools.
    pub async fn channel(&self) -> Result<Channel, BrokerError> {
        answered("channel.open", self.connection.create_channel()).await
    }
}

impl Session for AmqpSession {
    type Publisher = AmqpPublisher;
    type Consumer = AmqpConsumer;
    type Tail = AmqpTail;

    async fn declare(&self, topology: &Topology) -> Result<(), BrokerError> {
        let channel = self.channel().await?;
        declare::declare(&channel, topology).await?;
        answered("channel.close", channel.close(200, "declared".into())).await
    }

    async fn publisher(&self) -> Result<AmqpPublisher, BrokerError> {
        let channel = self.channel().await?;
        let status = self.connection.status().clone();
        publisher::open(channel, status, self.confirm_timeout).await
    }

    async fn consumer(&self, queue: &str, prefetch: u16) -> Result<AmqpConsumer, BrokerError> {
        consumer::open(self.channel().await?, queue, &self.instance, prefetch).await
    }

    async fn tail(
        &self,
        stream: &str,
        from: Offset,
        prefetch: u16,
    ) -> Result<AmqpTail, BrokerError> {
        tail::open(
            self.channel().await?,
            stream,
            &self.instance,
            from,
            prefetch,
        )
        .await
    }

    async fn ended(&self) -> BrokerError {
        let events = self
            .events
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take();
        let Some(mut events) = events else {
            return BrokerError::Ended("its end was already waited for".to_owned());
        };
        while let Some(event) = events.next().await {
            match event {
                Event::Error(error) => return translated(&error),
                Event::ConnectionBlocked(reason) => {
                    tracing::warn!(reason, "the broker blocks this publisher");
                }
                Event::ConnectionUnblocked => tracing::info!("the broker reads again"),
                _ => {}
            }
        }
        BrokerError::Ended("connection closed".to_owned())
    }

    async fn close(self) {
        let goodbye = self.connection.close(200, "drained".into());
        let _ = tokio::time::timeout(CLOSE_TIMEOUT.min(ANSWER_TIMEOUT), goodbye).await;
    }
}

/// A second handle to the connection's socket, shut down when it is dropped: tearing
/// down takes no cooperation of a peer that is frozen, blocked or gone.
#[derive(Debug, Default)]
struct Socket(Arc<Mutex<Option<TcpStream>>>);

impl Socket {
    fn slot(&self) -> Arc<Mutex<Option<TcpStream>>> {
        Arc::clone(&self.0)
    }
}

impl Drop for Socket {
    fn drop(&mut self) {
        let mut stream = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(stream) = stream.take() {
            // It fails only when the connection is gone already.
            let _ = stream.shutdown(Shutdown::Both);
        }
    }
}
