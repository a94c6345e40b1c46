//! One platform for all tests of a binary: the real one, gone with the process.

use platform::{Config, Endpoints, Platform, Progress, Secrets, config::sibling_programs};
use std::{collections::BTreeMap, path::PathBuf, sync::OnceLock};

/// Short enough that a test can wait for one, long enough for any saga that nobody holds up.
const SAGA_DEADLINE_MS: &str = "15000";
/// Small enough that a test can fill it while the broker is away.
pub const OUTBOX_LIMIT: usize = 40;

/// What tests know of it.
pub struct Known {
    /// The run folder.
    pub dir: PathBuf,
    pub endpoints: Endpoints,
    pub secrets: Secrets,
    pub admin_amqp_url: String,
    /// As the superuser, by database.
    pub admin_databases: BTreeMap<String, String>,
}

/// The platform of this process, started by whoever asks first: with proxies on its links, or without.
pub fn known(links: bool) -> &'static Known {
    static KNOWN: OnceLock<Known> = OnceLock::new();
    KNOWN.get_or_init(|| {
        let (tell, told) = std::sync::mpsc::channel();
        // Its processes die with the thread that made them: this one never ends.
        std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build()
                .expect("a runtime for the platform");
            runtime.block_on(async {
                let platform = start(links).await;
                let known = Known {
                    dir: platform.run_dir().path().to_owned(),
                    endpoints: platform.endpoints().clone(),
                    secrets: platform.secrets().clone(),
                    admin_amqp_url: platform.admin_amqp_url().to_owned(),
                    admin_databases: (platform.secrets().databases.keys())
                        .map(|name| (name.clone(), platform.admin_database_url(name)))
                        .collect(),
                };
                tell.send(known).expect("somebody asked");
                std::future::pending::<()>().await;
            });
        });
        told.recv().expect("the platform started; see above")
    })
}

async fn start(links: bool) -> Platform {
    let programs = sibling_programs().expect("the folder of this test");
    let dir = PathBuf::from(&programs)
        .join("end-to-end")
        .join(std::process::id().to_string());
    let mut config = Config::breakwater(dir, &programs);
    if let Some(agent) = &mut config.agent {
        agent.links = links;
    }
    config.progress = Progress::new(|line| eprintln!("{line}"));
    for (key, value) in [
        ("SAGA_DEADLINE_MS", SAGA_DEADLINE_MS.to_owned()),
        ("OUTBOX_LIMIT", OUTBOX_LIMIT.to_string()),
    ] {
        config.settings.insert(key.to_owned(), value);
    }
    match Platform::start(config).await {
        Ok(platform) => platform,
        Err(error) => panic!("no platform: {error}"),
    }
}
