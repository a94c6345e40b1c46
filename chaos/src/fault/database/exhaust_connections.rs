//! No session is left for those who need one.

use futures::future::BoxFuture;
use schemars::JsonSchema;
use serde::Deserialize;

use super::lock_table::Sessions;
use crate::agent::site::Site;
use crate::clock;
use crate::fault::{Capability, Fault, FaultError, Injected, Kind, Order};
use crate::receipt::Receipt;

pub const KIND: Kind = Kind::lasting::<ExhaustConnections>(
    "database/exhaust-connections",
    "sessions are opened until the server refuses more: who loses one gets none",
    &[Capability::Database],
)
.unaimed();

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ExhaustConnections {
    database: String,
}

/// The server's code for it: `too_many_connections`.
const TOO_MANY: &str = "53300";
/// Beyond any server that runs on one machine: who gets so many has no limit to be exhausted.
const SESSIONS_MAX: usize = 1_000;

impl Fault for ExhaustConnections {
    fn inject<'a>(
        &'a self,
        site: &'a Site,
        order: &'a Order,
    ) -> BoxFuture<'a, Result<Injected, FaultError>> {
        Box::pin(async move {
            let mut sessions = vec![site.databases.session(&self.database).await?];
            let at_ms = clock::now_ms();
            loop {
                match site.databases.session(&self.database).await {
                    Ok(session) => sessions.push(session),
                    Err(FaultError::Refused { why, .. }) if why.starts_with(TOO_MANY) => break,
                    // They are given back: whoever is refused for another reason is not refused by them.
                    Err(error) => return Err(error),
                }
                if sessions.len() >= SESSIONS_MAX {
                    return Err(FaultError::Refused {
                        what: order.fault.clone(),
                        why: format!("{SESSIONS_MAX} sessions were not enough"),
                    });
                }
            }
            let receipt = Receipt {
                what: order.fault.clone(),
                name: format!("{} sessions", sessions.len()),
                service: self.database.clone(),
                at_ms,
                ..Receipt::default()
            };
            Ok(Injected::held(vec![receipt], Sessions(sessions)))
        })
    }
}
