//! Single faults against servers that are stubs: what is asked of them, what is left of a fault that breaks off, and
//! what is not taken for one. What real servers make of it, `tests/end-to-end` shows.

mod broker;
mod crash_at;
mod declared;
mod sessions;
mod site;
