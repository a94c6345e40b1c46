use crate::site::{Pair, SHORT, Site, crash, is_finished, is_reset, link, soon, to_the_end, until};
use link_proxy::{Fault, Faults, Protocol, Receipts, Way};
use proptest::{collection::vec, prelude::*, strategy::ValueTree, test_runner::TestRunner};
use std::{num::NonZeroU64, time::Duration};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{
        TcpListener, TcpStream,
        tcp::{ReadHalf, WriteHalf},
    },
    time::sleep,
};

/// Says all, ends that direction only, and hears the other out.
async fn side(
    (mut from, mut to): (ReadHalf<'_>, WriteHalf<'_>),
    says: &[Vec<u8>],
    waits: bool,
) -> Vec<u8> {
    let mut heard = Vec::new();
    if waits {
        from.read_to_end(&mut heard).await.expect("heard");
    }
    let talking = async {
        for chunk in says {
            to.write_all(chunk).await.expect("said");
        }
        to.shutdown().await.expect("ended");
    };
    if waits {
        talking.await;
    } else {
        let (_, all) = tokio::join!(talking, from.read_to_end(&mut heard));
        all.expect("heard");
    }
    heard
}

/// Random conversations, with who waits for whom in turn.
async fn is_a_plain_wire(site: &Site, rounds: usize) {
    let mut runner = TestRunner::deterministic();
    let chunks = vec(vec(any::<u8>(), 0..100_000), 0..12);
    for (client_waits, server_waits) in
        [(false, false), (true, false), (false, true)].repeat(rounds)
    {
        let mut draw = || chunks.new_tree(&mut runner).expect("chunks").current();
        let (requests, answers) = (draw(), draw());
        let Pair {
            mut client,
            mut server,
        } = site.connect().await;
        let (at_client, at_server) = soon("the conversation", async {
            tokio::join!(
                side(client.split(), &requests, client_waits),
                side(server.split(), &answers, server_waits),
            )
        })
        .await;
        assert!(at_server == requests.concat(), "towards the server");
        assert!(at_client == answers.concat(), "towards the client");
    }
    until("nothing is left open", || site.link.connections() == 0).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_leaves_is_what_came_in_both_directions_and_each_ends_by_itself() {
    for protocol in [Protocol::Opaque, Protocol::Postgres] {
        is_a_plain_wire(&Site::with(1, protocol).await, 8).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_lost_or_out_of_order_while_slowness_comes_and_goes() {
    let site = Site::start().await;
    let way = Way::Both;
    let faults = [
        Fault::Bandwidth {
            bytes_per_second: NonZeroU64::new(1_000_000).expect("not zero"),
            way,
        },
        Fault::Latency {
            delay: Duration::from_millis(1),
            jitter: Duration::from_millis(3),
            way,
        },
        Fault::SlowClose { delay: SHORT },
    ];
    let weather = async {
        for fault in faults.iter().cycle() {
            let lease = site.arm(fault.clone());
            sleep(Duration::from_millis(5)).await;
            drop(lease);
            sleep(Duration::from_millis(2)).await;
        }
    };
    tokio::select! {
        () = weather => {}
        () = is_a_plain_wire(&site, 4) => {}
    }
}

#[tokio::test]
async fn a_side_that_is_gone_is_gone_for_the_other_after_its_last_words() {
    let site = Site::start().await;
    let Pair { mut client, server } = site.talking().await;
    crash(server);
    is_reset(&mut client).await;

    let Pair { client, mut server } = site.talking().await;
    crash(client);
    is_reset(&mut server).await;

    let Pair {
        mut client,
        mut server,
    } = site.connect().await;
    client.write_all(b"last words").await.expect("said");
    drop(client);
    assert_eq!(to_the_end(&mut server).await.0, b"last words");
    // Whoever answers nobody learns it, as on a link of its own.
    let answering = async { while server.write_all(&[0; 4096]).await.is_ok() {} };
    soon("the answers fail", answering).await;
    until("nothing is left open", || site.link.connections() == 0).await;
}

#[tokio::test]
async fn a_slow_reader_slows_its_sender_and_nothing_is_lost() {
    let site = Site::start().await;
    let mut pair = site.connect().await;
    let chunk = [7; 64 * 1024];
    let mut said = 0;
    // Until every buffer on the way is full.
    while let Ok(write) = tokio::time::timeout(SHORT, pair.client.write(&chunk)).await {
        said += write.expect("said");
        assert!(said < 1 << 30, "somebody remembers without a bound");
    }
    pair.client.shutdown().await.expect("ended");
    assert_eq!(to_the_end(&mut pair.server).await.0.len(), said);
}

#[tokio::test]
async fn a_client_of_a_dependency_that_is_down_is_hung_up_on() {
    let nobody = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let upstream = nobody.local_addr().expect("bound").to_string();
    drop(nobody);
    let link = link(
        upstream,
        Protocol::Opaque,
        &Faults::new(Receipts::channel(1).0),
    )
    .await;
    let mut client = TcpStream::connect(link.address()).await.expect("listens");
    is_finished(&mut client).await;
}

#[tokio::test]
async fn connections_end_with_the_link() {
    let site = Site::start().await;
    let mut pair = site.connect().await;
    pair.talk().await;
    assert_eq!(site.link.connections(), 1);
    let address = site.link.address();
    drop(site);
    is_finished(&mut pair.client).await;
    is_finished(&mut pair.server).await;
    assert!(TcpStream::connect(address).await.is_err());
}
