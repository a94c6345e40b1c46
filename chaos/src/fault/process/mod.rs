//! Processes: who is hit, and what all of these have in common.

pub mod crash_at;
pub mod kill;
pub mod pause;
pub mod restart;
pub mod scale;
pub mod terminate;

use super::{FaultError, Order};
use crate::agent::control::{Action, Control, Process};
use crate::agent::site::Site;
use crate::receipt::Receipt;

/// The instances that are hit. Servers are only hit by their names.
pub(crate) async fn victims(site: &Site, order: &Order) -> Result<Vec<Process>, FaultError> {
    let all = site.control.processes().await?;
    let fits = |one: &&Process| {
        let is_meant = one.is_service() || order.of.process.as_deref() == Some(&*one.name);
        is_meant && one.pid.is_some() && order.of.fits(&one.name, &one.service)
    };
    let fitting: Vec<Process> = all.iter().filter(fits).cloned().collect();
    if fitting.is_empty() {
        let there: Vec<&str> = all.iter().map(|one| one.name.as_str()).collect();
        return Err(FaultError::Nobody {
            wanted: order.of.to_string(),
            there: there.join(", "),
        });
    }
    // Nobody would end what it holds, its own pause least of all.
    if fitting
        .iter()
        .any(|one| one.pid == Some(std::process::id()))
    {
        let what = format!("{} of {}", order.fault, order.of);
        return Err(FaultError::Wrong(format!(
            "{what}: that is the agent itself, which holds and ends all faults"
        )));
    }
    let chosen = order
        .blast_radius
        .choose(order.seed, &order.name, fitting, |one| &one.name);
    Ok(chosen)
}

/// Victims who lose their lives: no more of them than the experiment allows.
pub(crate) async fn mortal_victims(site: &Site, order: &Order) -> Result<Vec<Process>, FaultError> {
    let victims = victims(site, order).await?;
    match victims.len() <= order.kills_left as usize {
        true => Ok(victims),
        false => Err(FaultError::TooMany {
            left: order.kills_left,
            wanted: victims.len(),
        }),
    }
}

/// Signals each; whoever has ended by itself in this moment is passed over, unless it was the only one.
pub(crate) async fn signal(
    control: &Control,
    order: &Order,
    victims: &[Process],
    action: Action,
) -> Result<Vec<Receipt>, FaultError> {
    let mut receipts = Vec::new();
    let mut refused = None;
    for victim in victims {
        match control.act(&victim.name, action).await {
            Ok(done) => receipts.push(Receipt {
                what: order.fault.clone(),
                name: done.name,
                service: victim.service.clone(),
                at_ms: done.at_ms,
                pid: Some(done.pid),
                signal: Some(done.signal),
                ..Receipt::default()
            }),
            Err(error) => refused = Some(error),
        }
    }
    match (receipts.is_empty(), refused) {
        (true, Some(error)) => Err(error),
        _ => Ok(receipts),
    }
}
