//! Faults against doubles of what they break, where a real server could not be brought to answer so.

mod broker;
mod crash_at;
mod declared;
mod doubt;
mod sessions;
mod site;
