use crate::site::{Site, confirmed, id_of, next};
use amqp_proxy::{Fault, OnDelivery, Selector, Upstream};
use lapin::options::{BasicAckOptions, BasicNackOptions};

fn acks(multiple: bool) -> BasicAckOptions {
    BasicAckOptions { multiple }
}

#[tokio::test]
async fn a_delivery_made_twice_is_settled_twice_by_the_client_and_once_at_the_broker() {
    for multiple in [false, true] {
        let mut site = Site::start().await;
        let from_here = Selector {
            queue: Some(site.queue.clone()),
            ..Selector::default()
        };
        let _lease = site.arm(Fault::Delivery(OnDelivery::Duplicate), from_here);
        let mut consumer = site.consume().await;
        for id in 0..20 {
            confirmed(site.publish(&id.to_string()).await).await;
        }
        let mut tag = 0;
        for id in (0..20).flat_map(|id| [id, id]) {
            let delivery = next(&mut consumer).await;
            assert_eq!(id_of(&delivery), id.to_string());
            assert!(
                !delivery.redelivered,
                "nothing tells a copy from its original"
            );
            tag += 1;
            assert_eq!(delivery.delivery_tag, tag);
            if !multiple || tag % 10 == 0 {
                assert_eq!(delivery.ack(acks(multiple)).await.ok(), Some(true));
            }
        }
        assert_eq!(
            site.receipt().await.queue.as_deref(),
            Some(site.queue.as_str())
        );
        // A wrong tag upstream would have closed the channel, a missing one would bring it back.
        confirmed(site.publish("last").await).await;
        site.channel
            .close(200, "done".into())
            .await
            .expect("the channel lived");
        assert_eq!(site.ready().await, 1, "only the last one comes back");
    }
}

#[tokio::test]
async fn a_dropped_delivery_stays_unacknowledged_until_the_channel_closes() {
    let mut site = Site::start().await;
    let drop = Fault::Delivery(OnDelivery::Drop(Upstream::Nothing));
    let _lease = site.arm(drop, Site::only("lost"));
    let mut consumer = site.consume().await;
    for id in ["1", "lost", "2", "3"] {
        confirmed(site.publish(id).await).await;
    }
    for expected in ["1", "2", "3"] {
        let delivery = next(&mut consumer).await;
        assert_eq!(id_of(&delivery), expected);
        if expected == "3" {
            // Up to here, and not over the one that the client never saw.
            assert_eq!(delivery.ack(acks(true)).await.ok(), Some(true));
        }
    }
    assert_eq!(site.receipt().await.what, "delivery/drop/unacked");
    site.channel
        .close(200, "done".into())
        .await
        .expect("the channel lived");
    assert_eq!(site.ready().await, 1);
}

#[tokio::test]
async fn a_dropped_delivery_comes_back_or_is_gone_as_the_broker_was_told() {
    let mut site = Site::start().await;
    let once = |id| Selector {
        nth: Some(1),
        ..Site::only(id)
    };
    let fault = |upstream| Fault::Delivery(OnDelivery::Drop(upstream));
    let _requeued = site.arm(fault(Upstream::Requeue), once("requeued"));
    let _rejected = site.arm(fault(Upstream::Reject), once("rejected"));
    let mut consumer = site.consume().await;
    for id in ["requeued", "rejected", "last"] {
        confirmed(site.publish(id).await).await;
    }
    let mut seen = Vec::new();
    for _ in 0..2 {
        let delivery = next(&mut consumer).await;
        assert_eq!(delivery.redelivered, id_of(&delivery) == "requeued");
        seen.push(id_of(&delivery));
        assert_eq!(delivery.ack(acks(false)).await.ok(), Some(true));
    }
    seen.sort();
    assert_eq!(seen, ["last", "requeued"]);
    assert_eq!(site.receipt().await.what, "delivery/drop/requeued");
    site.channel
        .close(200, "done".into())
        .await
        .expect("the channel lived");
    assert_eq!(site.ready().await, 0);
}

#[tokio::test]
async fn a_nack_of_a_renumbered_delivery_reaches_the_right_one() {
    let site = Site::start().await;
    let _lease = site.arm(Fault::Delivery(OnDelivery::Duplicate), Site::only("twice"));
    let mut consumer = site.consume().await;
    for id in ["twice", "back"] {
        confirmed(site.publish(id).await).await;
    }
    for expected in ["twice", "twice"] {
        let delivery = next(&mut consumer).await;
        assert_eq!(id_of(&delivery), expected);
        assert_eq!(delivery.ack(acks(false)).await.ok(), Some(true));
    }
    let back = next(&mut consumer).await;
    assert_eq!((id_of(&back).as_str(), back.delivery_tag), ("back", 3));
    let requeue = BasicNackOptions {
        multiple: false,
        requeue: true,
    };
    assert_eq!(back.nack(requeue).await.ok(), Some(true));
    let again = next(&mut consumer).await;
    assert_eq!((id_of(&again).as_str(), again.redelivered), ("back", true));
    assert_eq!(again.ack(acks(false)).await.ok(), Some(true));
    site.channel
        .close(200, "done".into())
        .await
        .expect("the channel lived");
    assert_eq!(site.ready().await, 0);
}
