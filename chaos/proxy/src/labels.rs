//! What each fault is called: on a command line, in an experiment, in receipts.

use crate::rule::{
    ChannelError, Fault, OnBroker, OnConfirm, OnDelivery, OnPublish, Told, Upstream,
};
use std::time::Duration;

impl Fault {
    /// Every fault, in the order of a message's way. Those that delay, by `delay`.
    pub fn all(delay: Duration) -> Vec<Self> {
        vec![
            Self::Publish(OnPublish::Drop(Told::Ack)),
            Self::Publish(OnPublish::Drop(Told::Nack)),
            Self::Publish(OnPublish::Drop(Told::Nothing)),
            Self::Publish(OnPublish::Delay(delay)),
            Self::Publish(OnPublish::Duplicate),
            Self::Publish(OnPublish::Return),
            Self::Publish(OnPublish::Mutate),
            Self::Publish(OnPublish::Hold),
            Self::Publish(OnPublish::Reorder),
            Self::Confirm(OnConfirm::Drop),
            Self::Confirm(OnConfirm::Delay(delay)),
            Self::Confirm(OnConfirm::Nack),
            Self::Delivery(OnDelivery::Drop(Upstream::Nothing)),
            Self::Delivery(OnDelivery::Drop(Upstream::Requeue)),
            Self::Delivery(OnDelivery::Drop(Upstream::Reject)),
            Self::Delivery(OnDelivery::Delay(delay)),
            Self::Delivery(OnDelivery::Duplicate),
            Self::Delivery(OnDelivery::Mutate),
            Self::Delivery(OnDelivery::Hold),
            Self::Delivery(OnDelivery::Reorder),
            Self::Broker(OnBroker::CancelConsumer),
            Self::Broker(OnBroker::CloseChannel(ChannelError::NotFound)),
            Self::Broker(OnBroker::CloseChannel(ChannelError::PreconditionFailed)),
            Self::Broker(OnBroker::CloseConnection),
            Self::Broker(OnBroker::Blocked),
        ]
    }

    /// The fault of this [`Fault::label`].
    pub fn named(label: &str, delay: Duration) -> Option<Self> {
        (Self::all(delay).into_iter()).find(|fault| fault.label() == label)
    }

    pub fn label(self) -> &'static str {
        match self {
            Self::Publish(OnPublish::Drop(Told::Ack)) => "publish/drop/acked",
            Self::Publish(OnPublish::Drop(Told::Nack)) => "publish/drop/nacked",
            Self::Publish(OnPublish::Drop(Told::Nothing)) => "publish/drop/unconfirmed",
            Self::Publish(OnPublish::Delay(_)) => "publish/delay",
            Self::Publish(OnPublish::Duplicate) => "publish/duplicate",
            Self::Publish(OnPublish::Return) => "publish/return",
            Self::Publish(OnPublish::Mutate) => "publish/mutate",
            Self::Publish(OnPublish::Hold) => "publish/hold",
            Self::Publish(OnPublish::Reorder) => "publish/reorder",
            Self::Confirm(OnConfirm::Drop) => "confirm/drop",
            Self::Confirm(OnConfirm::Delay(_)) => "confirm/delay",
            Self::Confirm(OnConfirm::Nack) => "confirm/nack",
            Self::Delivery(OnDelivery::Drop(Upstream::Nothing)) => "delivery/drop/unacked",
            Self::Delivery(OnDelivery::Drop(Upstream::Requeue)) => "delivery/drop/requeued",
            Self::Delivery(OnDelivery::Drop(Upstream::Reject)) => "delivery/drop/rejected",
            Self::Delivery(OnDelivery::Delay(_)) => "delivery/delay",
            Self::Delivery(OnDelivery::Duplicate) => "delivery/duplicate",
            Self::Delivery(OnDelivery::Mutate) => "delivery/mutate",
            Self::Delivery(OnDelivery::Hold) => "delivery/hold",
            Self::Delivery(OnDelivery::Reorder) => "delivery/reorder",
            Self::Broker(OnBroker::CancelConsumer) => "broker/cancel-consumer",
            Self::Broker(OnBroker::CloseChannel(ChannelError::NotFound)) => {
                "broker/close-channel/404"
            }
            Self::Broker(OnBroker::CloseChannel(ChannelError::PreconditionFailed)) => {
                "broker/close-channel/406"
            }
            Self::Broker(OnBroker::CloseConnection) => "broker/close-connection",
            Self::Broker(OnBroker::Blocked) => "broker/blocked",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn each_fault_has_a_name_of_its_own_that_leads_back_to_it() {
        let delay = Duration::from_secs(3);
        let all = Fault::all(delay);
        for fault in &all {
            assert_eq!(Fault::named(fault.label(), delay), Some(*fault));
        }
        let labels: BTreeSet<_> = all.iter().map(|fault| fault.label()).collect();
        assert_eq!(labels.len(), all.len());
        assert_eq!(Fault::named("publish/lose", delay), None);
    }
}
