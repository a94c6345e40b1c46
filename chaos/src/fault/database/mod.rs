//! The databases, as their superuser. A restart is `process/restart` of `postgres`.

pub mod cut_on_commit;
pub mod disk_full;
pub mod exhaust_connections;
pub mod lock_table;
pub mod terminate_backends;
