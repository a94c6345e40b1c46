use crate::site::{Pair, Site, hear, is_finished, is_reset, say};
use link_proxy::{Fault, Lease, Protocol, Way};
use tokio::{net::TcpStream, time::Instant};

/// Version 3, and no parameters.
const STARTUP: &[u8] = b"\0\0\0\x09\0\x03\0\0\0";
const COMMIT: &[u8] = b"Q\0\0\0\x0bCOMMIT\0";
const READY: &[u8] = b"Z\0\0\0\x05I";
const COMMITTED: &[u8] = b"C\0\0\0\x0bCOMMIT\0";

/// A client that has asked for a commit, which the server has heard.
async fn committing() -> (Site, Pair, Lease) {
    let site = Site::with(16, Protocol::Postgres).await;
    let mut pair = site.connect().await;
    say(&mut pair.client, STARTUP).await;
    hear(&mut pair.server, STARTUP).await;
    say(&mut pair.server, READY).await;
    hear(&mut pair.client, READY).await;
    let lease = site.arm(Fault::CutOnCommit {
        share: None,
        nth: None,
    });
    say(&mut pair.client, COMMIT).await;
    hear(&mut pair.server, COMMIT).await;
    (site, pair, lease)
}

async fn is_cut(mut site: Site, mut client: TcpStream, swallowed: &[u8]) {
    is_reset(&mut client).await;
    let receipt = site.receipt().await;
    assert_eq!(
        (receipt.what, receipt.way, receipt.octets),
        (
            "link/cut-on-commit",
            Some(Way::ToClient),
            swallowed.len() as u64
        )
    );
    assert!(site.receipts.is_empty());
}

#[tokio::test]
async fn a_client_is_reset_once_the_answer_is_whole_and_hears_nothing_of_it() {
    let (site, mut pair, _lease) = committing().await;
    let answer = [COMMITTED, READY].concat();
    for octet in &answer {
        say(&mut pair.server, &[*octet]).await;
    }
    is_reset(&mut pair.server).await;
    is_cut(site, pair.client, &answer).await;
}

#[tokio::test]
async fn a_server_that_hangs_up_instead_of_answering_is_not_heard_either() {
    let (site, mut pair, _lease) = committing().await;
    say(&mut pair.server, COMMITTED).await;
    drop(pair.server);
    is_cut(site, pair.client, COMMITTED).await;
}

#[tokio::test]
async fn the_wait_for_an_answer_ends_with_the_rule() {
    let (site, mut pair, lease) = committing().await;
    drop(lease);
    is_reset(&mut pair.server).await;
    is_cut(site, pair.client, b"").await;
}

#[tokio::test]
async fn the_wait_for_an_answer_has_an_end_of_its_own() {
    let (site, mut pair, _lease) = committing().await;
    // The clock runs as soon as there is nothing else to do.
    tokio::time::pause();
    let started = Instant::now();
    is_reset(&mut pair.server).await;
    assert_eq!(started.elapsed().as_secs(), 10);
    is_cut(site, pair.client, b"").await;
}

#[tokio::test]
async fn a_commit_in_the_midst_of_others_is_cut_and_nothing_behind_it_is_forwarded() {
    let site = Site::with(16, Protocol::Postgres).await;
    let _lease = site.arm(Fault::CutOnCommit {
        share: None,
        nth: Some(2),
    });
    let mut pair = site.connect().await;
    let all = [STARTUP, COMMIT, COMMIT, COMMIT].concat();
    say(&mut pair.client, &all).await;
    hear(&mut pair.server, &all[..all.len() - COMMIT.len()]).await;
    say(&mut pair.server, &[READY, COMMITTED, READY].concat()).await;
    hear(&mut pair.client, &[READY, COMMITTED, READY].concat()).await;
    say(&mut pair.server, &[COMMITTED, READY].concat()).await;
    is_reset(&mut pair.server).await;
    is_cut(site, pair.client, &[COMMITTED, READY].concat()).await;
}

#[tokio::test]
async fn a_link_that_does_not_know_the_protocol_cuts_nothing() {
    let site = Site::start().await;
    let _lease = site.arm(Fault::CutOnCommit {
        share: None,
        nth: None,
    });
    let mut pair = site.connect().await;
    say(&mut pair.client, &[STARTUP, COMMIT].concat()).await;
    hear(&mut pair.server, &[STARTUP, COMMIT].concat()).await;
    say(&mut pair.server, &[READY, COMMITTED, READY].concat()).await;
    hear(&mut pair.client, &[READY, COMMITTED, READY].concat()).await;
    drop(pair.client);
    is_finished(&mut pair.server).await;
}
