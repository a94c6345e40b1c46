//! The settings every process has.
//!
//! | variable | meaning | default |
//! |---|---|---|
//! | `INSTANCE` | name of this instance, such as `orders-1` | the service's name |
//! | `PUBLIC_ADDR` | where the service listens | required |
//! | `ADVERTISED_ADDR` | where others find it | `PUBLIC_ADDR` |
//! | `ADMIN_ADDR` | where `/livez`, `/readyz`, `/metrics` and `/log-level` are | required |
//! | `OTLP_ENDPOINT` | base URL of an OTLP/HTTP collector | no traces |
//! | `TRACE_SAMPLE_RATIO` | share of new traces that are recorded | 1 |
//! | `LOG` | log filter | `info` |
//! | `LOG_FORMAT` | `json` or `text` | `text` |

use std::net::SocketAddr;

use telemetry::LogFormat;

use crate::Environment;

/// What [`start`](crate::start) needs, and where the service itself will listen.
#[derive(Clone, Debug)]
pub struct ProcessSettings {
    pub service: &'static str,
    pub instance: String,
    pub public_addr: SocketAddr,
    /// What is registered; the address itself, if nothing stands before it.
    pub advertised_addr: Option<SocketAddr>,
    pub admin_addr: SocketAddr,
    pub telemetry: telemetry::Settings,
}

impl ProcessSettings {
    /// Reads the variables listed above; `None` means that mistakes are on record in `env`.
    pub fn from_env(env: &mut Environment, service: &'static str) -> Option<Self> {
        let public_addr = env.required("PUBLIC_ADDR");
        let advertised_addr = env.optional("ADVERTISED_ADDR");
        let admin_addr = env.required("ADMIN_ADDR");
        let instance = env.or("INSTANCE", service.to_owned());
        let otlp_endpoint = env.optional::<String>("OTLP_ENDPOINT");
        if otlp_endpoint
            .as_ref()
            .is_some_and(|url| !url.starts_with("http://"))
        {
            env.mistake(
                "OTLP_ENDPOINT",
                "must be the http:// base URL of a collector near by",
            );
        }
        let sample_ratio = env.or("TRACE_SAMPLE_RATIO", 1.0);
        if !(0.0..=1.0).contains(&sample_ratio) {
            env.mistake("TRACE_SAMPLE_RATIO", "must be between 0 and 1");
        }
        let log_filter = env.or("LOG", "info".to_owned());
        let log_format = env.or("LOG_FORMAT", LogFormat::Text);
        Some(Self {
            service,
            instance: instance.clone(),
            public_addr: public_addr?,
            advertised_addr,
            admin_addr: admin_addr?,
            telemetry: telemetry::Settings {
                service,
                instance,
                otlp_endpoint,
                sample_ratio,
                log_filter,
                log_format,
            },
        })
    }
}

#[cfg(test)]
mod tests {
    use super::ProcessSettings;
    use crate::Environment;

    #[test]
    fn two_addresses_are_enough() {
        let addresses = [
            ("PUBLIC_ADDR", "127.0.0.1:0"),
            ("ADMIN_ADDR", "127.0.0.1:0"),
        ];
        let mut env = Environment::of(
            "registry",
            addresses.map(|(k, v)| (k.to_owned(), v.to_owned())),
        );
        let settings = ProcessSettings::from_env(&mut env, "registry");
        let settings = env.checked(settings).expect("complete");
        assert_eq!(settings.instance, "registry");
        assert_eq!(settings.telemetry.otlp_endpoint, None);
    }

    #[test]
    fn a_ratio_beyond_one_and_a_collector_that_is_no_url_are_mistakes() {
        let wrong = [
            ("TRACE_SAMPLE_RATIO", "2"),
            ("OTLP_ENDPOINT", "localhost:4318"),
        ];
        let mut env = Environment::of("orders", wrong.map(|(k, v)| (k.to_owned(), v.to_owned())));
        assert!(ProcessSettings::from_env(&mut env, "orders").is_none());
        let error = env.check().expect_err("mistakes").to_string();
        for key in [
            "PUBLIC_ADDR",
            "ADMIN_ADDR",
            "TRACE_SAMPLE_RATIO",
            "OTLP_ENDPOINT",
        ] {
            assert!(error.contains(key), "{error} lacks {key}");
        }
    }
}
