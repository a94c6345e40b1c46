use crate::site::{Pair, Site, hear, say, soon, to_the_end};
use link_proxy::{Fault, Probability, Way};
use std::num::NonZeroU16;
use tokio::io::AsyncReadExt;

const SAID: [u8; 64] = [0; 64];

fn corrupt(share: f64, way: Way) -> Fault {
    Fault::Corrupt {
        share: Probability::new(share).expect("a share"),
        way,
    }
}

/// What the server hears of a chunk at a time.
async fn heard(pair: &mut Pair) -> [u8; 64] {
    say(&mut pair.client, &SAID).await;
    let mut heard = SAID;
    let reading = soon("reading", pair.server.read_exact(&mut heard));
    reading.await.expect("read");
    heard
}

fn bits_set(octets: &[u8]) -> u32 {
    octets.iter().map(|octet| octet.count_ones()).sum()
}

#[tokio::test]
async fn one_bit_of_each_chunk_is_flipped_and_each_leaves_a_receipt() {
    let mut site = Site::start().await;
    let mut pair = site.connect().await;
    let lease = site.arm(corrupt(1.0, Way::ToUpstream));
    for _ in 0..10 {
        assert_eq!(bits_set(&heard(&mut pair).await), 1);
        let receipt = site.receipt().await;
        assert_eq!(
            (receipt.what, receipt.way, receipt.octets),
            ("link/corrupt", Some(Way::ToUpstream), 1)
        );
        say(&mut pair.server, &SAID).await;
        hear(&mut pair.client, &SAID).await;
    }
    drop(lease);
    assert_eq!(heard(&mut pair).await, SAID);
    assert!(site.receipts.is_empty());
}

#[tokio::test]
async fn the_seed_decides_which_chunks_and_which_bits() {
    let mut runs = Vec::new();
    for _ in 0..2 {
        let site = Site::start().await;
        let mut pair = site.connect().await;
        let _lease = site.arm(corrupt(0.5, Way::Both));
        let mut run = Vec::new();
        for _ in 0..40 {
            run.push(heard(&mut pair).await);
        }
        runs.push(run);
    }
    assert_eq!(runs[0], runs[1]);
    let touched = runs[0].iter().filter(|chunk| **chunk != SAID).count();
    assert!((8..=32).contains(&touched), "{touched} of 40");
}

#[tokio::test]
async fn a_request_is_answered_with_an_error_and_its_server_hears_nothing_of_it() {
    let mut site = Site::start().await;
    let (_site, mut beside) = Site::beside().await;
    let mut open = site.talking().await;
    let status = NonZeroU16::new(503).expect("a status");
    let lease = site.arm(Fault::AnswerError { status });
    let mut fresh = site.connect().await;
    for pair in [&mut open, &mut fresh] {
        say(
            &mut pair.client,
            b"POST /v1/traces HTTP/1.1\r\ncontent-length: 9\r\n\r\nspa",
        )
        .await;
        say(&mut pair.client, b"ns").await;
        let (answer, end) = to_the_end(&mut pair.client).await;
        end.expect("an orderly end");
        assert!(answer.starts_with(b"HTTP/1.1 503 "), "{answer:?}");
        assert!(answer.ends_with(b"\r\n\r\nchaos\n"), "{answer:?}");
        assert!(to_the_end(&mut pair.server).await.0.is_empty());
        let receipt = site.receipt().await;
        assert_eq!(
            (receipt.what, receipt.way),
            ("link/answer-error", Some(Way::ToUpstream))
        );
    }
    beside.talk().await;
    drop(lease);
    site.connect().await.talk().await;
}
