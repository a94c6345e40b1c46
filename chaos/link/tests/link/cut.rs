use crate::site::{HOUR, SHORT, Site, is_reset, say, soon, until};
use link_proxy::Fault;
use std::{collections::BTreeSet, io::ErrorKind, time::Duration};

#[tokio::test]
async fn a_reset_cuts_all_that_is_open_and_all_that_begins_to_talk() {
    let mut site = Site::start().await;
    let (_site, mut beside) = Site::beside().await;
    let (mut first, mut second) = (site.talking().await, site.talking().await);
    let lease = site.arm(Fault::Reset);
    for pair in [&mut first, &mut second] {
        is_reset(&mut pair.client).await;
        is_reset(&mut pair.server).await;
    }
    let mut third = site.connect().await;
    say(&mut third.client, b"hello").await;
    is_reset(&mut third.client).await;
    is_reset(&mut third.server).await;
    let mut touched = BTreeSet::new();
    for _ in 0..3 {
        let receipt = site.receipt().await;
        assert_eq!(
            (receipt.fault.as_str(), receipt.what),
            ("a fault", "link/reset")
        );
        touched.insert((receipt.connection, receipt.octets));
    }
    assert_eq!(touched, BTreeSet::from([(1, 0), (2, 0), (3, 5)]));
    beside.talk().await;

    let mut quiet = site.connect().await;
    drop(lease);
    quiet.talk().await;
    site.connect().await.talk().await;
    assert_eq!(site.faults.unrecorded(), 0);
}

#[tokio::test]
async fn while_refused_nobody_listens_and_the_same_port_opens_by_itself() {
    let mut site = Site::start().await;
    let (_site, mut beside) = Site::beside().await;
    let mut open = site.talking().await;
    let lease = site.arm_for(Duration::from_secs(3), Fault::Refuse);
    is_reset(&mut open.client).await;
    is_reset(&mut open.server).await;
    let refused = async {
        loop {
            assert!(lease.renew(), "not over yet");
            match site.dial().await {
                Err(error) if error.kind() == ErrorKind::ConnectionRefused => return,
                // Accepted in the last moment.
                Ok(_) | Err(_) => {}
            }
        }
    };
    soon("a refusal", refused).await;
    beside.talk().await;
    let mut touched = BTreeSet::new();
    while touched.len() < 2 {
        let receipt = site.receipt().await;
        assert_eq!((receipt.what, receipt.way), ("link/refuse", None));
        touched.insert(receipt.connection);
    }
    assert!(touched.contains(&0) && touched.contains(&1), "{touched:?}");

    // Nobody renews the lease, and there is no traffic.
    let opened = async {
        while site.dial().await.is_err() {
            tokio::time::sleep(SHORT / 10).await;
        }
    };
    soon("the port opens", opened).await;
    assert!(!lease.renew());
}

#[tokio::test]
async fn a_port_opens_again_by_drop_and_by_healing_however_often() {
    let site = Site::start().await;
    for heal in [true, false, true, false] {
        let lease = site.arm_for(HOUR, Fault::Refuse);
        let refused = async { while site.dial().await.is_ok() {} };
        soon("a refusal", refused).await;
        match heal {
            true => site.faults.heal(),
            false => drop(lease),
        }
        let opened = async { while site.dial().await.is_err() {} };
        soon("the port opens", opened).await;
    }
    until("callers have left", || site.link.connections() == 0).await;
}
