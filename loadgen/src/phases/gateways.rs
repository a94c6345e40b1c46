//! Before anything else: whether there is a system to load.

use std::time::Duration;

use reqwest::Client;

use super::RunError;

/// A gateway is near, and any answer will do.
const WITHIN: Duration = Duration::from_secs(2);

/// One that answers is enough: the caller finds it.
pub async fn any_answers(gateways: &[String]) -> Result<(), RunError> {
    let http = Client::builder().timeout(WITHIN).build()?;
    let mut silent = Vec::new();
    for gateway in gateways {
        match http.get(gateway).send().await {
            Ok(_) => return Ok(()),
            Err(error) if error.is_timeout() => silent.push(format!("{gateway} is silent")),
            Err(_) => silent.push(format!("nobody listens at {gateway}")),
        }
    }
    Err(RunError::NoGateway(silent.join(", ")))
}
