//! One client and its upstream.

use super::{Settings, pump::Pump, wire::Wire};
use crate::{
    fault::{
        answer_error::answer,
        blackhole,
        half_open::silence,
        reset::{Stroke, reset, stroke},
    },
    rule::Way,
    subject::Subject,
};
use std::{io, num::NonZeroU16, pin::pin};
use tokio::{net::TcpStream, time::timeout};

/// How a connection, or one direction of it, comes to its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ended {
    /// Everything was said and heard.
    Finished,
    /// Both sides hear that the other is gone.
    Reset,
    /// The client hears nothing.
    HalfOpen,
    /// The client hears an error of HTTP, the upstream that the client is gone.
    Answered(NonZeroU16),
}

pub(super) async fn relay(mut client: TcpStream, subject: Subject, settings: &Settings) {
    let wire = Wire::new(subject, settings.protocol);
    let mut upstream = None;
    let ended = tokio::select! {
        biased;
        stroke = stroke(&wire.subject, false) => match stroke {
            Stroke::Reset => Ended::Reset,
            Stroke::HalfOpen => Ended::HalfOpen,
        },
        ended = converse(&mut client, &mut upstream, &wire, settings) => ended,
    };
    match ended {
        Ended::Finished => {}
        Ended::Reset => {
            reset(client);
            if let Some(upstream) = upstream {
                reset(upstream);
            }
        }
        Ended::HalfOpen => {
            drop(upstream);
            silence(client, &wire.subject).await;
        }
        Ended::Answered(status) => {
            drop(upstream);
            answer(client, status).await;
        }
    }
}

async fn converse(
    client: &mut TcpStream,
    upstream: &mut Option<TcpStream>,
    wire: &Wire,
    settings: &Settings,
) -> Ended {
    let upstream = match connect(client, settings).await {
        Ok(stream) => upstream.insert(stream),
        Err(error) => {
            tracing::debug!(%error, upstream = settings.upstream, "a client found nobody");
            blackhole::hide_end(&wire.subject, Way::ToClient).await;
            return Ended::Finished;
        }
    };
    let (from_client, to_client) = client.split();
    let (from_upstream, to_upstream) = upstream.split();
    let mut there = pin!(Pump::new(wire, Way::ToUpstream, from_client, to_upstream).run());
    let mut back = pin!(Pump::new(wire, Way::ToClient, from_upstream, to_client).run());
    let (first, other) = tokio::select! {
        ended = &mut there => (ended, &mut back),
        ended = &mut back => (ended, &mut there),
    };
    match first {
        Ended::Finished => other.await,
        Ended::Reset | Ended::HalfOpen | Ended::Answered(_) => first,
    }
}

async fn connect(client: &TcpStream, settings: &Settings) -> io::Result<TcpStream> {
    let connecting = TcpStream::connect(&settings.upstream);
    let stream = timeout(settings.connect_within, connecting).await??;
    // Whether small writes wait for each other is for the two ends to say.
    stream.set_nodelay(true)?;
    client.set_nodelay(true)?;
    Ok(stream)
}
