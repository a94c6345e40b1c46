//! `chaos heal`: every fault ends, whoever began it.

use std::process::ExitCode;

use chaos::agent::client::Agent;

use super::{Done, Where, say};

pub async fn run(place: &Where) -> Done {
    let agent = Agent::from_files(&place.endpoints, &place.secrets)?;
    let before = agent.state().await?;
    agent.heal().await?;
    let active = before.faults.iter().filter(|fault| !fault.is_over);
    for fault in active {
        say(format_args!(
            "chaos: ended {} ({})",
            fault.fault, fault.name
        ));
    }
    match before.experiment {
        Some(ticket) => say(format_args!(
            "chaos: ended the experiment: {}",
            ticket.title
        )),
        None => say(format_args!("chaos: nothing was in force")),
    }
    Ok(ExitCode::SUCCESS)
}
