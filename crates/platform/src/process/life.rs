//! One life of a process, from its start to its death: probed, kept small, and obeying.

use std::convert::Infallible;
use std::io;
use std::pin::pin;
use std::process::ExitStatus;
use std::sync::Arc;
use std::time::Duration;

use rustix::process::Signal;
use tokio::process::Child;
use tokio::sync::{oneshot, watch};
use tokio::time::{Instant, sleep, sleep_until, timeout};

use super::Probe;
use super::file_size;
use super::log::{self, Log};
use super::nursery::Lease;
use super::probe::{EVERY_WHILE_READY, EVERY_WHILE_STARTING};
use super::signals;
use super::status::{Action, ActionError, Receipt, State, Status, now_ms};
use super::tend::{Order, Tender};

/// PostgreSQL, told to leave everything as it is, still collects its back-ends: some 100 ms.
const ABANDON_GRACE: Duration = Duration::from_secs(2);

pub enum Ended {
    Died {
        start_at_once: bool,
    },
    Left(oneshot::Sender<()>),
    /// Nobody is left to give orders.
    Abandoned,
}

impl Tender {
    pub async fn watch(&mut self, mut child: Child, lease: &mut Lease) -> Ended {
        let Some(pid) = child.id() else {
            return Ended::Died {
                start_at_once: false,
            };
        };
        self.status.send_modify(|status| {
            status.pid = Some(pid);
            status.state = State::Running;
            status.started_at_ms = now_ms();
        });
        let mut probing = pin!(keep_probing(
            self.spec.probe.clone(),
            self.http.clone(),
            self.status.clone()
        ));
        let mut bounding = pin!(keep_bounded(self.log.clone()));
        let mut kill_at: Option<Instant> = None;
        let mut start_at_once = false;
        loop {
            tokio::select! {
                exit = child.wait() => {
                    signals::sweep_group(pid);
                    let (words, hopeless) = describe(exit);
                    self.died(words, hopeless);
                    return Ended::Died { start_at_once };
                }
                order = self.orders.recv() => match order {
                    Some(Order::Act(action, reply)) => {
                        let done = self.act(pid, action);
                        if done.is_ok() && action == Action::Restart {
                            start_at_once = true;
                            kill_at = Some(Instant::now() + self.spec.stop_grace);
                        }
                        let _ = reply.send(done);
                    }
                    Some(Order::Leave { grace, left }) => {
                        self.end(&mut child, pid, grace).await;
                        return Ended::Left(left);
                    }
                    None => {
                        self.end(&mut child, pid, Duration::ZERO).await;
                        return Ended::Abandoned;
                    }
                },
                () = lease.ends() => {
                    self.end(&mut child, pid, Duration::ZERO).await;
                    return Ended::Abandoned;
                }
                () = sleep_until(kill_at.unwrap_or_else(Instant::now)), if kill_at.is_some() => {
                    kill_at = None;
                    let _ = signals::send(pid, Signal::KILL);
                }
                never = &mut probing => match never {},
                never = &mut bounding => match never {},
            }
        }
    }

    fn act(&self, pid: u32, action: Action) -> Result<Receipt, ActionError> {
        let signal = action.signal(self.spec.stop_signal);
        let receipt = Receipt {
            name: self.spec.name.clone(),
            pid,
            signal: signal.map_or_else(|| action.label().to_owned(), signals::label),
            at_ms: now_ms(),
        };
        let account = self.spec.run_as.as_ref();
        let sent = match (action, signal) {
            (Action::Pause | Action::Resume, Some(signal)) => signals::send_to_tree(pid, signal),
            // A stopped process cannot hear a request to leave.
            (Action::Terminate | Action::Restart, Some(signal)) => {
                signals::send(pid, signal).and_then(|()| signals::send_to_tree(pid, Signal::CONT))
            }
            (_, Some(signal)) => signals::send(pid, signal),
            (Action::FillDisk, None) => {
                file_size::limit(pid, account, Some(file_size::FILE_BYTES_MAX))
            }
            (_, None) => file_size::limit(pid, account, None),
        };
        sent.map_err(|error| ActionError::Refused {
            name: self.spec.name.clone(),
            error,
        })?;
        self.status.send_modify(|status| match action {
            Action::Pause => {
                status.state = State::Paused;
                status.ready = false;
            }
            Action::Resume | Action::Terminate | Action::Restart => status.state = State::Running,
            // As good as dead: nobody may be told that it is ready while the kernel buries it.
            Action::Kill => {
                status.state = State::Restarting;
                status.ready = false;
            }
            Action::FillDisk | Action::FreeDisk => {}
        });
        Ok(receipt)
    }

    /// Asks first where there is time, and kills what has not left by then.
    async fn end(&self, child: &mut Child, pid: u32, grace: Duration) {
        let (asking, patience) = if grace.is_zero() {
            (self.spec.abandon_signal, ABANDON_GRACE)
        } else {
            (self.spec.stop_signal, grace)
        };
        let _ = signals::send(pid, asking);
        // A stopped process cannot hear.
        let _ = signals::send_to_tree(pid, Signal::CONT);
        if timeout(patience, child.wait()).await.is_err() {
            let _ = signals::send_to_tree(pid, Signal::KILL);
            let _ = child.wait().await;
        }
        signals::sweep_group(pid);
    }

    pub fn died(&self, words: String, hopeless: bool) {
        self.status.send_modify(|status| {
            status.pid = None;
            status.state = State::Restarting;
            status.ready = false;
            status.restarts += 1;
            status.last_exit = Some(words);
            status.hopeless = hopeless;
        });
    }
}

async fn keep_probing(
    probe: Probe,
    http: reqwest::Client,
    status: Arc<watch::Sender<Status>>,
) -> Infallible {
    loop {
        let answer = probe.ask(&http).await;
        status.send_if_modified(|status| {
            // A probe that was under way when the process was paused proves nothing.
            let ready = answer && status.state == State::Running;
            std::mem::replace(&mut status.ready, ready) != ready
        });
        sleep(if answer {
            EVERY_WHILE_READY
        } else {
            EVERY_WHILE_STARTING
        })
        .await;
    }
}

async fn keep_bounded(log: Log) -> Infallible {
    loop {
        sleep(log::CHECK_EVERY).await;
        // A full disk shows elsewhere; the process must not suffer from its log.
        let _ = log.bound();
    }
}

/// In words, and whether another start would end the same way.
fn describe(exit: io::Result<ExitStatus>) -> (String, bool) {
    use std::os::unix::process::ExitStatusExt;
    match exit {
        Ok(status) => match (status.code(), status.signal()) {
            // EX_CONFIG by our own services; 126 and 127 by the shell that could not execute the program.
            (Some(code), _) => (
                format!("exited with {code}"),
                [78, 126, 127].contains(&code),
            ),
            (None, Some(signal)) => (format!("killed by signal {signal}"), false),
            (None, None) => ("ended".to_owned(), false),
        },
        Err(error) => (format!("lost: {error}"), false),
    }
}
