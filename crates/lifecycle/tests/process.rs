//! One whole process: start, admin port, drain. Telemetry is set up once a process, so this is one test.

use std::process::ExitCode;
use std::time::Duration;

use axum::Router;
use axum::routing::get;
use lifecycle::{Environment, ProcessSettings, layers};

#[tokio::test]
async fn a_process_starts_tells_of_itself_and_drains() {
    let settings = [
        ("PUBLIC_ADDR", "127.0.0.1:0"),
        ("ADMIN_ADDR", "127.0.0.1:0"),
    ];
    let mut env = Environment::of(
        "sample",
        settings.map(|(k, v)| (k.to_owned(), v.to_owned())),
    );
    let settings = ProcessSettings::from_env(&mut env, "sample");
    let settings = env.checked(settings).expect("complete");
    let public_addr = settings.public_addr;

    let mut running = lifecycle::start(settings).expect("starts");
    let gate = running.readiness.gate("database");
    let router = layers::service(Router::new().route("/things/{id}", get(async || "a thing")));
    let public = format!(
        "http://{}",
        running.serve(router, public_addr).expect("a port")
    );
    let admin = format!("http://{}", running.admin_addr);
    let client = reqwest::Client::new();
    let read = async |url: String| {
        let response = client.get(url).send().await.expect("an answer");
        (
            response.status().as_u16(),
            response.text().await.expect("text"),
        )
    };

    assert_eq!(read(format!("{admin}/livez")).await.0, 200);
    assert_eq!(
        read(format!("{admin}/readyz")).await,
        (503, "database: starting\nstart: starting\n".to_owned())
    );
    gate.open();
    assert_eq!(
        read(format!("{admin}/readyz")).await,
        (503, "start: starting\n".to_owned()),
        "there may be parts to come"
    );
    let (end_part, part_ends) = tokio::sync::oneshot::channel::<()>();
    running.spawn("part", async {
        let _ = part_ends.await;
    });
    let shutdown = running.shutdown.clone();
    let readiness = running.readiness.clone();
    let finished = tokio::spawn(running.finish(Duration::from_secs(20)));
    readiness.ready().await;
    assert_eq!(read(format!("{admin}/readyz")).await.0, 200);

    assert_eq!(read(format!("{public}/things/7")).await.0, 200);
    let (_, metrics) = read(format!("{admin}/metrics")).await;
    let counted =
        r#"breakwater_http_requests_total{route="/things/{id}",method="GET",status="200"} 1"#;
    assert!(metrics.contains(counted), "{metrics}");
    assert!(
        metrics.contains("breakwater_http_request_seconds_bucket"),
        "{metrics}"
    );
    assert!(
        metrics.contains("process_resident_memory_bytes"),
        "{metrics}"
    );

    let put = async |filter: &'static str| {
        let request = client.put(format!("{admin}/log-level")).body(filter);
        request.send().await.expect("an answer").status().as_u16()
    };
    assert_eq!(put("warn,lifecycle=debug").await, 200);
    assert_eq!(put("lifecycle=loud").await, 400);

    end_part.send(()).expect("it runs");
    let code = finished.await.expect("joined");
    assert!(
        shutdown.is_requested(),
        "a part that ends early ends the process"
    );
    assert_eq!(format!("{code:?}"), format!("{:?}", ExitCode::FAILURE));
}
