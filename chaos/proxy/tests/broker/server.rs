//! One broker for the whole run, and a proxy before it for each test.

use amqp_proxy::{
    Fault, Faults, Lease, Proxy, Receipts, Rule, Selector, Settings, receipt::Receipt,
};
use platform::servers::TestServers;
use std::{future::Future, time::Duration};
use tokio::{
    sync::{OnceCell, mpsc},
    time::timeout,
};

/// Far beyond what anything here takes on a machine that compiles beside it.
pub const PATIENCE: Duration = Duration::from_secs(60);
/// Longer than any test: a fault that ends before was ended.
const HOUR: Duration = Duration::from_secs(3600);
/// Receipts that may wait: no test leaves as many.
const RECEIPTS: usize = 4096;

static AMQP_URL: OnceCell<String> = OnceCell::const_new();

/// A broker named by the environment, or a private one that lives as long as this process.
async fn amqp_url() -> &'static str {
    AMQP_URL
        .get_or_init(async || {
            if let Ok(given) = std::env::var("BREAKWATER_TEST_AMQP_URL") {
                return given;
            }
            TestServers::for_this_process(TestServers::amqp_url).await
        })
        .await
}

pub async fn soon<T>(what: &str, work: impl Future<Output = T>) -> T {
    let Ok(answer) = timeout(PATIENCE, work).await else {
        panic!("not within {PATIENCE:?}: {what}");
    };
    answer
}

/// A proxy before the broker, without a rule.
pub struct Behind {
    pub proxy: Proxy,
    pub faults: Faults,
    pub receipts: mpsc::Receiver<Receipt>,
    /// The broker's, through the proxy.
    pub url: String,
}

impl Behind {
    pub async fn proxy() -> Self {
        let url = amqp_url().await;
        let (scheme, rest) = url.split_once("//").expect("a URL");
        let (credentials, host) = rest.split_once('@').expect("credentials");
        let (upstream, vhost) = host.split_once('/').expect("a vhost");
        let (sender, receipts) = Receipts::channel(RECEIPTS);
        let faults = Faults::new(sender);
        let settings = Settings {
            listen: ([127, 0, 0, 1], 0).into(),
            upstream: upstream.to_owned(),
            connect_within: PATIENCE,
        };
        let proxy = Proxy::start(settings, faults.clone())
            .await
            .expect("a healthy broker");
        Self {
            url: format!("{scheme}//{credentials}@{}/{vhost}", proxy.address()),
            proxy,
            faults,
            receipts,
        }
    }
}

pub fn armed(faults: &Faults, fault: Fault, which: Selector) -> Lease {
    let rule = Rule {
        name: "a fault".into(),
        seed: 7,
        which,
        fault,
    };
    faults.arm(rule, HOUR)
}
