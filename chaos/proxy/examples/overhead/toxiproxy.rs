//! The proxy that most chaos tests use: it knows TCP, and nothing of messages.

use crate::{
    PATIENCE,
    way::{Way, upstream},
};
use std::{
    error::Error,
    net::TcpListener,
    path::{Path, PathBuf},
    process::Stdio,
    time::Duration,
};
use tokio::{net::TcpStream, process::Command, time::timeout};

const VERSION: &str = "v2.12.0";
/// It and what it needs, from afar, compiled.
const INSTALL_WITHIN: Duration = Duration::from_secs(500);
/// Between two looks whether it listens.
const LOOK_AGAIN: Duration = Duration::from_millis(50);

pub async fn way(url: &str) -> Result<Way, Box<dyn Error>> {
    let server = installed().await?;
    let [control, listen] = [free_port()?, free_port()?];
    let address = format!("127.0.0.1:{listen}");
    let folder = server.parent().ok_or("no folder")?;
    let config = folder.join(format!("broker-{listen}.json"));
    let upstream = upstream(url)?;
    std::fs::write(
        &config,
        format!(
            r#"[{{"name":"broker","listen":"{address}","upstream":"{upstream}","enabled":true}}]"#
        ),
    )?;
    let process = Command::new(&server)
        .args(["-host", "127.0.0.1", "-port", &control.to_string()])
        .arg("-config")
        .arg(&config)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .kill_on_drop(true)
        .spawn()?;
    timeout(PATIENCE, async {
        while TcpStream::connect(&address).await.is_err() {
            tokio::time::sleep(LOOK_AGAIN).await;
        }
    })
    .await?;
    std::fs::remove_file(&config)?;
    Way::through(&format!("toxiproxy {VERSION}"), url, &address, process)
}

/// In a folder of its own beside our own programs, kept for the next run.
async fn installed() -> Result<PathBuf, Box<dyn Error>> {
    let ourselves = std::env::current_exe()?;
    let programs = ourselves.parent().and_then(Path::parent);
    let folder = programs
        .ok_or("no folder")?
        .join(format!("toxiproxy-{VERSION}"));
    let server = folder.join("server");
    if !server.exists() {
        eprintln!("toxiproxy {VERSION} is installed");
        let install = Command::new("go")
            .arg("install")
            .arg(format!(
                "github.com/Shopify/toxiproxy/v2/cmd/server@{VERSION}"
            ))
            .env("GOBIN", &folder)
            .env("GOTOOLCHAIN", "local")
            .kill_on_drop(true)
            .output();
        let output = timeout(INSTALL_WITHIN, install)
            .await?
            .map_err(|error| format!("no go: {error}"))?;
        if !output.status.success() {
            return Err(String::from_utf8_lossy(&output.stderr).into());
        }
    }
    Ok(server)
}

/// It takes its ports from outside and does not say which it found.
fn free_port() -> std::io::Result<u16> {
    Ok(TcpListener::bind("127.0.0.1:0")?.local_addr()?.port())
}
