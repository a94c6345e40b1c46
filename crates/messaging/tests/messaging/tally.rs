//! A small participant: counters that are added to. What it is told to do decides how it
//! fails.

use bytes::Bytes;
use decider::{
    Coordination, Decider, Destination, Incoming, Outgoing, ParseError, Participant, message_id,
};
use messaging::{
    Envelope,
    message::Publication,
    store::{StoreError, postgres},
    topology::{EVENTS, Topology},
};
use sqlx::PgConnection;
use std::{collections::BTreeMap, fmt};
use uuid::Uuid;

/// Makes `decide` panic.
pub const PANIC: i64 = 13;
/// Makes `decide` refuse.
pub const REFUSED: i64 = 0;
/// Below zero: the database refuses, by a constraint.
pub const UNSTORABLE: i64 = -1_000;

#[derive(Clone, Debug)]
pub struct Tally;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Add {
    pub counter: Uuid,
    pub by: i64,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Added {
    pub counter: Uuid,
    pub total: i64,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NothingToAdd;

impl fmt::Display for NothingToAdd {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("nothing to add")
    }
}

impl Decider for Tally {
    type State = BTreeMap<Uuid, i64>;
    type Command = Add;
    type Event = Added;
    type Rejection = NothingToAdd;

    fn decide(state: &Self::State, command: &Add) -> Result<Vec<Added>, NothingToAdd> {
        let Add { counter, by } = *command;
        let total = state.get(&counter).copied().unwrap_or_default() + by;
        match by {
            PANIC => panic!("unlucky number"),
            REFUSED => Err(NothingToAdd),
            _ => Ok(vec![Added { counter, total }]),
        }
    }

    fn evolve(mut state: Self::State, event: &Added) -> Self::State {
        state.insert(event.counter, event.total);
        state
    }
}

impl Participant for Tally {
    type Inbound = Add;
    type Outbound = Added;

    fn commands_for(message: &Add, _: i64) -> Vec<Add> {
        vec![message.clone()]
    }

    fn messages_of(event: &Added) -> Vec<Added> {
        vec![event.clone()]
    }

    fn label(_: &Added) -> &'static str {
        "tally.added"
    }
}

impl Incoming for Add {
    fn parse(kind: &str, version: u16, body: &[u8]) -> Result<Self, ParseError> {
        if kind != "tally.add" {
            return Err(ParseError::UnknownKind(kind.to_owned()));
        }
        if version != 1 {
            return Err(ParseError::UnknownVersion {
                kind: kind.to_owned(),
                version,
            });
        }
        let malformed = |what: &str| ParseError::Malformed(what.to_owned());
        let json: serde_json::Value =
            serde_json::from_slice(body).map_err(|error| malformed(&error.to_string()))?;
        let counter = json["counter"].as_str().and_then(|id| id.parse().ok());
        Ok(Add {
            counter: counter.ok_or_else(|| malformed("counter"))?,
            by: json["by"].as_i64().ok_or_else(|| malformed("by"))?,
        })
    }

    fn correlation_id(&self) -> Option<Uuid> {
        Some(self.counter)
    }
}

impl Outgoing for Added {
    fn kind(&self) -> &'static str {
        "tally.added"
    }

    fn id(&self) -> Uuid {
        message_id("tally.added", format!("{}/{}", self.counter, self.total))
    }

    fn correlation_id(&self) -> Option<Uuid> {
        Some(self.counter)
    }

    fn destination(&self) -> Destination {
        Destination::Events
    }

    fn encode(&self) -> Vec<u8> {
        let Added { counter, total } = self;
        serde_json::json!({"type": "tally.added", "counter": counter.to_string(), "total": total})
            .to_string()
            .into_bytes()
    }
}

/// `ordinal` makes the message's id: the same one is the same message.
pub fn add(counter: Uuid, ordinal: u32, by: i64) -> Publication {
    let envelope = Envelope {
        id: message_id("tally.add", format!("{counter}/{ordinal}")),
        kind: "tally.add".into(),
        version: 1,
        correlation_id: Some(counter),
        causation_id: None,
        coordination: Some(Coordination::Choreography),
        trace: None,
        occurred_at_ms: 1,
        body: Bytes::from(
            serde_json::json!({"type": "tally.add", "counter": counter.to_string(), "by": by})
                .to_string(),
        ),
    };
    Publication {
        exchange: EVENTS.into(),
        routing_key: "tally.add.choreography".to_owned(),
        message: envelope.to_message(),
    }
}

/// A body that is no JSON.
pub fn garbage(counter: Uuid, ordinal: u32) -> Publication {
    let mut publication = add(counter, ordinal, 1);
    publication.message.body = Bytes::from_static(b"\xff{not json");
    publication
}

pub const SERVICE: &str = "tally";
pub const LOG: &str = "events.log";

pub fn topology() -> Topology {
    Topology::new()
        .participant(SERVICE, &["tally.add.*"])
        .log(LOG, 50_000_000)
}

/// Counters in PostgreSQL.
#[derive(Clone)]
pub struct Counters;

impl Counters {
    pub const SCHEMA: &str =
        "create table counters (id uuid primary key, total bigint not null check (total >= 0))";
}

impl postgres::Tables<Tally> for Counters {
    async fn load(
        &self,
        connection: &mut PgConnection,
        commands: &[Add],
    ) -> Result<BTreeMap<Uuid, i64>, StoreError> {
        let rows: Vec<(Uuid, i64)> = sqlx::query_as(
            "select id, total from counters where id = any($1) order by id for update",
        )
        .bind(
            commands
                .iter()
                .map(|command| command.counter)
                .collect::<Vec<_>>(),
        )
        .fetch_all(connection)
        .await?;
        Ok(rows.into_iter().collect())
    }

    async fn save(
        &self,
        connection: &mut PgConnection,
        _: &BTreeMap<Uuid, i64>,
        after: &BTreeMap<Uuid, i64>,
        _: &[Added],
    ) -> Result<(), StoreError> {
        sqlx::query(
            "insert into counters select * from unnest($1::uuid[], $2::bigint[])
             on conflict (id) do update set total = excluded.total",
        )
        .bind(after.keys().copied().collect::<Vec<_>>())
        .bind(after.values().copied().collect::<Vec<_>>())
        .execute(connection)
        .await?;
        Ok(())
    }
}
