use crate::{
    server::soon,
    site::{Site, confirmed, id_of, next},
};
use amqp_proxy::{Fault, OnConfirm, OnPublish, Probability, Selector, Told};
use lapin::{Confirmation, options::BasicAckOptions};
use std::{collections::BTreeMap, time::Duration};

#[tokio::test]
async fn with_no_rule_in_force_a_client_sees_the_broker_as_it_is() {
    let site = Site::start().await;
    let mut consumer = site.consume().await;
    let mut confirms = Vec::new();
    for id in 0..1000 {
        confirms.push(site.publish(&id.to_string()).await);
    }
    for confirm in confirms {
        assert_eq!(confirmed(confirm).await, Confirmation::Ack(None));
    }
    for id in 0..1000 {
        let delivery = next(&mut consumer).await;
        assert_eq!(id_of(&delivery), id.to_string());
        assert_eq!(
            delivery.ack(BasicAckOptions::default()).await.ok(),
            Some(true)
        );
    }
    assert_eq!((site.ready().await, site.receipts_waiting()), (0, 0));
}

#[tokio::test]
async fn a_dropped_publish_is_confirmed_as_intended_and_the_others_as_they_are() {
    for told in [Told::Ack, Told::Nack, Told::Nothing] {
        let mut site = Site::start().await;
        let lease = site.arm(Fault::Publish(OnPublish::Drop(told)), Site::only("lost"));
        let before = site.publish("before").await;
        let lost = site.publish("lost").await;
        let after = site.publish("after").await;
        assert_eq!(confirmed(before).await, Confirmation::Ack(None));
        assert_eq!(confirmed(after).await, Confirmation::Ack(None));
        match told {
            Told::Ack => assert_eq!(confirmed(lost).await, Confirmation::Ack(None)),
            Told::Nack => assert_eq!(confirmed(lost).await, Confirmation::Nack(None)),
            Told::Nothing => {
                // Everything after it is confirmed, and it is not.
                let mut lost = std::pin::pin!(lost);
                drop(lease);
                for id in 0..100 {
                    let later = site.publish(&id.to_string()).await;
                    assert_eq!(confirmed(later).await, Confirmation::Ack(None));
                    let now = std::future::poll_fn(|cx| {
                        std::task::Poll::Ready(lost.as_mut().poll(cx).is_ready())
                    });
                    assert!(!now.await, "unconfirmed");
                }
                assert_eq!(site.ready().await, 102);
                continue;
            }
        }
        assert_eq!(site.receipt().await.message_id.as_deref(), Some("lost"));
        assert_eq!(site.ready().await, 2, "{told:?}: the broker never saw it");
    }
}

#[tokio::test]
async fn a_publish_sent_twice_is_stored_twice_and_confirmed_once() {
    let mut site = Site::start().await;
    let half = Selector {
        probability: Probability::new(0.5).ok(),
        ..Selector::default()
    };
    let lease = site.arm(Fault::Publish(OnPublish::Duplicate), half);
    let mut confirms = Vec::new();
    for id in 0..200 {
        confirms.push(site.publish(&id.to_string()).await);
    }
    for confirm in confirms {
        assert_eq!(confirmed(confirm).await, Confirmation::Ack(None));
    }
    drop(lease);
    let mut expected: BTreeMap<String, u32> = (0..200).map(|id| (id.to_string(), 1)).collect();
    while site.receipts_waiting() > 0 {
        let twice = site.receipt().await.message_id.expect("an id");
        *expected.entry(twice).or_default() += 1;
    }
    let total: u32 = expected.values().sum();
    assert!(
        (220..380).contains(&total),
        "about half, and {total} of 400"
    );
    let mut consumer = site.consume().await;
    let mut seen = BTreeMap::new();
    for _ in 0..total {
        let delivery = next(&mut consumer).await;
        assert!(!delivery.redelivered);
        *seen.entry(id_of(&delivery)).or_insert(0) += 1;
        assert_eq!(
            delivery.ack(BasicAckOptions::default()).await.ok(),
            Some(true)
        );
    }
    assert_eq!(
        seen, expected,
        "each receipt is a message stored twice, and no other is"
    );
}

