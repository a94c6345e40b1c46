use crate::{
    foreign::clients,
    site::Site,
    talk::{Command, Report},
};
use amqp_proxy::{ChannelError, Fault, OnBroker, Selector};

fn once() -> Selector {
    Selector {
        nth: Some(1),
        ..Selector::default()
    }
}

async fn published(site: &mut Site, id: &str) {
    site.publish(id).await;
    site.confirm(id, true).await;
}

#[tokio::test]
async fn a_cancelled_consumer_is_told_and_its_channel_lives() {
    for client in clients().await {
        let mut site = Site::start(client).await;
        site.consume(10).await;
        published(&mut site, "before").await;
        let before = site.delivery().await;
        let _lease = site.arm(Fault::Broker(OnBroker::CancelConsumer), once());
        site.until(Report::Cancelled).await;
        let receipt = site.receipt().await;
        assert_eq!(receipt.queue.as_deref(), Some(site.queue.as_str()));
        assert_eq!(receipt.connection.as_deref(), Some("orders"));
        let (tag, multiple) = (before.tag, false);
        site.tell(Command::Ack { tag, multiple }).await;
        published(&mut site, "after").await;
        assert_eq!(site.ready().await, 1, "nothing is sent to nobody");
        site.consume(10).await;
        let after = site.delivery().await;
        assert_eq!((after.id.as_str(), after.redelivered), ("after", false));
        assert_eq!(site.close().await, [""; 0]);
    }
}

#[tokio::test]
async fn a_closed_channel_is_told_why_and_another_one_reads_on() {
    for client in clients().await {
        for (error, code) in [
            (ChannelError::NotFound, 404),
            (ChannelError::PreconditionFailed, 406),
        ] {
            let mut site = Site::start(client).await;
            site.consume(10).await;
            published(&mut site, "held").await;
            site.delivery().await;
            let _lease = site.arm(Fault::Broker(OnBroker::CloseChannel(error)), once());
            site.until(Report::ChannelClosed { code }).await;
            assert_eq!(site.receipt().await.channel, 1);
            site.open_channel().await;
            site.consume(10).await;
            let held = site.delivery().await;
            assert_eq!((held.id.as_str(), held.redelivered), ("held", true));
            published(&mut site, "after").await;
            assert_eq!(site.delivery().await.id, "after");
            assert_eq!(site.close().await, [""; 0]);
        }
    }
}

#[tokio::test]
async fn a_connection_that_is_forced_to_close_is_told_so() {
    for client in clients().await {
        let mut site = Site::start(client).await;
        let forced = Fault::Broker(OnBroker::CloseConnection);
        let _lease = site.arm(forced, Selector::default());
        site.until(Report::ConnectionClosed { code: 320 }).await;
        assert_eq!(site.receipt().await.what, "broker/close-connection");
        // Some clients say of each channel too that it is closed.
        let of_channels = Report::ChannelClosed { code: 320 };
        assert!(site.ends().await.iter().all(|seen| *seen == of_channels));
    }
}

#[tokio::test]
async fn a_blocked_client_is_told_and_its_publishes_wait_for_the_end() {
    for client in clients().await {
        let mut site = Site::start(client).await;
        let lease = site.arm(Fault::Broker(OnBroker::Blocked), Selector::default());
        site.until(Report::Blocked).await;
        assert_eq!(site.receipt().await.what, "broker/blocked");
        site.publish("meanwhile").await;
        drop(lease);
        let next = site.heard("its next word", |report| Some(report.clone()));
        assert_eq!(next.await, Report::Unblocked);
        site.confirm("meanwhile", true).await;
        assert_eq!(site.close().await, [""; 0]);
    }
}
