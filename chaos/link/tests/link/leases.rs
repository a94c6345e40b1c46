use crate::site::{SHORT, Site, link, soon, until};
use link_proxy::{Fault, Faults, Probability, Protocol, Receipts, Rule, Way};
use std::{io, num::NonZeroU64, time::Duration};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    time::timeout,
};

/// All that can be armed before a link without breaking it for good.
fn all() -> [Fault; 9] {
    let share = Probability::new(1.0).expect("a share");
    let way = Way::Both;
    [
        Fault::Latency {
            delay: Duration::MAX,
            jitter: Duration::MAX,
            way,
        },
        Fault::Bandwidth {
            bytes_per_second: NonZeroU64::MIN,
            way,
        },
        Fault::Reset,
        Fault::Blackhole { way },
        Fault::HalfOpen,
        Fault::Refuse,
        Fault::SlowClose {
            delay: Duration::MAX,
        },
        Fault::Corrupt { share, way },
        Fault::CutOnCommit {
            share: None,
            nth: None,
        },
    ]
}

#[tokio::test]
async fn a_fault_whose_receipt_has_no_place_is_not_worked() {
    let mut site = Site::with(1, Protocol::Opaque).await;
    let mut pair = site.connect().await;
    // Takes the only place.
    let harmless = site.arm(Fault::Latency {
        delay: Duration::ZERO,
        jitter: Duration::ZERO,
        way: Way::Both,
    });
    pair.talk().await;
    drop(harmless);
    for fault in all() {
        let before = site.faults.unrecorded();
        let lease = site.arm(fault.clone());
        pair.talk().await;
        site.connect().await.talk().await;
        let works_here = !matches!(
            fault,
            // Neither an end nor a commit has come.
            Fault::SlowClose { .. } | Fault::CutOnCommit { .. }
        );
        if works_here {
            until("it is counted", || site.faults.unrecorded() > before).await;
        }
        drop(lease);
    }
    pair.talk().await;
    assert_eq!(site.receipt().await.what, "link/latency");
    assert!(site.receipts.is_empty());
}

async fn echo() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let address = listener.local_addr().expect("bound").to_string();
    tokio::spawn(async move {
        while let Ok((mut client, _)) = listener.accept().await {
            tokio::spawn(async move {
                let (mut from, mut to) = client.split();
                tokio::io::copy(&mut from, &mut to).await
            });
        }
    });
    address
}

async fn is_answered(mut client: TcpStream) -> io::Result<()> {
    let mut answer = [0; 5];
    client.write_all(b"hello").await?;
    client.read_exact(&mut answer).await?;
    match &answer == b"hello" {
        true => Ok(()),
        false => Err(io::ErrorKind::InvalidData.into()),
    }
}

#[tokio::test]
async fn new_connections_are_as_ever_once_a_fault_has_run_out_by_itself() {
    for fault in all() {
        let (receipts, _collected) = Receipts::channel(4096);
        let faults = Faults::new(receipts);
        let link = link(echo().await, Protocol::Opaque, &faults).await;
        let rule = Rule {
            name: "a fault".into(),
            seed: 1,
            fault,
        };
        let _lease = faults.arm(rule, SHORT);
        let as_ever = async {
            loop {
                let asked = async { is_answered(TcpStream::connect(link.address()).await?).await };
                if let Ok(Ok(())) = timeout(SHORT, asked).await {
                    return;
                }
            }
        };
        soon("an answer", as_ever).await;
    }
}

#[test]
fn each_fault_has_a_label_of_its_own() {
    let labels: std::collections::BTreeSet<_> = all().iter().map(Fault::label).collect();
    assert_eq!(labels.len(), all().len());
    assert!(labels.iter().all(|label| label.starts_with("link/")));
}
