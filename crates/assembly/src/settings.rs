//! The settings of every service that has a database and a broker.
//!
//! | variable | meaning |
//! |---|---|
//! | `DATABASE_URL` | PostgreSQL, as the service's own role, in its own database |
//! | `AMQP_URL` | RabbitMQ, as the service's own user |
//! | `DISCOVERY` | where it is announced; see `discovery` |
//!
//! and those of [`lifecycle::ProcessSettings`].

use discovery::Discovery;
use lifecycle::{Environment, ProcessSettings};
use messaging::broker::amqp::AmqpBroker;

#[derive(Clone, Debug)]
pub struct Settings {
    pub process: ProcessSettings,
    pub database_url: String,
    pub broker: AmqpBroker,
    pub discovery: Discovery,
}

impl Settings {
    /// `None` means that mistakes are on record in `env`.
    pub fn from_env(env: &mut Environment, service: &'static str) -> Option<Self> {
        let process = ProcessSettings::from_env(env, service);
        let database_url: Option<String> = env.required("DATABASE_URL");
        let amqp_url: Option<String> = env.required("AMQP_URL");
        let discovery = env.required("DISCOVERY");
        if database_url
            .as_ref()
            .is_some_and(|url| !url.starts_with("postgres"))
        {
            env.mistake(
                "DATABASE_URL",
                "must be postgres://ROLE:PASSWORD@HOST:PORT/DATABASE",
            );
        }
        let process = process?;
        let broker = match AmqpBroker::new(&amqp_url?, process.service, &process.instance) {
            Ok(broker) => Some(broker),
            Err(_) => {
                env.mistake("AMQP_URL", "must be amqp://USER:PASSWORD@HOST:PORT/VHOST");
                None
            }
        };
        Some(Self {
            process,
            database_url: database_url?,
            broker: broker?,
            discovery: discovery?,
        })
    }

    /// `orders/orders-1`: what the database's own views show.
    pub fn application_name(&self) -> String {
        format!("{}/{}", self.process.service, self.process.instance)
    }
}
