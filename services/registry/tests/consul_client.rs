//! Consul's own Go client against this registry, where the machine has Go.

use std::path::Path;
use std::process::{Command, Output};

use lifecycle::Shutdown;
use registry::server::Registry;

fn go(arguments: &[&str]) -> std::io::Result<Output> {
    let module = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/consul-client");
    Command::new("go")
        .args(arguments)
        .current_dir(module)
        .output()
}

#[tokio::test(flavor = "multi_thread")]
async fn consuls_own_client_cannot_tell_the_difference() {
    let downloaded = match go(&["mod", "download"]) {
        Ok(output) => output,
        Err(error) => return eprintln!("skipped: there is no go here ({error})"),
    };
    if !downloaded.status.success() {
        let reason = String::from_utf8_lossy(&downloaded.stderr);
        return eprintln!("skipped: the client's modules cannot be downloaded here: {reason}");
    }
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0")
        .await
        .expect("a port");
    let url = format!("http://{}", listener.local_addr().expect("an address"));
    let shutdown = Shutdown::new();
    let router = Registry::new(shutdown.clone()).router();
    tokio::spawn(lifecycle::server::serve(listener, router, shutdown));

    let ran = tokio::task::spawn_blocking(move || go(&["run", ".", &url]));
    let ran = ran.await.expect("no panic").expect("go runs");
    let said = String::from_utf8_lossy(&ran.stderr);
    assert!(ran.status.success(), "{said}");
}
