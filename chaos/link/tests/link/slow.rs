use crate::site::{HOUR, SHORT, Site, crash, hear, is_finished, is_reset, is_silent, say, until};
use link_proxy::{Fault, Way};
use std::{
    num::NonZeroU64,
    time::{Duration, Instant},
};
use tokio::io::AsyncWriteExt;

fn latency(delay: Duration, jitter: Duration, way: Way) -> Fault {
    Fault::Latency { delay, jitter, way }
}

fn bandwidth(bytes_per_second: u64, way: Way) -> Fault {
    Fault::Bandwidth {
        bytes_per_second: NonZeroU64::new(bytes_per_second).expect("not zero"),
        way,
    }
}

#[tokio::test]
async fn latency_holds_one_direction_and_ends_with_its_lease() {
    let mut site = Site::start().await;
    let (_site, mut beside) = Site::beside().await;
    let mut pair = site.talking().await;
    let forever = latency(Duration::MAX, Duration::MAX, Way::ToClient);
    let lease = site.arm_for(Duration::MAX, forever);
    say(&mut pair.client, b"at once").await;
    hear(&mut pair.server, b"at once").await;
    say(&mut pair.server, b"late").await;
    is_silent(&pair.client, &mut beside).await;
    let receipt = site.receipt().await;
    assert_eq!(
        (
            receipt.what,
            receipt.way,
            receipt.octets,
            receipt.connection
        ),
        ("link/latency", Some(Way::ToClient), 4, 1)
    );
    say(&mut pair.server, b" and later").await;
    drop(lease);
    hear(&mut pair.client, b"late and later").await;
    pair.talk().await;
    assert!(site.receipts.is_empty(), "one for each connection");
}

#[tokio::test]
async fn octets_that_are_late_come_in_order_and_not_before_their_time() {
    let site = Site::start().await;
    let mut pair = site.connect().await;
    let _lease = site.arm(latency(SHORT, SHORT, Way::Both));
    let started = Instant::now();
    let mut said = Vec::new();
    for octet in 0..100 {
        say(&mut pair.client, &[octet]).await;
        said.push(octet);
    }
    pair.client.shutdown().await.expect("ended");
    hear(&mut pair.server, &said).await;
    is_finished(&mut pair.server).await;
    assert!(started.elapsed() >= SHORT);
    say(&mut pair.server, b"back").await;
    hear(&mut pair.client, b"back").await;
    assert!(started.elapsed() >= 2 * SHORT);
}

#[tokio::test]
async fn a_narrow_link_trickles_and_is_wide_again_with_the_end_of_its_lease() {
    let mut site = Site::start().await;
    let mut pair = site.connect().await;
    let much = vec![7; 200_000];
    for way in [Way::ToUpstream, Way::Both] {
        let started = Instant::now();
        let lease = site.arm(bandwidth(1000, way));
        say(&mut pair.client, &much).await;
        hear(&mut pair.server, &much[..300]).await;
        assert!(started.elapsed() >= SHORT, "300 octets at 1000 a second");
        let receipt = site.receipt().await;
        assert_eq!(
            (receipt.what, receipt.way),
            ("link/bandwidth", Some(Way::ToUpstream))
        );
        // The rest would take minutes.
        drop(lease);
        hear(&mut pair.server, &much[300..]).await;
    }
    pair.talk().await;
}

#[tokio::test]
async fn the_sender_on_a_slow_link_waits_rather_than_filling_it() {
    let site = Site::start().await;
    let mut pair = site.connect().await;
    let _lease = site.arm(latency(HOUR, Duration::ZERO, Way::ToUpstream));
    let mut said = 0;
    let chunk = [7; 64 * 1024];
    while let Ok(write) = tokio::time::timeout(SHORT, pair.client.write(&chunk)).await {
        said += write.expect("said");
        assert!(said < 1 << 30, "the link remembers without a bound");
    }
    site.faults.heal();
    hear(&mut pair.server, &vec![7; said]).await;
}

#[tokio::test]
async fn an_end_is_heard_late_and_what_was_said_before_is_not() {
    let mut site = Site::start().await;
    let (_site, mut beside) = Site::beside().await;
    let mut pair = site.connect().await;
    let lease = site.arm(Fault::SlowClose { delay: HOUR });
    say(&mut pair.client, b"good-bye").await;
    pair.client.shutdown().await.expect("ended");
    hear(&mut pair.server, b"good-bye").await;
    is_silent(&pair.server, &mut beside).await;
    // The other direction goes on.
    say(&mut pair.server, b"an answer").await;
    hear(&mut pair.client, b"an answer").await;
    assert_eq!(site.receipt().await.what, "link/slow-close");
    drop(lease);
    is_finished(&mut pair.server).await;
}

#[tokio::test]
async fn a_crash_is_noticed_late_even_by_one_that_keeps_talking() {
    let site = Site::start().await;
    let (_site, mut beside) = Site::beside().await;
    let mut pair = site.connect().await;
    let lease = site.arm(Fault::SlowClose { delay: HOUR });
    pair.talk().await;
    crash(pair.client);
    for _ in 0..50 {
        say(&mut pair.server, b"are you there").await;
        beside.talk().await;
    }
    is_silent(&pair.server, &mut beside).await;
    drop(lease);
    is_reset(&mut pair.server).await;
    until("nothing is left open", || site.link.connections() == 0).await;
}

#[tokio::test]
async fn a_slow_close_comes_by_itself_when_its_time_is_over() {
    let site = Site::start().await;
    let _lease = site.arm(Fault::SlowClose { delay: SHORT });
    let mut pair = site.connect().await;
    let started = Instant::now();
    pair.server.shutdown().await.expect("ended");
    is_finished(&mut pair.client).await;
    assert!(started.elapsed() >= SHORT);
    drop(pair.client);
    is_finished(&mut pair.server).await;
}
