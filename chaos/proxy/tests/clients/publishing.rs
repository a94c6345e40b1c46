use crate::{
    foreign::clients,
    site::Site,
    talk::{Command, Report},
};
use amqp_proxy::{Fault, OnConfirm, OnPublish, Told};

/// More than one `multiple` confirm of the broker covers.
const MANY: usize = 300;

async fn publish_many(site: &mut Site) {
    for id in 0..MANY {
        site.publish(&id.to_string()).await;
    }
}

async fn all_confirmed(site: &mut Site) {
    for id in 0..MANY {
        site.confirm(&id.to_string(), true).await;
    }
}

#[tokio::test]
async fn with_no_rule_in_force_everything_arrives_once_and_is_confirmed() {
    /// Three frames, and a piece of one.
    const OCTETS: usize = 400_000;
    for client in clients().await {
        let mut site = Site::start(client).await;
        site.consume(100).await;
        publish_many(&mut site).await;
        for id in 0..MANY {
            let delivery = site.delivery().await;
            assert_eq!(
                (&delivery.id, delivery.redelivered),
                (&id.to_string(), false)
            );
            assert_eq!(delivery.tag, id as u64 + 1);
            // Some alone, and every tenth for those before it.
            if id % 20 < 10 || id % 10 == 9 {
                let (tag, multiple) = (delivery.tag, id % 20 == 19);
                site.tell(Command::Ack { tag, multiple }).await;
            }
        }
        all_confirmed(&mut site).await;
        let (id, key, octets) = ("large".to_owned(), None, OCTETS);
        site.tell(Command::Publish { id, key, octets }).await;
        site.confirm("large", true).await;
        let large = site.delivery().await;
        assert_eq!((large.id.as_str(), large.octets), ("large", OCTETS));
        let (tag, multiple) = (large.tag, false);
        site.tell(Command::Ack { tag, multiple }).await;
        site.close_channel().await;
        assert_eq!((site.ready().await, site.receipts_waiting()), (0, 0));
        assert_eq!(site.close().await, [""; 0]);
    }
}

#[tokio::test]
async fn a_confirm_that_is_lost_is_the_only_one_that_is_missed() {
    for client in clients().await {
        let mut site = Site::start(client).await;
        let _lease = site.arm(Fault::Confirm(OnConfirm::Drop), Site::only("unheard"));
        site.publish("unheard").await;
        publish_many(&mut site).await;
        all_confirmed(&mut site).await;
        assert_eq!(site.receipt().await.what, "confirm/drop");
        assert_eq!(site.ready().await, MANY as u32 + 1);
        assert_eq!(site.close().await, ["unheard"]);
    }
}

#[tokio::test]
async fn a_publish_that_is_lost_is_confirmed_as_intended_and_the_others_as_they_are() {
    for client in clients().await {
        for told in [Told::Ack, Told::Nack, Told::Nothing] {
            let mut site = Site::start(client).await;
            let _lease = site.arm(Fault::Publish(OnPublish::Drop(told)), Site::only("lost"));
            site.publish("lost").await;
            publish_many(&mut site).await;
            all_confirmed(&mut site).await;
            let unconfirmed: &[&str] = match told {
                Told::Nothing => &["lost"],
                answered => {
                    site.confirm("lost", answered == Told::Ack).await;
                    &[]
                }
            };
            assert_eq!(site.receipt().await.message_id.as_deref(), Some("lost"));
            assert_eq!(site.ready().await, MANY as u32);
            assert_eq!(site.close().await, unconfirmed);
        }
    }
}

#[tokio::test]
async fn a_denied_confirm_is_a_nack_of_that_message_alone() {
    for client in clients().await {
        let mut site = Site::start(client).await;
        let _lease = site.arm(Fault::Confirm(OnConfirm::Nack), Site::only("denied"));
        site.publish("denied").await;
        publish_many(&mut site).await;
        site.confirm("denied", false).await;
        all_confirmed(&mut site).await;
        assert_eq!(site.receipt().await.what, "confirm/nack");
        assert_eq!(site.ready().await, MANY as u32 + 1);
        assert_eq!(site.close().await, [""; 0]);
    }
}

#[tokio::test]
async fn a_publish_sent_twice_is_confirmed_once() {
    for client in clients().await {
        let mut site = Site::start(client).await;
        let _lease = site.arm(Fault::Publish(OnPublish::Duplicate), Site::only("twice"));
        site.publish("twice").await;
        publish_many(&mut site).await;
        site.confirm("twice", true).await;
        all_confirmed(&mut site).await;
        assert_eq!(site.receipt().await.what, "publish/duplicate");
        assert_eq!(site.ready().await, MANY as u32 + 2);
        assert_eq!(site.close().await, [""; 0]);
    }
}

#[tokio::test]
async fn a_return_by_the_fault_looks_like_one_by_the_broker() {
    for client in clients().await {
        let mut site = Site::start(client).await;
        let _lease = site.arm(Fault::Publish(OnPublish::Return), Site::only("refused"));
        for (id, key) in [("refused", None), ("nowhere", Some("no such queue"))] {
            let key = key.map(String::from);
            let (id, octets) = (id.to_owned(), 0);
            site.tell(Command::Publish { id, key, octets }).await;
        }
        site.publish("after").await;
        for id in ["refused", "nowhere"] {
            let expected = [
                Report::Returned {
                    id: id.to_owned(),
                    code: 312,
                },
                Report::Confirm {
                    id: id.to_owned(),
                    acked: true,
                },
            ];
            // In this order.
            for expected in expected {
                let next = site.heard("its next word", |report| match report {
                    Report::Returned { id: of, .. } | Report::Confirm { id: of, .. } => {
                        (of == id).then(|| report.clone())
                    }
                    _ => None,
                });
                assert_eq!(next.await, expected);
            }
        }
        site.confirm("after", true).await;
        assert_eq!(site.receipt().await.what, "publish/return");
        assert_eq!((site.ready().await, site.receipts_waiting()), (1, 0));
        assert_eq!(site.close().await, [""; 0]);
    }
}
