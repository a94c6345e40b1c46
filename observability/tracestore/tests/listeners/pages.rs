//! The pages: what they show, and that nothing sent can become markup.

use opentelemetry_proto::tonic::trace::v1::span::{Event, Link};
use opentelemetry_proto::tonic::trace::v1::{Span, Status};
use reqwest::StatusCode;

use crate::harness::{TestStore, span, start, text};

const HOSTILE: &str = "<script>alert('x')</script>\"><img src=x onerror=y>";

fn assert_harmless(page: &str) {
    assert!(
        !page.contains("<script") && !page.contains("<img"),
        "{page}"
    );
}

async fn an_order() -> TestStore {
    let store = start().await;
    let root = Span {
        name: "POST /orders".into(),
        kind: 2,
        ..span(0xa, 1, 0)
    };
    let handled = Span {
        name: "process order.placed".into(),
        parent_span_id: root.span_id.clone(),
        kind: 5,
        attributes: vec![text("breakwater.order_id", "3f0c")],
        links: vec![
            Link {
                trace_id: root.trace_id.clone(),
                span_id: root.span_id.clone(),
                ..Link::default()
            },
            Link {
                trace_id: vec![0xbb; 16],
                span_id: vec![0xcc; 8],
                ..Link::default()
            },
        ],
        status: Some(Status {
            code: 2,
            message: "out of stock".into(),
        }),
        ..span(0xa, 2, 1)
    };
    let orphan = Span {
        name: "late".into(),
        parent_span_id: vec![9; 8],
        ..span(0xa, 3, 2)
    };
    store.export("gateway", vec![root]).await;
    store.export("inventory", vec![handled, orphan]).await;
    store.export("payments", vec![span(0xb, 1, 5)]).await;
    store
}

#[tokio::test]
async fn the_list_shows_traces_newest_first_and_filters() {
    let store = an_order().await;
    let (status, page) = store.get("/").await;
    assert_eq!(status, StatusCode::OK);
    let (order, payment) = (
        format!("/trace/{:032x}", 0xa),
        format!("/trace/{:032x}", 0xb),
    );
    let at = |page: &str, what: &str| page.find(what);
    assert!(at(&page, &payment) < at(&page, &order) && at(&page, &payment).is_some());
    assert!(
        page.contains("POST /orders")
            && page.contains("✕ 1")
            && page.contains("2026-01-01 00:00:00.000")
    );
    for (filter, shown, hidden) in [
        ("?service=inventory", &order, &payment),
        ("?order=3f0c", &order, &payment),
        ("?service=payments&order=", &payment, &order),
    ] {
        let (_, page) = store.get(&format!("/{filter}")).await;
        assert!(page.contains(shown) && !page.contains(hidden), "{filter}");
    }
    let (_, page) = store.get("/?order=nothing").await;
    assert!(page.contains("No trace matches"));
}

#[tokio::test]
async fn the_waterfall_shows_parents_errors_links_and_what_is_missing() {
    let store = an_order().await;
    let (status, page) = store.get(&format!("/trace/{:032x}", 0xa)).await;
    assert_eq!(status, StatusCode::OK);
    let order = ["POST /orders", "process order.placed", "late"]
        .map(|name| page.rfind(&format!("</span> {name}")));
    assert!(order.is_sorted() && order[0].is_some(), "{page}");
    for shown in [
        "✕ error",
        "out of stock",
        "parent missing",
        "↗ 2",
        "<a href=\"#s-0000000000000001\">",
        "<a href=\"/trace/bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb#s-cccccccccccccccc\">",
        "breakwater.order_id",
    ] {
        assert!(page.contains(shown), "{shown} in {page}");
    }
}

#[tokio::test]
async fn nothing_that_is_sent_becomes_markup() {
    let store = start().await;
    let hostile = Span {
        name: HOSTILE.into(),
        trace_state: HOSTILE.into(),
        attributes: vec![text(HOSTILE, HOSTILE)],
        events: vec![Event {
            name: HOSTILE.into(),
            attributes: vec![text(HOSTILE, HOSTILE)],
            ..Event::default()
        }],
        links: vec![Link {
            trace_id: b"'\"><script>x".to_vec(),
            span_id: b"<img>".to_vec(),
            ..Link::default()
        }],
        status: Some(Status {
            code: 2,
            message: HOSTILE.into(),
        }),
        ..span(1, 1, 0)
    };
    store.export(HOSTILE, vec![hostile]).await;
    for path in [
        "/",
        "/?order=%3Cscript%3E%22",
        "/?service=%3Cscript%3E",
        &format!("/trace/{:032x}", 1),
        "/trace/%3Cscript%3E",
    ] {
        assert_harmless(&store.get(path).await.1);
    }
}

#[tokio::test]
async fn times_at_both_ends_of_the_range_are_drawn() {
    let store = start().await;
    let ends = [(0, u64::MAX), (u64::MAX, 0), (u64::MAX, u64::MAX), (0, 0)];
    let spans = ends.into_iter().zip(1..).map(|((start, end), id)| Span {
        start_time_unix_nano: start,
        end_time_unix_nano: end,
        ..span(1, id, 0)
    });
    store.export("orders", spans.collect()).await;
    for path in ["/", &format!("/trace/{:032x}", 1)] {
        assert_eq!(store.get(path).await.0, StatusCode::OK, "{path}");
    }
}

#[tokio::test]
async fn a_trace_that_is_not_here_says_so() {
    let store = start().await;
    let (status, page) = store.get("/trace/abc").await;
    assert_eq!(status, StatusCode::NOT_FOUND);
    assert!(page.contains("No such trace"));
    assert!(store.get("/").await.1.contains("No trace yet"));
    assert_eq!(store.get("/nowhere").await.0, StatusCode::NOT_FOUND);
}
