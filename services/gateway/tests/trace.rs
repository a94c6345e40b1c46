//! The spans of a request through the gateway. Telemetry is set up once a process, so this is one test.

use std::sync::{Arc, Mutex};

use axum::Router;
use axum::http::HeaderMap;
use axum::routing::get;
use discovery::Discovery;
use gateway::routes::Routes;
use lifecycle::Shutdown;
use telemetry::{LogFormat, TraceContext};

#[tokio::test]
async fn a_trace_begins_here_or_goes_on_and_reaches_the_service() {
    let telemetry = telemetry::init(&telemetry::Settings {
        service: "gateway",
        instance: "gateway-1".to_owned(),
        // Nobody collects: what matters here is what travels.
        otlp_endpoint: Some("http://127.0.0.1:1".to_owned()),
        sample_ratio: 1.0,
        log_filter: "off".to_owned(),
        log_format: LogFormat::Json,
    })
    .expect("the first set-up");

    let seen: Arc<Mutex<Vec<TraceContext>>> = Arc::default();
    let remembered = seen.clone();
    let service = Router::new().route(
        "/orders/{id}",
        get(async move |headers: HeaderMap| {
            let context = telemetry::http::extract(&headers).expect("a valid context");
            remembered.lock().expect("not poisoned").push(context);
        }),
    );
    let addr = serve(service).await;
    let discovery = Discovery::parse(&format!("static:order-view={addr}")).expect("valid");
    let (router, upstreams) = gateway::gateway(Routes::default(), &discovery);
    upstreams.answered().await;
    let url = format!("http://{}/orders/7", serve(router).await);

    let outside = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
    let client = reqwest::Client::new();
    let continued = client.get(&url).header("traceparent", outside);
    for request in [client.get(&url), client.get(&url), continued] {
        assert_eq!(request.send().await.expect("an answer").status(), 200);
    }
    let seen = seen.lock().expect("not poisoned").clone();
    assert_ne!(
        seen[0].trace_id(),
        seen[1].trace_id(),
        "each request without a trace begins one of its own"
    );
    assert_eq!(seen[2].trace_id(), "0af7651916cd43dd8448eb211c80319c");
    assert!(
        !seen[2].traceparent.contains("b7ad6b7169203331"),
        "the service's parent is the gateway, not its client: {:?}",
        seen[2]
    );
    let metrics = telemetry.metrics_text();
    let counted =
        r#"breakwater_gateway_forwarded_total{service="order-view",outcome="answered"} 3"#;
    assert!(metrics.contains(counted), "{metrics}");
    let route =
        r#"breakwater_http_requests_total{route="/orders/{id}",method="GET",status="200"} 3"#;
    assert!(metrics.contains(route), "{metrics}");
}

async fn serve(router: Router) -> std::net::SocketAddr {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0")
        .await
        .expect("a port");
    let addr = listener.local_addr().expect("an address");
    tokio::spawn(lifecycle::server::serve(listener, router, Shutdown::new()));
    addr
}
