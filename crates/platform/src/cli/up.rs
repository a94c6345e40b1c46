//! `up`, and what it has in common with `run`: from the arguments to a running platform and to its end.

use std::process::ExitCode;
use std::time::{Duration, Instant};

use super::stop_signal::StopSignals;
use super::{Failure, Shape, Up, detach};
use crate::config::sibling_programs;
use crate::packages;
use crate::servers::{Tracing, on_path};
use crate::{Config, Platform, Progress};

/// A service drains within 5 s of its own.
const STOP_GRACE: Duration = Duration::from_secs(10);

pub async fn up(up: Up) -> Result<ExitCode, Failure> {
    if up.detach {
        install()?;
        return detach::detach(&up.shape.place.dir).await;
    }
    if up.own_session {
        // Away from the terminal: its hang-up and its Ctrl-C are not for us.
        rustix::process::setsid().map_err(Failure::other)?;
    }
    let mut signals = StopSignals::catch().map_err(Failure::other)?;
    let Some(platform) = start(&up.shape, &mut signals).await? else {
        say!("stopped before it was ready");
        return Ok(ExitCode::from(130));
    };
    say!("{}", describe(&platform).trim_end());
    if !up.own_session {
        say!("Ctrl-C stops everything.");
    }
    signals.next().await;
    stop(platform, &mut signals).await;
    Ok(ExitCode::SUCCESS)
}

pub fn install() -> Result<ExitCode, Failure> {
    packages::ensure(&printing())?;
    Ok(ExitCode::SUCCESS)
}

/// None if a signal came first; then nothing is left.
pub async fn start(shape: &Shape, signals: &mut StopSignals) -> Result<Option<Platform>, Failure> {
    let config = config(shape)?;
    install()?;
    tokio::select! {
        platform = Platform::start(config) => Ok(Some(platform?)),
        _ = signals.next() => Ok(None),
    }
}

pub async fn stop(platform: Platform, signals: &mut StopSignals) {
    let begun = Instant::now();
    say!("stopping");
    tokio::select! {
        () = platform.stop(STOP_GRACE) => {}
        // Dropping the platform is a stop without manners.
        _ = signals.next() => say!("at once, then"),
    }
    say!("stopped after {:.1} s", begun.elapsed().as_secs_f64());
}

fn config(shape: &Shape) -> Result<Config, Failure> {
    let programs = sibling_programs().map_err(Failure::other)?;
    let dir = shape.place.dir.clone();
    let mut config = if shape.only_servers {
        Config::only_servers(dir)
    } else {
        Config::breakwater(dir, &programs)
    };
    if let Some(url) = &shape.jaeger_url {
        let problem = [Some(url), shape.jaeger_otlp_url.as_ref()]
            .into_iter()
            .flatten()
            .find(|url| !url.starts_with("http://") && !url.starts_with("https://"));
        if let Some(url) = problem {
            let text = format!("JAEGER_URL and JAEGER_OTLP_URL start with http://, not {url:?}");
            return Err(Failure::Setting(text));
        }
        config.tracing = Tracing::remote(url, shape.jaeger_otlp_url.as_deref());
    }
    if shape.jaeger {
        let on_user_path = std::env::var_os("PATH").and_then(|path| {
            std::env::split_paths(&path)
                .map(|it| it.join("jaeger"))
                .find(|it| it.is_file())
        });
        let jaeger = on_user_path.or_else(|| on_path("jaeger"));
        let none = || Failure::Setting("--jaeger: there is no `jaeger` on PATH".to_owned());
        config.tracing = Tracing::Jaeger(jaeger.ok_or_else(none)?);
    }
    if shape.no_tracing {
        config.tracing = Tracing::Off;
    }
    config.instances = shape.instances;
    if let Some(agent) = &mut config.agent {
        agent.links = shape.links;
    }
    config.settings = shape.settings.iter().cloned().collect();
    config.progress = printing();
    Ok(config)
}

fn printing() -> Progress {
    Progress::new(|line| say!("{line}"))
}

fn describe(platform: &Platform) -> String {
    let endpoints = platform.endpoints();
    let mut text = String::new();
    let mut row = |what: &str, place: &str| text += &format!("  {what:<12}{place}\n");
    for url in &endpoints.gateway {
        row("gateway", url);
    }
    row("traces", endpoints.traces.as_deref().unwrap_or("off"));
    row("prometheus", &endpoints.prometheus);
    row("rabbitmq", &endpoints.rabbitmq_management);
    row("control", &endpoints.control);
    row("chaos", endpoints.chaos.as_deref().unwrap_or("off"));
    let run_dir = platform.run_dir();
    row("endpoints", &run_dir.endpoints().display().to_string());
    row("secrets", &run_dir.secrets().display().to_string());
    row("logs", &run_dir.logs().display().to_string());
    text
}
