use crate::{
    server::soon,
    site::{Site, confirmed, id_of, next},
};
use amqp_proxy::{Fault, OnConfirm, OnDelivery, OnPublish, Selector};
use lapin::{Confirmation, options::BasicAckOptions};

fn acks(multiple: bool) -> BasicAckOptions {
    BasicAckOptions { multiple }
}

#[tokio::test]
async fn a_denied_confirm_is_a_nack_of_a_message_that_is_stored() {
    let mut site = Site::start().await;
    let _lease = site.arm(Fault::Confirm(OnConfirm::Nack), Site::only("denied"));
    let denied = site.publish("denied").await;
    let mut confirms = Vec::new();
    for id in 0..100 {
        confirms.push(site.publish(&id.to_string()).await);
    }
    assert_eq!(confirmed(denied).await, Confirmation::Nack(None));
    for confirm in confirms {
        assert_eq!(confirmed(confirm).await, Confirmation::Ack(None));
    }
    assert_eq!(site.receipt().await.what, "confirm/nack");
    assert_eq!(site.ready().await, 101);
}

#[tokio::test]
async fn a_returned_publish_comes_back_with_its_body_though_its_queue_is_there() {
    let mut site = Site::start().await;
    let _lease = site.arm(Fault::Publish(OnPublish::Return), Site::only("back"));
    let before = site.publish("before").await;
    let back = site.publish("back").await;
    let after = site.publish("after").await;
    assert_eq!(confirmed(before).await, Confirmation::Ack(None));
    let Confirmation::Ack(Some(returned)) = confirmed(back).await else {
        panic!("returned");
    };
    assert_eq!(returned.reply_code, 312);
    assert_eq!(returned.delivery.data, b"back");
    assert_eq!(confirmed(after).await, Confirmation::Ack(None));
    assert_eq!(site.receipt().await.what, "publish/return");
    assert_eq!(site.ready().await, 2);
}

#[tokio::test]
async fn held_publishes_are_stored_and_confirmed_when_the_fault_ends() {
    let mut site = Site::start().await;
    let lease = site.arm(Fault::Publish(OnPublish::Hold), Site::only("held"));
    let first = site.publish("held").await;
    let second = site.publish("held").await;
    let passing = site.publish("passing").await;
    assert_eq!(confirmed(passing).await, Confirmation::Ack(None));
    for _ in 0..2 {
        assert_eq!(site.receipt().await.what, "publish/hold");
    }
    assert_eq!(site.ready().await, 1);
    drop(lease);
    assert_eq!(confirmed(first).await, Confirmation::Ack(None));
    assert_eq!(confirmed(second).await, Confirmation::Ack(None));
    assert_eq!(site.ready().await, 3);
}

#[tokio::test]
async fn deliveries_of_a_queue_that_is_cut_off_come_when_the_fault_ends() {
    let mut site = Site::start().await;
    let from_here = Selector {
        queue: Some(site.queue.clone()),
        ..Selector::default()
    };
    let lease = site.arm(Fault::Delivery(OnDelivery::Hold), from_here);
    let mut consumer = site.consume().await;
    for id in ["1", "2", "3"] {
        confirmed(site.publish(id).await).await;
        assert_eq!(site.receipt().await.message_id.as_deref(), Some(id));
    }
    drop(lease);
    for (id, multiple) in [("1", false), ("2", false), ("3", true)] {
        let delivery = next(&mut consumer).await;
        assert_eq!(
            (id_of(&delivery).as_str(), delivery.redelivered),
            (id, false)
        );
        if id != "1" {
            assert_eq!(delivery.ack(acks(multiple)).await.ok(), Some(true));
        }
    }
    (site.channel.close(200, "done".into()).await).expect("the channel lived");
    assert_eq!(site.ready().await, 0, "each was settled");
}

#[tokio::test]
async fn reordered_deliveries_are_each_settled_by_their_own_ack() {
    let mut site = Site::start().await;
    let _lease = site.arm(Fault::Delivery(OnDelivery::Reorder), Site::only("late"));
    for id in ["late", "early", "last"] {
        confirmed(site.publish(id).await).await;
    }
    let mut consumer = site.consume().await;
    for (tag, id) in [(1, "early"), (2, "late"), (3, "last")] {
        let delivery = next(&mut consumer).await;
        assert_eq!(
            (delivery.delivery_tag, id_of(&delivery).as_str()),
            (tag, id)
        );
        if id != "late" {
            assert_eq!(delivery.ack(acks(false)).await.ok(), Some(true));
        }
    }
    assert_eq!(site.receipt().await.what, "delivery/reorder");
    (site.channel.close(200, "done".into()).await).expect("the channel lived");
    assert_eq!(site.ready().await, 1, "the one that was not acknowledged");
}

#[tokio::test]
async fn a_mutated_publish_is_stored_with_one_bit_turned() {
    let mut site = Site::start().await;
    let _lease = site.arm(Fault::Publish(OnPublish::Mutate), Site::only("damaged"));
    confirmed(site.publish("damaged").await).await;
    let mut consumer = site.consume().await;
    let delivery = soon("a delivery", next(&mut consumer)).await;
    let bits = (delivery.data.iter().zip(b"damaged")).map(|(a, b)| (a ^ b).count_ones());
    assert_eq!((delivery.data.len(), bits.sum::<u32>()), (7, 1));
    assert_eq!(site.receipt().await.what, "publish/mutate");
}