#[tokio::test]
async fn a_rule_for_a_connection_knows_it_by_the_name_that_its_client_gave() {
    let mut site = Site::start().await;
    let of = |name: &str| Selector {
        connection: Some(name.into()),
        ..Selector::default()
    };
    let drop = Fault::Publish(OnPublish::Drop(Told::Nack));
    let others = site.arm(drop, of("payments"));
    let passed = site.publish("passed").await;
    assert_eq!(confirmed(passed).await, Confirmation::Ack(None));
    std::mem::drop(others);
    let _own = site.arm(drop, of("orders"));
    let lost = site.publish("lost").await;
    assert_eq!(confirmed(lost).await, Confirmation::Nack(None));
    assert_eq!(site.receipt().await.connection.as_deref(), Some("orders"));
}

#[tokio::test]
async fn an_unroutable_publish_sent_twice_is_returned_once() {
    let site = Site::start().await;
    let _lease = site.arm(Fault::Publish(OnPublish::Duplicate), Site::only("nowhere"));
    let nowhere = site.publish_to("no such queue", "nowhere").await;
    let Confirmation::Ack(Some(returned)) = confirmed(nowhere).await else {
        panic!("returned");
    };
    assert_eq!(returned.delivery.data, b"nowhere");
    // A second return would be pinned on this one.
    let after = site.publish("after").await;
    assert_eq!(confirmed(after).await, Confirmation::Ack(None));
}

#[tokio::test]
async fn a_lost_confirm_leaves_its_message_stored_and_every_other_confirm_in_place() {
    let mut site = Site::start().await;
    let _lease = site.arm(Fault::Confirm(OnConfirm::Drop), Site::only("unheard"));
    let unheard = site.publish("unheard").await;
    let mut unheard = std::pin::pin!(unheard);
    let mut confirms = Vec::new();
    for id in 0..200 {
        confirms.push(site.publish(&id.to_string()).await);
    }
    for confirm in confirms {
        assert_eq!(confirmed(confirm).await, Confirmation::Ack(None));
    }
    let receipt = site.receipt().await;
    assert_eq!(
        (receipt.what, receipt.message_id.as_deref()),
        ("confirm/drop", Some("unheard"))
    );
    let now =
        std::future::poll_fn(|cx| std::task::Poll::Ready(unheard.as_mut().poll(cx).is_ready()));
    assert!(!now.await, "unconfirmed");
    assert_eq!(site.ready().await, 201);
}

#[tokio::test]
async fn a_late_confirm_comes_when_its_lease_ends_at_the_latest() {
    let mut site = Site::start().await;
    let hour = Duration::from_secs(3600);
    let lease = site.arm(Fault::Confirm(OnConfirm::Delay(hour)), Site::only("slow"));
    let slow = site.publish("slow").await;
    assert_eq!(site.receipt().await.what, "confirm/delay");
    // Another channel of the same connection is not held up.
    assert_eq!(site.ready().await, 1);
    drop(lease);
    assert_eq!(
        soon("a late confirm", confirmed(slow)).await,
        Confirmation::Ack(None)
    );
}

#[tokio::test]
async fn a_late_publish_keeps_its_place_in_its_channel() {
    let mut site = Site::start().await;
    let delay = Fault::Publish(OnPublish::Delay(Duration::from_millis(300)));
    let _lease = site.arm(delay, Site::only("late"));
    let mut consumer = site.consume().await;
    let late = site.publish("late").await;
    let behind = site.publish("behind").await;
    assert_eq!(id_of(&next(&mut consumer).await), "late");
    assert_eq!(id_of(&next(&mut consumer).await), "behind");
    assert_eq!(confirmed(late).await, Confirmation::Ack(None));
    assert_eq!(confirmed(behind).await, Confirmation::Ack(None));
    assert_eq!(site.receipt().await.what, "publish/delay");
}
