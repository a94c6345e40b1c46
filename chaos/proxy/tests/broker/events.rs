use crate::{
    server::soon,
    site::{Site, confirmed, id_of, next},
};
use amqp_proxy::{ChannelError, Fault, OnBroker, Selector};
use futures::StreamExt;
use lapin::{Confirmation, options::BasicAckOptions};

fn once() -> Selector {
    Selector {
        nth: Some(1),
        ..Selector::default()
    }
}

#[tokio::test]
async fn a_cancelled_consumer_ends_and_the_next_one_reads_on() {
    let mut site = Site::start().await;
    let mut consumer = site.consume().await;
    confirmed(site.publish("1").await).await;
    let first = next(&mut consumer).await;
    let _lease = site.arm(Fault::Broker(OnBroker::CancelConsumer), once());
    assert!(soon("the end", consumer.next()).await.is_none());
    assert_eq!(
        site.receipt().await.queue.as_deref(),
        Some(site.queue.as_str())
    );
    // The channel lives, and the broker has cancelled it too: nothing is sent to nobody.
    assert_eq!(first.ack(BasicAckOptions::default()).await.ok(), Some(true));
    confirmed(site.publish("2").await).await;
    assert_eq!(site.ready().await, 1);
    let mut consumer = site.consume().await;
    let second = next(&mut consumer).await;
    assert_eq!((id_of(&second).as_str(), second.redelivered), ("2", false));
}

#[tokio::test]
async fn a_channel_that_is_closed_gives_back_its_deliveries_and_the_connection_lives() {
    for error in [ChannelError::NotFound, ChannelError::PreconditionFailed] {
        let mut site = Site::start().await;
        let mut consumer = site.consume().await;
        confirmed(site.publish("1").await).await;
        next(&mut consumer).await;
        let lease = site.arm(Fault::Broker(OnBroker::CloseChannel(error)), once());
        while let Some(Ok(_)) = soon("the end", consumer.next()).await {}
        assert_eq!(site.receipt().await.channel, site.channel.id());
        assert!(!site.channel.status().connected());
        drop(lease);
        // Opened and closed several times: numbers are used again on both sides.
        for _ in 0..3 {
            assert_eq!(site.ready().await, 1, "{error:?}");
        }
    }
}

#[tokio::test]
async fn a_connection_that_is_forced_to_close_is_gone_on_both_sides() {
    let mut site = Site::start().await;
    let mut consumer = site.consume().await;
    let _lease = site.arm(
        Fault::Broker(OnBroker::CloseConnection),
        Selector::default(),
    );
    while let Some(Ok(_)) = soon("the end", consumer.next()).await {}
    assert!(!site.connection.status().connected());
    assert_eq!(site.receipt().await.what, "broker/close-connection");
}

#[tokio::test]
async fn a_blocked_client_publishes_again_when_the_fault_ends() {
    let mut site = Site::start().await;
    let lease = site.arm(Fault::Broker(OnBroker::Blocked), Selector::default());
    assert_eq!(site.receipt().await.what, "broker/blocked");
    drop(lease);
    let published = site.publish("after").await;
    assert_eq!(confirmed(published).await, Confirmation::Ack(None));
}
