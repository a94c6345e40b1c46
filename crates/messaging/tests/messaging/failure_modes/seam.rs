//! At the seam: a publisher, a consumer, a connect, without a service.

use super::*;

/// F1, at the seam: a confirm that never comes does not wait for ever.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn f1_a_swallowed_confirm_is_an_unknown_outcome() {
    let (_vhost, middleman, session, mut publisher) = publisher().await;
    middleman.swallow_confirms(true);
    assert_eq!(
        publisher.publish(&[add(COUNTER, 1, 1)]).await,
        Ok(vec![Outcome::Unknown])
    );
    drop(session);
}

/// F8: told that it is blocked, a publisher sends nothing and says so.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn f8_a_blocked_publisher_says_so_and_recovers() {
    let (_vhost, middleman, _session, mut publisher) = publisher().await;
    middleman.forge_blocked(true).await;
    eventually("blocked", async || {
        (publisher.publish(&[]).await == Err(Blocked)).then_some(())
    })
    .await;
    middleman.forge_blocked(false).await;
    let sent = eventually("reading again", async || {
        publisher.publish(&[add(COUNTER, 1, 1)]).await.ok()
    })
    .await;
    assert_eq!(sent, [Outcome::Confirmed]);
}

/// F33: cut while a confirm is open.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn f33_a_cut_with_an_open_confirm_is_an_unknown_outcome_and_ends_the_session() {
    let (_vhost, middleman, session, mut publisher) = publisher().await;
    middleman.swallow_confirms(true);
    let window = [add(COUNTER, 1, 1)];
    let cut = async {
        until("published", || middleman.swallowed() > 0).await;
        middleman.cut();
    };
    let (outcomes, ()) = tokio::join!(publisher.publish(&window), cut);
    assert_eq!(outcomes, Ok(vec![Outcome::Unknown]));
    let ended = tokio::time::timeout(Duration::from_secs(10), session.ended());
    ended.await.expect("the session notices");
}

async fn publisher() -> (Vhost, Middleman, AmqpSession, AmqpPublisher) {
    let vhost = Vhost::create().await;
    let (middleman, url) = Middleman::before(&vhost.amqp_url().await).await;
    let broker = AmqpBroker::new(&url, SERVICE, "tally-1")
        .expect("a valid address")
        .with_confirm_timeout(CONFIRM_TIMEOUT);
    let session = broker.connect(Role::Publish).await.expect("connected");
    session.declare(&topology()).await.expect("declared");
    let publisher = session.publisher().await.expect("confirms on");
    (vhost, middleman, session, publisher)
}

/// F11: TCP accepts, AMQP never speaks. The connection is given up and cut.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn f11_a_peer_that_accepts_and_stays_silent_is_given_up() {
    use tokio::io::AsyncReadExt;
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let url = format!(
        "amqp://guest:guest@{}/%2f",
        listener.local_addr().expect("bound")
    );
    let broker = AmqpBroker::new(&url, SERVICE, "tally-1").expect("a valid address");
    let silent = async {
        let (mut peer, _) = listener.accept().await.expect("a client");
        let mut heard = Vec::new();
        // Ends when the client cuts the connection: nothing is left behind.
        let _ = peer.read_to_end(&mut heard).await;
        heard
    };
    let (connected, heard) = tokio::join!(broker.connect(Role::Publish), silent);
    assert_eq!(connected.err(), Some(BrokerError::Silent("connect")));
    assert_eq!(&heard[..4], b"AMQP");
}

/// F32: nothing was sent, and that is said.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn f32_an_acknowledgement_after_a_cut_is_an_error() {
    let (_vhost, middleman, session, mut publisher) = publisher().await;
    publisher
        .publish(&[add(COUNTER, 1, 1)])
        .await
        .expect("not blocked");
    let mut consumer = session.consumer(SERVICE, 10).await.expect("consuming");
    let taken = consumer.next().await.expect("a delivery");
    middleman.cut();
    let ended = tokio::time::timeout(Duration::from_secs(10), session.ended());
    ended.await.expect("the session notices");
    assert!(consumer.ack(taken[0].tag).await.is_err());
    assert!(consumer.next().await.is_err());
}
