//! What a client is told to do and what it saw, each as one line of JSON: the same for every
//! language.

use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, Serialize)]
#[serde(tag = "do", rename_all = "kebab-case")]
pub enum Command {
    /// With `mandatory`, to the client's queue unless there is a routing key. The body is the
    /// id, filled up to so many octets.
    Publish {
        id: String,
        #[serde(skip_serializing_if = "Option::is_none")]
        key: Option<String>,
        octets: usize,
    },
    Consume {
        prefetch: u16,
    },
    Ack {
        tag: u64,
        multiple: bool,
    },
    Requeue {
        tag: u64,
        multiple: bool,
    },
    Get,
    /// How many messages are ready.
    Ready,
    CloseChannel,
    OpenChannel,
    /// The connection, with everything on it.
    Close,
}

#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(tag = "saw", rename_all = "kebab-case")]
pub enum Report {
    Open {
        queue: String,
    },
    Confirm {
        id: String,
        acked: bool,
    },
    /// For nothing that was published, or for the second time.
    StrayConfirm {
        tag: u64,
    },
    Returned {
        id: String,
        code: u16,
    },
    Consuming,
    Delivery(Delivery),
    /// `basic.get` found nothing.
    Empty,
    Ready {
        messages: u32,
    },
    Cancelled,
    ChannelClosed {
        code: u16,
    },
    ChannelOpened,
    /// By the client's own will.
    ChannelGone,
    ConnectionClosed {
        code: u16,
    },
    Blocked,
    Unblocked,
    /// By the client's own will.
    Closed {
        unconfirmed: Vec<String>,
    },
}

#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Delivery {
    pub id: String,
    pub octets: usize,
    pub tag: u64,
    pub redelivered: bool,
}
