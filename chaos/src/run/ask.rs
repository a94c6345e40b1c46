//! What probes are told: a number, or why there is none.

use std::time::Duration;

use serde_json::Value;
use sqlx::{AssertSqlSafe, Connection, PgConnection, Row};
use tokio::time::timeout;

use super::system::System;
use crate::experiment::Provider;

/// A probe that waits longer has found something out as well.
const ANSWER_WITHIN: Duration = Duration::from_secs(8);
const LOOK_AGAIN: Duration = Duration::from_millis(500);

pub async fn ask(provider: &Provider, system: &System) -> Result<f64, String> {
    let asked = async {
        match provider {
            Provider::Prometheus { query } => prometheus(query, system).await,
            Provider::Http { url } => http(url, system).await,
            Provider::Sql { database, query } => sql(database, query, system).await,
            Provider::Queue { queue } => depth(queue, system).await,
            Provider::Process { name } => ready(name, system).await,
        }
    };
    match timeout(ANSWER_WITHIN, asked).await {
        Ok(answer) => answer,
        Err(_) => Err(format!("no answer within {} s", ANSWER_WITHIN.as_secs())),
    }
}

async fn prometheus(query: &str, system: &System) -> Result<f64, String> {
    let url = format!(
        "{}/api/v1/query",
        system.endpoints.prometheus.trim_end_matches('/')
    );
    let request = system.http.get(url).query(&[("query", query)]);
    let answer: Value = json(request).await?;
    let error = || answer["error"].as_str().unwrap_or("no result").to_owned();
    let results = answer["data"]["result"].as_array().ok_or_else(error)?;
    if results.is_empty() {
        return Err("no data".into());
    }
    let values = results.iter().map(|one| {
        let text = one["value"][1].as_str().ok_or("a result without a value")?;
        text.parse::<f64>().map_err(|_| "a value that is no number")
    });
    let sum: Result<f64, &str> = values.sum();
    sum.map_err(str::to_owned)
}

async fn http(url: &str, system: &System) -> Result<f64, String> {
    let gateway = system.endpoints.gateway.first().map_or("", String::as_str);
    let url = match url.starts_with('/') {
        true => format!("{}{url}", gateway.trim_end_matches('/')),
        false => url.to_owned(),
    };
    let answer = system.http.get(url).send().await;
    Ok(answer.map_or(0.0, |response| f64::from(response.status().as_u16())))
}

async fn sql(database: &str, query: &str, system: &System) -> Result<f64, String> {
    let url = system.secrets.databases.get(database);
    let url = url.ok_or_else(|| format!("there is no database {database}"))?;
    let words = |error: sqlx::Error| error.to_string();
    let mut session = PgConnection::connect(url).await.map_err(words)?;
    // The experiment's author wrote it, and the role may only read.
    let text = format!("select ({query})::float8");
    let row = sqlx::query(AssertSqlSafe(text))
        .fetch_one(&mut session)
        .await;
    let value = row
        .and_then(|row| row.try_get::<Option<f64>, _>(0))
        .map_err(words)?;
    let _ = session.close().await;
    value.ok_or_else(|| "null".into())
}

async fn depth(queue: &str, system: &System) -> Result<f64, String> {
    let root = system.endpoints.rabbitmq_management.trim_end_matches('/');
    let user = &system.secrets.amqp_management;
    loop {
        let request = system
            .http
            .get(format!("{root}/api/queues/%2F/{queue}"))
            .basic_auth(&user.user, Some(&user.password));
        let answer = json(request).await?;
        if answer["name"].is_null() {
            return Err(format!("there is no queue {queue}"));
        }
        if let Some(messages) = answer["messages"].as_f64() {
            return Ok(messages);
        }
        // A broker that has just started counts its queues every few seconds.
        tokio::time::sleep(LOOK_AGAIN).await;
    }
}

async fn ready(name: &str, system: &System) -> Result<f64, String> {
    let all = system
        .agent
        .processes()
        .await
        .map_err(|error| error.to_string())?;
    let is_meant = |one: &&crate::agent::control::Process| one.name == name || one.service == name;
    Ok(all.iter().filter(is_meant).filter(|one| one.ready).count() as f64)
}

async fn json(request: reqwest::RequestBuilder) -> Result<Value, String> {
    let words = |error: reqwest::Error| error.without_url().to_string();
    let response = request.send().await.map_err(words)?;
    response.json().await.map_err(words)
}
