//! One order is one connected trace, and the counters are what the databases hold.

use end_to_end::{Shop, System, eventually, system::send};
use reqwest::Method;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// (service, span) of every span of a trace, and the parents that are not in it.
struct Trace {
    spans: BTreeSet<(String, String)>,
    orphans: BTreeSet<String>,
}

async fn trace(system: &System, id: &str) -> Option<Trace> {
    let traces = system
        .known
        .endpoints
        .traces
        .as_ref()
        .expect("tracing is on");
    let url = format!("{traces}/api/v3/traces/{id}");
    let answer = send(system.client().get(url)).await;
    let resources = answer.body["result"]["resourceSpans"].as_array()?;
    let mut spans = BTreeSet::new();
    let mut parents = BTreeMap::new();
    for resource in resources {
        let attributes = resource["resource"]["attributes"].as_array()?;
        let service = attributes
            .iter()
            .find(|attribute| attribute["key"] == "service.name")?;
        let service = service["value"]["stringValue"].as_str()?;
        for span in resource["scopeSpans"].as_array()?.iter().flat_map(spans_of) {
            spans.insert((service.to_owned(), span["name"].as_str()?.to_owned()));
            let parent = span["parentSpanId"].as_str().unwrap_or_default();
            parents.insert(span["spanId"].as_str()?.to_owned(), parent.to_owned());
        }
    }
    let orphans = parents
        .values()
        .filter(|parent| !parent.is_empty() && !parents.contains_key(*parent))
        .cloned()
        .collect();
    Some(Trace { spans, orphans })
}

fn spans_of(scope: &Value) -> impl Iterator<Item = &Value> {
    scope["spans"].as_array().into_iter().flatten()
}

const COMMON: [(&str, &str); 4] = [
    ("gateway", "POST /orders"),
    ("orders", "POST /orders"),
    ("order-view", "project order.placed"),
    ("order-view", "project order.confirmed"),
];
const CHOREOGRAPHY: [(&str, &str); 8] = [
    ("inventory", "process order.placed"),
    ("payments", "process stock.reserved"),
    ("shipping", "process payment.held"),
    ("payments", "process shipment.arranged"),
    ("inventory", "process shipment.arranged"),
    ("orders", "process shipment.arranged"),
    ("orders", "process payment.captured"),
    ("orders", "process stock.dispatched"),
];
const ORCHESTRATION: [(&str, &str); 12] = [
    ("orchestrator", "process order.placed"),
    ("inventory", "process inventory.reserve"),
    ("orchestrator", "process stock.reserved"),
    ("payments", "process payments.hold"),
    ("orchestrator", "process payment.held"),
    ("shipping", "process shipping.arrange"),
    ("orchestrator", "process shipment.arranged"),
    ("payments", "process payments.capture"),
    ("inventory", "process inventory.dispatch"),
    ("orchestrator", "process payment.captured"),
    ("orchestrator", "process stock.dispatched"),
    ("orders", "process orders.confirm"),
];

#[tokio::test]
async fn an_order_is_one_connected_trace_from_the_gateway_to_the_projection() {
    let system = System::shared().await;
    let shop = Shop::open(&system);
    for (coordination, own) in [
        ("choreography", &CHOREOGRAPHY[..]),
        ("orchestration", &ORCHESTRATION[..]),
    ] {
        let basket = shop.basket(coordination).await;
        let trace_id = uuid::Uuid::new_v4().simple().to_string();
        let (caller, key) = ("00f067aa0ba902b7", shop.name(coordination));
        let request = system
            .request(Method::POST, "/orders")
            .header("traceparent", format!("00-{trace_id}-{caller}-01"))
            .header("idempotency-key", key)
            .json(&basket.body());
        let placed = send(request).await;
        assert_eq!(placed.status, 202, "{placed:?}");
        shop.ended(placed.body["order_id"].as_str().expect("an id"))
            .await;
        let expected: BTreeSet<(String, String)> = COMMON
            .iter()
            .chain(own)
            .map(|(service, span)| (service.to_string(), span.to_string()))
            .collect();
        let whole = eventually("every span of the order is there", async || {
            let trace = trace(&system, &trace_id).await?;
            expected.is_subset(&trace.spans).then_some(trace)
        })
        .await;
        // The one parent that is not there is the caller's own span.
        assert_eq!(whole.orphans, BTreeSet::from([caller.to_owned()]));
    }
}

/// The trace in which somebody asked about this order's deadline.
async fn trace_of_deadline(system: &System, order_id: &str) -> Option<String> {
    let traces = system.known.endpoints.traces.as_ref()?;
    let request = system.client().get(format!("{traces}/api/v3/traces"));
    let query = [
        ("query.service_name", "orders"),
        ("query.operation_name", "deadline reached"),
        ("query.start_time_min", "2020-01-01T00:00:00Z"),
        ("query.start_time_max", "2100-01-01T00:00:00Z"),
    ];
    let answer = send(request.query(&query)).await;
    let resources = answer.body["result"]["resourceSpans"].as_array()?;
    let scopes = resources.iter().flat_map(|it| it["scopeSpans"].as_array());
    let mut spans = scopes.flatten().flat_map(spans_of);
    let of_order = |span: &&Value| {
        let attributes = span["attributes"].as_array().into_iter().flatten();
        let mut attributes = attributes.filter(|it| it["key"] == "breakwater.order_id");
        attributes.any(|it| it["value"]["stringValue"] == order_id)
    };
    let found = spans.find(of_order)?;
    found["traceId"].as_str().map(str::to_owned)
}

#[tokio::test]
async fn what_a_deadline_asks_for_is_one_connected_trace_that_its_order_leads_to() {
    let system = System::alone().await;
    let shop = Shop::open(&system);
    let basket = shop.basket("choreography").await;
    for process in ["shipping-1", "shipping-2"] {
        system.control(process, "pause").await;
    }
    let id = shop.place(&basket).await;
    let trace_id = eventually("the deadline has come", async || {
        trace_of_deadline(&system, &id).await
    })
    .await;
    for process in ["shipping-1", "shipping-2"] {
        system.control(process, "resume").await;
    }
    let heard = (
        "shipping".to_owned(),
        "process order.cancel_requested".to_owned(),
    );
    let whole = eventually("shipping has heard of it", async || {
        let trace = trace(&system, &trace_id).await?;
        trace.spans.contains(&heard).then_some(trace)
    })
    .await;
    assert!(whole.orphans.is_empty(), "{:?}", whole.orphans);
    shop.ended(&id).await;
    system.everything_is_ready().await;
}

#[tokio::test]
async fn prometheus_counts_what_the_databases_hold() {
    let system = System::alone().await;
    let shop = Shop::open(&system);
    let id = shop.place(&shop.basket("choreography").await).await;
    shop.ended(&id).await;
    let prometheus = &system.known.endpoints.prometheus;
    eventually(
        "the gauge of confirmed orders equals their rows",
        async || {
            let rows = system
                .count(
                    "orders",
                    "select count(*) from orders where status = 'confirmed'",
                )
                .await;
            let query = "max(breakwater_entities{job=\"orders\",state=\"confirmed\"})";
            let request = system.client().get(format!("{prometheus}/api/v1/query"));
            let answer = send(request.query(&[("query", query)])).await;
            let value = answer.body["data"]["result"][0]["value"][1].as_str()?;
            (value.parse::<f64>().ok()? == rows as f64).then_some(())
        },
    )
    .await;
}
