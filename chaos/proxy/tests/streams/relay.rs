use crate::site::{HOUR, PATIENCE, Site, hear, heartbeat, message, say, soon, to_the_end};
use crate::traffic::{confirm_select, cut, method, stream};
use amq_protocol::protocol::{AMQPClass, connection};
use amqp_proxy::{
    Fault, Faults, OnBroker, OnPublish, Proxy, Receipts, Rule, Selector, Settings, StartError,
    Told,
    frame::{PROTOCOL_HEADER, Piece, Splitter},
    session::Side,
};
use proptest::{prelude::*, sample::Index, strategy::ValueTree, test_runner::TestRunner};
use std::time::Duration;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpListener,
};

#[tokio::test]
async fn streams_pass_the_sockets_unchanged_in_both_directions_at_once() {
    let site = Site::start().await;
    let mut runner = TestRunner::deterministic();
    let places = proptest::collection::vec(any::<Index>(), 0..20);
    for _ in 0..20 {
        let mut draw = |side| {
            let frames = stream(side)
                .new_tree(&mut runner)
                .expect("a stream")
                .current()
                .concat();
            let places = places.new_tree(&mut runner).expect("places").current();
            let octets = match side {
                Side::Client => [PROTOCOL_HEADER.to_vec(), frames].concat(),
                Side::Broker => frames,
            };
            (cut(&octets, &places), octets)
        };
        let (requests, request) = draw(Side::Client);
        let (answers, answer) = draw(Side::Broker);
        let (mut client, mut broker) = site.connect().await;
        let (mut from_client, mut to_client) = client.split();
        let (mut from_broker, mut to_broker) = broker.split();
        let conversation = async {
            tokio::join!(
                async {
                    for piece in &requests {
                        to_client.write_all(piece).await.expect("said");
                    }
                },
                async {
                    for piece in &answers {
                        to_broker.write_all(piece).await.expect("said");
                    }
                },
                async {
                    let mut heard = vec![0; request.len()];
                    from_broker.read_exact(&mut heard).await.expect("heard");
                    assert!(heard == request, "towards the broker");
                },
                async {
                    let mut heard = vec![0; answer.len()];
                    from_client.read_exact(&mut heard).await.expect("heard");
                    assert!(heard == answer, "towards the client");
                },
            );
        };
        soon("the conversation", conversation).await;
    }
}

#[tokio::test]
async fn heartbeats_and_other_channels_pass_a_delayed_message_by() {
    let mut site = Site::start().await;
    let only = Selector {
        message_id: Some("late".into()),
        ..Selector::default()
    };
    let lease = site.arm(OnPublish::Delay(HOUR), only);
    let (mut client, mut broker) = site.open().await;
    let (late, behind, other) = (
        message(1, "late"),
        message(1, "behind"),
        message(2, "other"),
    );
    say(
        &mut client,
        &[&late[..], &behind, &other, &heartbeat()].concat(),
    )
    .await;
    let heard = hear(&mut broker, other.len() + heartbeat().len()).await;
    assert_eq!(heard, [&other[..], &heartbeat()].concat());
    let receipt = soon("a receipt", site.receipts.recv()).await.expect("left");
    assert_eq!(receipt.what, "publish/delay");
    assert_eq!(receipt.message_id.as_deref(), Some("late"));

    // The lease ends, and with it the delay: in order, and whole.
    drop(lease);
    let heard = hear(&mut broker, late.len() + behind.len()).await;
    assert_eq!(heard, [late, behind].concat());
}

#[tokio::test]
async fn a_delay_ends_by_itself_when_it_is_over_or_its_lease_runs_out() {
    let site = Site::start().await;
    let short = Duration::from_millis(50);
    for (delay, term) in [(short, HOUR), (HOUR, short)] {
        let (mut client, mut broker) = site.open().await;
        let rule = Rule {
            name: "late".into(),
            seed: 1,
            which: Selector::default(),
            fault: Fault::Publish(OnPublish::Delay(delay)),
        };
        let lease = site.faults.arm(rule, term);
        let late = message(1, "late");
        say(&mut client, &late).await;
        assert_eq!(hear(&mut broker, late.len()).await, late);
        drop(lease);
    }
}

#[tokio::test]
async fn what_was_said_before_a_close_or_a_hang_up_is_not_lost_to_a_delay() {
    let site = Site::start().await;
    let _lease = site.arm(OnPublish::Delay(HOUR), Selector::default());
    let close = method(
        0,
        AMQPClass::Connection(connection::AMQPMethod::Close(connection::Close::default())),
    );
    for last in [close, Vec::new()] {
        let (mut client, mut broker) = site.open().await;
        let said = [message(1, "late"), last].concat();
        say(&mut client, &said).await;
        client.shutdown().await.expect("hung up");
        assert_eq!(to_the_end(&mut broker).await, said);
    }
}

