//! Who ends is not for that at the point where it was to end.

use std::sync::{Arc, OnceLock};

use chaos::receipt::Receipt;
use serde_json::{Value, json};

use crate::site::{Addresses, eventually, inject, order, site, stub};

/// An instance that is armed, and is another process after that.
async fn ended(test: &str, last_exit: &'static str) -> (Vec<Receipt>, Option<String>) {
    let own = Arc::new(OnceLock::<String>::new());
    let address = own.clone();
    let (control, heard) = stub(move |asked, before| match asked {
        "GET /processes" => {
            let pid = if before == 0 { 1 } else { 2 };
            let exit = (before > 0).then_some(last_exit);
            let orders = json!({
                "name": "orders-1", "service": "orders", "kind": "service", "pid": pid,
                "state": "running", "ready": true, "restarts": before.min(1),
                "admin_addr": address.get(), "last_exit": exit,
            });
            (200, json!([orders]))
        }
        _ => (204, Value::Null),
    })
    .await;
    let admin = control.trim_start_matches("http://").to_owned();
    own.set(admin).expect("once");
    let addresses = Addresses {
        control,
        ..Addresses::default()
    };
    let site = site(test, addresses).await;
    let crash = order("process/crash-at", json!({ "point": "after-commit" }));
    let injected = inject(&site, &crash).await.expect("it is armed");
    assert_eq!(heard.changes(), ["PUT /crash-points/after-commit"]);
    // The watcher has its answer under a lock, which the end waits for.
    eventually("the watcher has looked", async || {
        (heard.count("GET /processes") > 1).then_some(())
    })
    .await;
    let mut hold = injected.hold.expect("it lasts");
    hold.heal(&site).await.expect("it ends");
    (site.collected.take(&crash.name), hold.doubt())
}

#[tokio::test]
async fn who_ended_itself_has_come_to_its_point() {
    let (receipts, doubt) = ended("aborted", "killed by signal 6").await;
    assert_eq!(receipts.len(), 1);
    let signal = receipts[0].signal.as_deref();
    assert_eq!(signal, Some("abort after-commit"));
    assert_eq!(doubt, None);
}

#[tokio::test]
async fn who_was_killed_before_is_no_receipt_and_is_told() {
    let (receipts, doubt) = ended("killed", "killed by signal 9").await;
    assert_eq!(receipts, []);
    let told = "orders-1 did not come to after-commit: killed by signal 9";
    assert_eq!(doubt.as_deref(), Some(told));
}
