//! What a registration says, from Consul's JSON. Members that Consul knows and this registry has no use for are
//! ignored, as an older Consul would; a check of another kind is refused, because ignoring it would lie.

use std::collections::BTreeMap;
use std::time::Duration;

use serde::Deserialize;

use crate::catalogue::{Check, Service, Status};
use crate::duration;

/// Names end in URLs, logs and metrics of others.
const NAME_LENGTH_MAX: usize = 128;

/// Tags and metadata are handed out with every answer.
const ANNOTATIONS_MAX: usize = 16;

/// Bounds of a time to live: below, a busy machine expires healthy instances; above, a dead one stays for hours.
const TIME_TO_LIVE_MIN: Duration = Duration::from_millis(100);
const TIME_TO_LIVE_MAX: Duration = Duration::from_secs(3600);

/// For a check that does not say when to remove its service: Consul would keep it for ever, a bounded memory cannot.
const REMOVED_AFTER_DEFAULT: Duration = Duration::from_secs(24 * 3600);

/// The body of `/v1/agent/service/register`.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct Definition {
    #[serde(rename = "ID")]
    id: String,
    name: String,
    address: String,
    port: u16,
    tags: Option<Vec<String>>,
    meta: Option<BTreeMap<String, String>>,
    check: Option<CheckDefinition>,
    checks: Option<Vec<CheckDefinition>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
struct CheckDefinition {
    #[serde(rename = "CheckID")]
    check_id: String,
    name: String,
    #[serde(rename = "TTL")]
    ttl: String,
    status: String,
    deregister_critical_service_after: String,
}

impl Definition {
    /// The service it defines, or what is wrong with it.
    pub fn service(self) -> Result<Service, String> {
        let id = if self.id.is_empty() {
            self.name.clone()
        } else {
            self.id
        };
        name("Name", &self.name)?;
        name("ID", &id)?;
        let tags = self.tags.unwrap_or_default();
        let meta = self.meta.unwrap_or_default();
        let annotations = tags.iter().chain(meta.keys()).chain(meta.values());
        if tags.len() > ANNOTATIONS_MAX || meta.len() > ANNOTATIONS_MAX {
            return Err(format!(
                "at most {ANNOTATIONS_MAX} Tags and as many Meta entries are kept"
            ));
        }
        for annotation in annotations.chain([&self.address]) {
            if annotation.len() > NAME_LENGTH_MAX {
                return Err(format!(
                    "Tags, Meta and Address have at most {NAME_LENGTH_MAX} bytes each"
                ));
            }
        }
        let mut checks = self
            .check
            .into_iter()
            .chain(self.checks.unwrap_or_default());
        let check = checks.next().map(|check| check.check(&id)).transpose()?;
        if checks.next().is_some() {
            return Err("one check per service is supported".to_owned());
        }
        Ok(Service {
            id,
            name: self.name,
            address: self.address,
            port: self.port,
            tags,
            meta,
            check,
        })
    }
}

impl CheckDefinition {
    fn check(self, service_id: &str) -> Result<Check, String> {
        if self.ttl.is_empty() {
            return Err("only checks with a TTL are supported".to_owned());
        }
        let ttl = duration::parse(&self.ttl)
            .filter(|ttl| (TIME_TO_LIVE_MIN..=TIME_TO_LIVE_MAX).contains(ttl))
            .ok_or_else(|| format!("TTL {:?} is no duration from 100ms to 1h", self.ttl))?;
        let removed_after = match self.deregister_critical_service_after.as_str() {
            "" => REMOVED_AFTER_DEFAULT,
            text => duration::parse(text)
                .filter(|after| *after <= REMOVED_AFTER_DEFAULT)
                .ok_or_else(|| {
                    format!("DeregisterCriticalServiceAfter {text:?} is no duration up to 24h")
                })?,
        };
        let status = match self.status.as_str() {
            // Consul's default for a check that has not reported yet.
            "" => Status::Critical,
            text => Status::parse(text).ok_or_else(|| format!("Status {text:?} is not known"))?,
        };
        let id = if self.check_id.is_empty() {
            format!("service:{service_id}")
        } else {
            self.check_id
        };
        if id.len() > 2 * NAME_LENGTH_MAX || self.name.len() > NAME_LENGTH_MAX {
            return Err(format!(
                "CheckID and Name of a check have at most {NAME_LENGTH_MAX} bytes"
            ));
        }
        Ok(Check {
            id,
            name: self.name,
            ttl,
            removed_after,
            status,
            output: String::new(),
        })
    }
}

fn name(member: &str, text: &str) -> Result<(), String> {
    let valid = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.:/~".contains(&byte);
    if text.is_empty() || text.len() > NAME_LENGTH_MAX || !text.bytes().all(valid) {
        return Err(format!(
            "{member} {:?} is not 1 to {NAME_LENGTH_MAX} characters of A-Z a-z 0-9 - _ . : / ~",
            text.chars().take(NAME_LENGTH_MAX).collect::<String>()
        ));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::Definition;
    use crate::catalogue::{Service, Status};

    fn service(json: &str) -> Result<Service, String> {
        let definition: Definition = serde_json::from_str(json).expect("JSON");
        definition.service()
    }

    #[test]
    fn defaults_are_those_of_consul() {
        let defined =
            service(r#"{"Name":"orders","Check":{"TTL":"5s"},"Weights":{}}"#).expect("valid");
        assert_eq!(defined.id, "orders");
        let check = defined.check.expect("a check");
        assert_eq!(check.id, "service:orders");
        assert_eq!(check.status, Status::Critical);
    }

    #[test]
    fn what_cannot_be_kept_is_refused_with_its_reason() {
        let long = "x".repeat(129);
        let cases = [
            (r#"{}"#.to_owned(), "Name"),
            (r#"{"Name":"two words"}"#.to_owned(), "Name"),
            (format!(r#"{{"Name":"{long}"}}"#), "Name"),
            (
                r#"{"Name":"a","Check":{"HTTP":"http://x"}}"#.to_owned(),
                "TTL",
            ),
            (r#"{"Name":"a","Check":{"TTL":"soon"}}"#.to_owned(), "TTL"),
            (r#"{"Name":"a","Check":{"TTL":"1ms"}}"#.to_owned(), "TTL"),
            (
                r#"{"Name":"a","Check":{"TTL":"5s","Status":"fine"}}"#.to_owned(),
                "Status",
            ),
            (
                r#"{"Name":"a","Checks":[{"TTL":"5s"},{"TTL":"5s"}]}"#.to_owned(),
                "one check",
            ),
            (format!(r#"{{"Name":"a","Tags":["{long}"]}}"#), "Tags"),
        ];
        for (json, word) in cases {
            let reason = service(&json).expect_err(&json);
            assert!(reason.contains(word), "{json}: {reason}");
        }
    }
}
