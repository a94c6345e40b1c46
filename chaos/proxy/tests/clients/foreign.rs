//! The clients that this machine can have: installed on first use, kept for the next run.

use std::{
    ffi::OsString,
    io::Write,
    path::{Path, PathBuf},
    process::Output,
    time::Duration,
};
use tokio::{process::Command, sync::OnceCell, time::timeout};

/// A package of some hundred KiB from afar, or a compiler at its first run.
const INSTALL_WITHIN: Duration = Duration::from_secs(240);

static HERE: OnceCell<Vec<Foreign>> = OnceCell::const_new();

/// A program that holds the conversation of its URL.
#[derive(Clone, Debug)]
pub struct Foreign {
    pub name: &'static str,
    program: OsString,
    arguments: Vec<OsString>,
    environment: Option<(&'static str, PathBuf)>,
}

impl Foreign {
    pub fn command(&self) -> Command {
        let mut command = Command::new(&self.program);
        command.args(&self.arguments);
        command.envs(self.environment.clone());
        command
    }
}

/// Those that are here; of the others, one line says why not.
pub async fn clients() -> &'static [Foreign] {
    HERE.get_or_init(async || {
        let (pika, go) = tokio::join!(pika(), go());
        let mut here = Vec::new();
        for (name, client) in [("Python's pika", pika), ("Go's amqp091-go", go)] {
            match client {
                Ok(client) => here.push(client),
                // Past the test runner, which shows nothing of a test that passes.
                Err(why) => {
                    let why = why.lines().last().unwrap_or_default().to_owned();
                    let _ = writeln!(std::io::stderr(), "not tested with {name}: {why}");
                }
            }
        }
        here
    })
    .await
}

/// The packages go into a folder rather than a virtual environment, which some systems'
/// Python cannot make.
async fn pika() -> Result<Foreign, String> {
    let sources = sources("python");
    let pinned = sources.join("requirements.txt");
    let version = std::fs::read_to_string(&pinned).map_err(|error| error.to_string())?;
    let version = version.split_whitespace().next().unwrap_or_default();
    let packages = Path::new(env!("CARGO_TARGET_TMPDIR")).join(version);
    let mut look = Command::new("python3");
    look.args(["-c", "import pika"])
        .env("PYTHONPATH", &packages);
    if run(look).await.is_err() {
        let mut install = Command::new("python3");
        install.args(["-m", "pip", "install", "--quiet", "--upgrade"]);
        install.args(["--disable-pip-version-check", "--retries", "1"]);
        install.args(["--only-binary", ":all:", "--require-hashes"]);
        install.arg("--target").arg(&packages);
        install.arg("--requirement").arg(&pinned);
        run(install).await?;
    }
    Ok(Foreign {
        name: "pika",
        program: "python3".into(),
        arguments: vec![sources.join("conversation.py").into()],
        environment: Some(("PYTHONPATH", packages)),
    })
}

/// Built anew each time: Go's own cache knows what has not changed.
async fn go() -> Result<Foreign, String> {
    let program = Path::new(env!("CARGO_TARGET_TMPDIR")).join("amqp091-go");
    let go = |arguments: &[&str]| {
        let mut command = Command::new("go");
        command.args(arguments).current_dir(sources("go"));
        // The toolchain that is here, or none.
        command.env("GOTOOLCHAIN", "local").env("GOWORK", "off");
        command
    };
    run(go(&["mod", "download"])).await?;
    let mut build = go(&["build", "-o"]);
    build.arg(&program).arg(".");
    // With the package here, what does not compile is ours.
    run(build).await.expect("the client compiles");
    Ok(Foreign {
        name: "amqp091-go",
        program: program.into(),
        arguments: Vec::new(),
        environment: None,
    })
}

fn sources(language: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/clients");
    folder.join(language)
}

async fn run(mut command: Command) -> Result<Output, String> {
    let program = command.as_std().get_program().to_owned();
    let running = command.kill_on_drop(true).output();
    let output = timeout(INSTALL_WITHIN, running)
        .await
        .map_err(|_| format!("{program:?} took more than {INSTALL_WITHIN:?}"))?
        .map_err(|error| format!("no {program:?}: {error}"))?;
    match output.status.success() {
        true => Ok(output),
        false => Err(String::from_utf8_lossy(&output.stderr).into_owned()),
    }
}
