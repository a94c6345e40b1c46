use crate::site::{SHORT, Site, crash, hear, is_finished, is_reset, is_silent, say, until};
use link_proxy::{Fault, Way};
use tokio::io::{AsyncReadExt, AsyncWriteExt};

#[tokio::test]
async fn octets_vanish_in_one_direction_and_stay_vanished() {
    let mut site = Site::start().await;
    let (_site, mut beside) = Site::beside().await;
    let mut old = site.talking().await;
    let lease = site.arm(Fault::Blackhole {
        way: Way::ToUpstream,
    });
    let mut new = site.connect().await;
    for pair in [&mut old, &mut new] {
        say(&mut pair.client, b"unheard").await;
        let receipt = site.receipt().await;
        assert_eq!(
            (receipt.what, receipt.way, receipt.octets),
            ("link/blackhole", Some(Way::ToUpstream), 7)
        );
        is_silent(&pair.server, &mut beside).await;
        say(&mut pair.server, b"heard").await;
        hear(&mut pair.client, b"heard").await;
    }
    drop(lease);
    old.talk().await;
    new.talk().await;
}

#[tokio::test]
async fn nothing_is_closed_in_a_black_hole_until_it_ends_by_itself() {
    let site = Site::start().await;
    let (_site, mut beside) = Site::beside().await;
    let (mut finished, mut crashed) = (site.talking().await, site.talking().await);
    let lease = site.arm(Fault::Blackhole { way: Way::Both });
    say(&mut finished.client, b"unheard").await;
    finished.client.shutdown().await.expect("ended");
    crash(crashed.client);
    say(&mut crashed.server, b"to nobody").await;
    is_silent(&finished.server, &mut beside).await;
    is_silent(&crashed.server, &mut beside).await;
    assert!(lease.renew());
    drop(lease);
    is_finished(&mut finished.server).await;
    is_reset(&mut crashed.server).await;

    let mut pair = site.talking().await;
    let _lease = site.arm_for(SHORT, Fault::Blackhole { way: Way::Both });
    pair.server.shutdown().await.expect("ended");
    is_finished(&mut pair.client).await;
}

#[tokio::test]
async fn half_open_takes_the_server_away_and_the_client_is_never_told() {
    let mut site = Site::start().await;
    let (_site, mut beside) = Site::beside().await;
    let mut half = site.talking().await;
    let lease = site.arm(Fault::HalfOpen);
    is_finished(&mut half.server).await;
    let receipt = site.receipt().await;
    assert_eq!((receipt.what, receipt.connection), ("link/half-open", 1));
    site.connect().await.talk().await;
    say(&mut half.client, b"are you there").await;
    is_silent(&half.client, &mut beside).await;

    drop(lease);
    say(&mut half.client, b"and now").await;
    is_silent(&half.client, &mut beside).await;
    until("the other has left", || site.link.connections() == 1).await;
    drop(half.client);
    until("the client gave up", || site.link.connections() == 0).await;
    assert!(site.receipts.is_empty());
}

#[tokio::test]
async fn a_client_in_silence_can_still_be_reset() {
    let site = Site::start().await;
    let mut half = site.talking().await;
    let _silence = site.arm(Fault::HalfOpen);
    let mut nothing = [0; 1];
    assert_eq!(half.server.read(&mut nothing).await.expect("an end"), 0);
    let _reset = site.arm(Fault::Reset);
    is_reset(&mut half.client).await;
}
