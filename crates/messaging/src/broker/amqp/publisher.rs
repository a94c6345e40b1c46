//! Confirms and returns, matched by message id.
//!
//! RabbitMQ sends `basic.return` for a message before the ack of that message. lapin
//! keeps returns in a queue and pins the head of it on whichever confirm resolves
//! next; an ack with `multiple` walks its tags in no order. So the confirm that
//! *carries* a return says nothing about its own message. What can be concluded:
//!
//! - A carried return belongs to the message whose id it has: that one was returned.
//! - An ack that carries nothing resolved while lapin's queue was empty, so every
//!   return received until then, its own included, is carried by a confirm that has
//!   resolved too. Not among the carried ids: routed, and confirmed.
//! - An ack that carries another's return: its own may still be in lapin's queue, and
//!   leaves it with a later confirm. If every confirm of the window has resolved, the
//!   queue is empty (each return in it stands for a returned message whose confirm is
//!   open) and the carried ids are all there are. If one is missing: unknown.
//!
//! It holds because a channel has one window at a time and is thrown away after an
//! unknown outcome.

use super::{
    answered,
    convert::{properties_of, short},
};
use crate::{
    broker::{Blocked, BrokerError, Outcome, Publisher},
    message::Publication,
};
use futures::{StreamExt, stream::FuturesUnordered};
use lapin::{
    Channel, Confirmation, ConnectionStatus,
    options::{BasicPublishOptions, ConfirmSelectOptions},
};
use std::{collections::HashSet, time::Duration};

/// Quorum queues confirm after a majority has synced: milliseconds, hundreds of them
/// under load, a few seconds during an election. Ten is far above all of these.
pub(super) const CONFIRM_TIMEOUT: Duration = Duration::from_secs(10);

pub struct AmqpPublisher {
    channel: Channel,
    status: ConnectionStatus,
    confirm_timeout: Duration,
}

pub(super) async fn open(
    channel: Channel,
    status: ConnectionStatus,
    confirm_timeout: Duration,
) -> Result<AmqpPublisher, BrokerError> {
    let selected = channel.confirm_select(ConfirmSelectOptions::default());
    answered("confirm.select", selected).await?;
    Ok(AmqpPublisher {
        channel,
        status,
        confirm_timeout,
    })
}

/// What lapin said of one publish.
#[derive(Debug, PartialEq, Eq)]
enum Answer {
    Ack,
    Nack,
    /// With the id of the message that was returned, if it had one.
    AckCarrying(Option<String>),
    NackCarrying(Option<String>),
}

impl AmqpPublisher {
    async fn send(&self, publication: &Publication) -> lapin::Result<Answer> {
        let confirm = self
            .channel
            .basic_publish(
                short(&publication.exchange),
                short(&publication.routing_key),
                BasicPublishOptions {
                    mandatory: true,
                    immediate: false,
                },
                &publication.message.body,
                properties_of(&publication.message),
            )
            .await?
            .await?;
        let id = |message: lapin::message::BasicReturnMessage| {
            let id = message.delivery.properties.message_id().as_ref();
            id.map(ToString::to_string)
        };
        Ok(match confirm {
            Confirmation::Ack(None) => Answer::Ack,
            Confirmation::Nack(None) => Answer::Nack,
            Confirmation::Ack(Some(message)) => Answer::AckCarrying(id(message)),
            Confirmation::Nack(Some(message)) => Answer::NackCarrying(id(message)),
            // Confirms are on since `open`; without them nothing is known.
            Confirmation::NotRequested => return Err(lapin::ErrorKind::FutureCompleted.into()),
        })
    }
}

impl Publisher for AmqpPublisher {
    async fn publish(&mut self, window: &[Publication]) -> Result<Vec<Outcome>, Blocked> {
        if self.status.blocked() {
            return Err(Blocked);
        }
        let mut answers: Vec<Option<Answer>> = Vec::new();
        answers.resize_with(window.len(), || None);
        // Polled in this order for the first time, so the frames leave in order; nothing
        // waits for a confirm before the next is sent.
        let this = &*self;
        let mut open: FuturesUnordered<_> = window
            .iter()
            .enumerate()
            .map(|(index, publication)| async move { (index, this.send(publication).await) })
            .collect();
        let collected = tokio::time::timeout(this.confirm_timeout, async {
            while let Some((index, answer)) = open.next().await {
                answers[index] = answer.ok();
            }
        });
        let _ = collected.await;
        let ids = window.iter().map(|one| one.message.id.as_deref());
        Ok(outcomes(ids, &answers))
    }
}

/// The conclusions in the module's doc.
fn outcomes<'a>(
    ids: impl Iterator<Item = Option<&'a str>>,
    answers: &[Option<Answer>],
) -> Vec<Outcome> {
    let all_resolved = answers.iter().all(Option::is_some);
    let returned: HashSet<Option<&str>> = answers
        .iter()
        .filter_map(|answer| match answer {
            Some(Answer::AckCarrying(id) | Answer::NackCarrying(id)) => Some(id.as_deref()),
            Some(Answer::Ack | Answer::Nack) | None => None,
        })
        .collect();
    ids.zip(answers)
        .map(|(id, answer)| match answer {
            None => Outcome::Unknown,
            Some(_) if returned.contains(&id) => Outcome::Returned,
            Some(Answer::Nack | Answer::NackCarrying(_)) => Outcome::Nacked,
            Some(Answer::Ack) => Outcome::Confirmed,
            Some(Answer::AckCarrying(_)) if all_resolved => Outcome::Confirmed,
            Some(Answer::AckCarrying(_)) => Outcome::Unknown,
        })
        .collect()
}

#[cfg(test)]
#[path = "publisher_tests.rs"]
mod tests;
