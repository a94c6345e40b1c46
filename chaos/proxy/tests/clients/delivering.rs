use crate::{
    foreign::clients,
    site::Site,
    talk::{Command, Report},
};
use amqp_proxy::{Fault, OnDelivery, Selector, Upstream};

async fn ack(site: &mut Site, tag: u64, multiple: bool) {
    site.tell(Command::Ack { tag, multiple }).await;
}

async fn publish(site: &mut Site, ids: &[&str]) {
    for id in ids {
        site.publish(id).await;
        site.confirm(id, true).await;
    }
}

#[tokio::test]
async fn deliveries_made_twice_are_acknowledged_twice_and_the_channel_lives() {
    /// A client acknowledges up to every such tag: in the middle of a pair, and at its end.
    const EVERY: u64 = 5;
    for client in clients().await {
        let mut site = Site::start(client).await;
        let from_here = Selector {
            queue: Some(site.queue.clone()),
            ..Selector::default()
        };
        let _lease = site.arm(Fault::Delivery(OnDelivery::Duplicate), from_here);
        site.consume(20).await;
        let ids: Vec<_> = (0..50).map(|id| id.to_string()).collect();
        for id in &ids {
            site.publish(id).await;
        }
        for (seen, id) in ids.iter().flat_map(|id| [id, id]).enumerate() {
            let delivery = site.delivery().await;
            assert_eq!((&delivery.id, delivery.redelivered), (id, false));
            assert_eq!(delivery.tag, seen as u64 + 1);
            match delivery.tag {
                // The second half one by one.
                51.. => ack(&mut site, delivery.tag, false).await,
                tag if tag % EVERY == 0 => ack(&mut site, tag, true).await,
                _ => {}
            }
        }
        for id in &ids {
            site.confirm(id, true).await;
            assert_eq!(site.receipt().await.what, "delivery/duplicate");
        }
        // A wrong tag upstream would have closed the channel, a missing one brings it back.
        site.close_channel().await;
        assert_eq!(site.ready().await, 0);
        assert_eq!(site.close().await, [""; 0]);
    }
}

#[tokio::test]
async fn a_nack_of_a_renumbered_delivery_brings_back_that_one() {
    for client in clients().await {
        let mut site = Site::start(client).await;
        let _lease = site.arm(Fault::Delivery(OnDelivery::Duplicate), Site::only("twice"));
        site.consume(10).await;
        publish(&mut site, &["twice", "back", "kept"]).await;
        for (tag, id) in (1..).zip(["twice", "twice", "back", "kept"]) {
            let delivery = site.delivery().await;
            assert_eq!((delivery.tag, delivery.id.as_str()), (tag, id));
        }
        let (tag, multiple) = (3, false);
        site.tell(Command::Requeue { tag, multiple }).await;
        let again = site.delivery().await;
        assert_eq!((again.id.as_str(), again.redelivered), ("back", true));
        ack(&mut site, again.tag, true).await;
        site.close_channel().await;
        assert_eq!(site.ready().await, 0);
        assert_eq!(site.close().await, [""; 0]);
    }
}

#[tokio::test]
async fn a_get_after_a_dropped_delivery_is_acknowledged_by_its_own_tag() {
    for client in clients().await {
        let mut site = Site::start(client).await;
        let drop = Fault::Delivery(OnDelivery::Drop(Upstream::Nothing));
        let _lease = site.arm(drop, Site::only("lost"));
        // The lost one takes the only place: what comes after it stays in the queue.
        site.consume(1).await;
        publish(&mut site, &["lost", "1", "2"]).await;
        assert_eq!(site.receipt().await.what, "delivery/drop/unacked");
        for (tag, id) in (1..).zip(["1", "2"]) {
            site.tell(Command::Get).await;
            let got = site.delivery().await;
            assert_eq!((got.tag, got.id.as_str()), (tag, id));
        }
        site.tell(Command::Get).await;
        site.until(Report::Empty).await;
        // Up to here, and not over the one that the client never saw.
        ack(&mut site, 2, true).await;
        site.close_channel().await;
        assert_eq!(site.ready().await, 1);
        assert_eq!(site.close().await, [""; 0]);
    }
}
