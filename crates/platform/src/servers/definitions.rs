//! Who may do what on the broker: the definitions file it loads at boot.

use serde::Serialize;
use serde_json::{Value, json};

/// Regular expressions over names of exchanges and queues, in RabbitMQ's own three classes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Permission {
    pub configure: String,
    pub write: String,
    pub read: String,
}

impl Permission {
    pub fn everything() -> Permission {
        let all = || ".*".to_owned();
        Permission {
            configure: all(),
            write: all(),
            read: all(),
        }
    }

    /// Exactly these names, taken literally.
    pub fn of(configure: &[&str], write: &[&str], read: &[&str]) -> Permission {
        Permission {
            configure: exactly(configure),
            write: exactly(write),
            read: exactly(read),
        }
    }
}

/// `^$` is RabbitMQ's way to say none.
fn exactly(names: &[&str]) -> String {
    let escaped: Vec<String> = names.iter().map(|name| name.replace('.', r"\.")).collect();
    format!("^({})$", escaped.join("|"))
}

#[derive(Clone, Debug)]
pub struct BrokerUser {
    pub name: String,
    pub password: String,
    /// `administrator`, `monitoring` or nothing: what the management API allows.
    pub tag: Option<&'static str>,
    pub permission: Permission,
}

pub fn definitions(users: &[BrokerUser]) -> Value {
    json!({
        "vhosts": [{"name": "/"}],
        "users": users.iter().map(|user| json!({
            "name": user.name,
            "password": user.password,
            "tags": user.tag.unwrap_or_default(),
        })).collect::<Vec<_>>(),
        "permissions": users.iter().map(|user| json!({
            "user": user.name,
            "vhost": "/",
            "configure": user.permission.configure,
            "write": user.permission.write,
            "read": user.permission.read,
        })).collect::<Vec<_>>(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_matched_whole_and_dots_literally() {
        let permission = Permission::of(&["orders", "orders.dead"], &[], &["events.log"]);
        assert_eq!(permission.configure, r"^(orders|orders\.dead)$");
        assert_eq!(permission.write, "^()$");
        assert_eq!(permission.read, r"^(events\.log)$");
    }

    #[test]
    fn every_user_gets_its_permission_in_the_one_vhost() {
        let file = definitions(&[BrokerUser {
            name: "orders".into(),
            password: "p".into(),
            tag: None,
            permission: Permission::everything(),
        }]);
        assert_eq!(file["users"][0]["tags"], "");
        assert_eq!(file["permissions"][0]["user"], file["users"][0]["name"]);
        assert_eq!(file["permissions"][0]["vhost"], file["vhosts"][0]["name"]);
    }
}
