//! Configuration from the environment.
//!
//! | variable | meaning | default |
//! |---|---|---|
//! | `OTLP_HTTP_ADDR` | where OTLP over HTTP comes in | 127.0.0.1:4318 |
//! | `OTLP_GRPC_ADDR` | where OTLP over gRPC comes in | 127.0.0.1:4317 |
//! | `PUBLIC_ADDR` | Jaeger's query API and the pages | required |
//! | `ADMIN_ADDR` | `/livez`, `/readyz`, `/metrics`, `/log-level` | required |
//! | `MEMORY_LIMIT_MB` | memory for traces | 96 |

use std::net::{Ipv4Addr, SocketAddr};

use lifecycle::{Environment, Process};

use crate::store::MEMORY_LIMIT_BYTES_MIN;

/// About a million of our spans, and with the process around it well under 150 MB.
const MEMORY_LIMIT_MB_DEFAULT: usize = 96;

/// A store in memory beyond this has outgrown being embedded.
const MEMORY_LIMIT_MB_MAX: usize = 64 * 1024;

#[derive(Clone, Debug)]
pub struct Settings {
    pub process: Process,
    pub otlp_http_addr: SocketAddr,
    pub otlp_grpc_addr: SocketAddr,
    pub memory_limit_bytes: usize,
}

impl Settings {
    pub fn read(env: &mut Environment) -> Option<Self> {
        let process = Process::from_env(env, "tracestore");
        let loopback = |port| SocketAddr::from((Ipv4Addr::LOCALHOST, port));
        let otlp_http_addr = env.or("OTLP_HTTP_ADDR", loopback(4318));
        let otlp_grpc_addr = env.or("OTLP_GRPC_ADDR", loopback(4317));
        let memory_limit_mb = env.or("MEMORY_LIMIT_MB", MEMORY_LIMIT_MB_DEFAULT);
        let least = MEMORY_LIMIT_BYTES_MIN >> 20;
        if !(least..=MEMORY_LIMIT_MB_MAX).contains(&memory_limit_mb) {
            env.mistake(
                "MEMORY_LIMIT_MB",
                format!("must be from {least} to {MEMORY_LIMIT_MB_MAX}"),
            );
        }
        let mut process = process?;
        // a store that records its own requests never rests
        process.telemetry.otlp_endpoint = None;
        Some(Self {
            process,
            otlp_http_addr,
            otlp_grpc_addr,
            memory_limit_bytes: memory_limit_mb.saturating_mul(1 << 20),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(extra: &[(&str, &str)]) -> Result<Settings, String> {
        let addresses = [
            ("PUBLIC_ADDR", "127.0.0.1:0"),
            ("ADMIN_ADDR", "127.0.0.1:0"),
        ];
        let variables = addresses
            .iter()
            .chain(extra)
            .map(|(key, value)| (key.to_string(), value.to_string()));
        let mut env = Environment::of("tracestore", variables);
        let settings = Settings::read(&mut env);
        env.checked(settings).map_err(|error| error.to_string())
    }

    #[test]
    fn everything_but_two_addresses_has_a_default_on_loopback() {
        let settings = read(&[]).expect("complete");
        assert!(
            settings.otlp_http_addr.ip().is_loopback()
                && settings.otlp_grpc_addr.ip().is_loopback()
        );
        assert_eq!(settings.memory_limit_bytes, 96 << 20);
    }

    #[test]
    fn it_never_traces_itself() {
        let settings = read(&[("OTLP_ENDPOINT", "http://127.0.0.1:4318")]).expect("complete");
        assert_eq!(settings.process.telemetry.otlp_endpoint, None);
    }

    #[test]
    fn all_mistakes_are_named() {
        let error = read(&[("MEMORY_LIMIT_MB", "1"), ("OTLP_GRPC_ADDR", "here")])
            .expect_err("two mistakes");
        assert!(
            error.contains("MEMORY_LIMIT_MB") && error.contains("OTLP_GRPC_ADDR"),
            "{error}"
        );
    }
}
