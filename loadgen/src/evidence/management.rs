//! RabbitMQ's management API.

use std::time::Duration;

use reqwest::Client;
use serde::de::DeserializeOwned;

use crate::endpoints::{Endpoints, Secrets};

/// It answers from its own tables; under load they take a moment.
const ANSWER_TIMEOUT: Duration = Duration::from_secs(10);

pub async fn get<T: DeserializeOwned>(
    endpoints: &Endpoints,
    secrets: &Secrets,
    path: &str,
) -> Result<T, String> {
    let url = format!("{}{path}", endpoints.rabbitmq_management);
    let failed = |error: reqwest::Error| format!("RabbitMQ management {path}: {error}");
    let user = &secrets.amqp_management;
    let response = Client::new()
        .get(url)
        .basic_auth(&user.user, Some(&user.password))
        .timeout(ANSWER_TIMEOUT)
        .send()
        .await
        .and_then(|response| response.error_for_status())
        .map_err(failed)?;
    response.json().await.map_err(failed)
}