#[tokio::test]
async fn a_dropped_publish_is_answered_as_intended_and_never_seen_upstream() {
    for (told, answer) in [(Told::Ack, 80), (Told::Nack, 120)] {
        let mut site = Site::start().await;
        let second = Selector {
            nth: Some(2),
            ..Selector::default()
        };
        let _lease = site.arm(OnPublish::Drop(told), second);
        let (mut client, mut broker) = site.open().await;
        let (first, third) = (message(1, "1"), message(1, "3"));
        let select = method(1, confirm_select());
        say(
            &mut client,
            &[&select[..], &first, &message(1, "2"), &third].concat(),
        )
        .await;
        let seen = hear(&mut broker, select.len() + first.len() + third.len()).await;
        assert_eq!(seen, [&select[..], &first, &third].concat());
        let confirm = hear(&mut client, 21).await;
        assert_eq!(
            confirm[7..],
            [0, 60, 0, answer, 0, 0, 0, 0, 0, 0, 0, 2, 0, 0xce]
        );
        // The broker's second is the client's third.
        say(&mut broker, &method(1, crate::traffic::ack(2, true))).await;
        let confirm = hear(&mut client, 21).await;
        assert_eq!(confirm, method(1, crate::traffic::ack(3, true)));
        let receipt = soon("a receipt", site.receipts.recv()).await.expect("left");
        assert_eq!(receipt.message_id.as_deref(), Some("2"));
    }
}

#[tokio::test]
async fn a_blocked_client_is_not_read_while_heartbeats_towards_it_pass() {
    let site = Site::start().await;
    let (mut client, mut broker) = site.open_whole().await;
    let lease = site.arm_any(Fault::Broker(OnBroker::Blocked));
    let blocked = hear(&mut client, 22).await;
    assert_eq!(blocked[7..11], [0, 10, 0, 60]);
    let message = message(1, "1");
    say(&mut client, &message).await;
    for _ in 0..20 {
        // The broker hears a heartbeat for each of its own, and nothing of the message.
        say(&mut broker, &heartbeat()).await;
        assert_eq!(hear(&mut client, 8).await, heartbeat());
        assert_eq!(hear(&mut broker, 8).await, heartbeat());
    }
    drop(lease);
    assert_eq!(hear(&mut client, 12).await[7..11], [0, 10, 0, 61]);
    assert_eq!(hear(&mut broker, message.len()).await, message);
}

#[tokio::test]
async fn a_forced_close_ends_both_sockets_once_the_client_has_answered() {
    let site = Site::start().await;
    let (mut client, mut broker) = site.open_whole().await;
    let _lease = site.arm_any(Fault::Broker(OnBroker::CloseConnection));
    let head = hear(&mut client, 13).await;
    assert_eq!(head[7..], [0, 10, 0, 50, 1, 64], "connection.close 320");
    let close_ok = connection::AMQPMethod::CloseOk(connection::CloseOk {});
    say(&mut client, &method(0, AMQPClass::Connection(close_ok))).await;
    to_the_end(&mut client).await;
    assert_eq!(to_the_end(&mut broker).await, b"");
}

#[tokio::test]
async fn both_sides_are_told_why_a_malformed_connection_ends() {
    let site = Site::start().await;
    let (mut client, mut broker) = site.open().await;
    say(&mut client, b"\x08\0\0\0\0\0\0\xcd").await;
    for side in [&mut client, &mut broker] {
        let heard = to_the_end(side).await;
        assert_eq!(heard[7..13], [0, 10, 0, 50, 1, 245], "connection.close 501");
        let mut splitter = Splitter::of_broker();
        splitter.buffer().extend_from_slice(&heard);
        assert!(
            matches!(splitter.next(4096), Ok(Some(Piece::Frame(_)))),
            "a whole frame"
        );
    }
}

#[tokio::test]
async fn a_client_of_another_protocol_is_told_which_one_is_spoken_here() {
    let site = Site::start().await;
    let (mut client, mut broker) = site.connect().await;
    say(&mut client, b"GET / HTTP/1.1\r\n\r\n").await;
    client.shutdown().await.expect("hung up");
    assert_eq!(to_the_end(&mut client).await, PROTOCOL_HEADER);
    assert_eq!(to_the_end(&mut broker).await, b"");
}

#[tokio::test]
async fn without_a_receipts_place_a_message_passes_untouched() {
    let site = Site::start().await;
    let Site {
        faults, receipts, ..
    } = &site;
    assert!(!receipts.is_closed());
    let _lease = site.arm(OnPublish::Drop(Told::Nothing), Selector::default());
    let (mut client, mut broker) = site.open().await;
    let said: Vec<u8> = (0..70)
        .flat_map(|id| message(1, &format!("{id:02}")))
        .collect();
    say(&mut client, &said).await;
    // 64 receipts have a place; nobody collects them.
    let passed = said.len() / 70 * 6;
    assert_eq!(hear(&mut broker, passed).await, said[said.len() - passed..]);
    assert_eq!(faults.unrecorded(), 6);
}

#[tokio::test]
async fn it_does_not_start_before_something_that_is_no_broker() {
    let start = |upstream: String, within| {
        let settings = Settings {
            listen: ([127, 0, 0, 1], 0).into(),
            upstream,
            connect_within: within,
        };
        Proxy::start(settings, Faults::new(Receipts::channel(1).0))
    };
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let address = listener.local_addr().expect("bound").to_string();

    let silent = start(address.clone(), Duration::from_millis(50)).await;
    assert!(
        matches!(silent, Err(StartError::Upstream { .. })),
        "accepts, says nothing"
    );

    let answer = async {
        let (_silent, _) = listener.accept().await.expect("the one before");
        let (mut probe, _) = listener.accept().await.expect("the probe");
        probe
            .write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n")
            .await
            .expect("said");
    };
    let (other, ()) = tokio::join!(start(address.clone(), PATIENCE), answer);
    assert!(
        matches!(other, Err(StartError::Upstream { .. })),
        "another protocol"
    );

    drop(listener);
    let gone = start(address, PATIENCE).await;
    assert!(
        matches!(gone, Err(StartError::Upstream { .. })),
        "nobody there"
    );
}
