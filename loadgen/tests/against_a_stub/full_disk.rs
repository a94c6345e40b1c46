//! An operation that cannot be written down does not happen.

use crate::stub::{Bench, Gateway, Mood, plain};

#[tokio::test]
async fn once_the_disk_is_full_nothing_is_sent() {
    let gateway = Gateway::start(Mood::Accept).await;
    let mut bench = Bench::writing_to(
        "/dev/full".into(),
        vec![gateway.url.clone()],
        &plain(),
        None,
    );
    bench.order().await;
    bench.refused().await;
    let sent = gateway.seen().len();
    bench.order().await;
    assert_eq!(gateway.seen().len(), sent);
}
