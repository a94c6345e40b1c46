//! Starts one child so that it cannot outlive the supervisor.
//!
//! `setpriv` asks the kernel for a SIGKILL when the parent thread dies, after it changed the account (a change of
//! account clears the request), and then becomes the shell below, which becomes the program: one pid all the way.
//! Between fork and request the supervisor may already have died; the shell looks, and leaves if so.

use std::io;
use std::path::Path;
use std::process::Stdio;

use tokio::process::{Child, Command};

use super::log::Log;
use super::spec::ProcessSpec;

/// Every child carries the run folder in its environment, so that whatever is left can be found: see `leftovers`.
pub const RUN_DIR_KEY: &str = "BREAKWATER_RUN_DIR";

const SETPRIV: &str = "/usr/bin/setpriv";
const STILL_OURS: &str = r#"[ "$PPID" = "$1" ] || exit 70; shift; exec "$@""#;

/// Must be called on the nursery's thread: that thread's death is the child's.
pub fn launch(spec: &ProcessSpec, run_dir: &Path, log: &Log) -> io::Result<Child> {
    let output = log.append()?;
    let mut command = Command::new(SETPRIV);
    command.args(["--pdeathsig", "KILL"]);
    if let Some(account) = &spec.run_as {
        command
            .arg(format!("--reuid={}", account.uid))
            .arg(format!("--regid={}", account.gid))
            .arg("--clear-groups");
    }
    command
        .args(["--", "/bin/sh", "-c", STILL_OURS, "sh"])
        .arg(std::process::id().to_string())
        .args(["/usr/bin/nice", "-n", &spec.niceness.to_string()])
        .arg(&spec.program)
        .args(&spec.args)
        .env_clear()
        .env("PATH", "/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin")
        .env(RUN_DIR_KEY, run_dir)
        .envs(&spec.env)
        .current_dir(&spec.working_dir)
        .stdin(Stdio::null())
        .stdout(output.try_clone()?)
        .stderr(output)
        // A group of its own: Ctrl-C in the terminal reaches the supervisor alone, which ends things in order.
        .process_group(0)
        .kill_on_drop(true);
    command.spawn()
}
