//! The broker itself, through its management API. A restart is `process/restart` of `rabbitmq`.

pub mod alarm;
pub mod close_connections;
pub mod consumer_timeout;
mod declared;
pub mod delete_binding;
pub mod delete_queue;
pub mod length_limit;
pub mod poison;
pub mod take_permission;

use super::FaultError;
use crate::agent::site::Site;

/// After an agent that died: policies, alarms, permissions, queues and bindings as they were.
pub async fn sweep(site: &Site) -> Result<(), FaultError> {
    length_limit::sweep(site).await?;
    take_permission::sweep(site).await?;
    declared::sweep(site).await?;
    consumer_timeout::sweep(site).await?;
    alarm::sweep(site).await
}

/// A name as a path of the management API spells it.
pub(crate) fn spelled(name: &str) -> String {
    let plain = |octet: &u8| octet.is_ascii_alphanumeric() || b"-_.~".contains(octet);
    name.bytes().fold(String::new(), |mut text, octet| {
        match plain(&octet) {
            true => text.push(char::from(octet)),
            false => text += &format!("%{octet:02X}"),
        }
        text
    })
}

#[cfg(test)]
mod tests {
    use super::spelled;

    #[test]
    fn a_name_is_spelled_so_that_a_path_keeps_it() {
        assert_eq!(spelled("orders.dead"), "orders.dead");
        assert_eq!(
            spelled("127.0.0.1:1 -> [::1]"),
            "127.0.0.1%3A1%20-%3E%20%5B%3A%3A1%5D"
        );
    }
}
