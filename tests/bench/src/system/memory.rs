//! Resident memory of our own processes; servers that others wrote are not counted.

use std::collections::BTreeMap;

use platform::process::{Kind, Status, Supervisor};

use crate::machine::field_kib;

/// A server to the platform, and ours all the same.
const TRACE_STORE: &str = "tracestore";

/// KiB by service, all its instances together.
#[derive(Clone, Debug, Default)]
pub struct Memory {
    pub services: BTreeMap<String, Resident>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Resident {
    pub processes: u64,
    pub resident_kib: u64,
    /// With each page that several share divided among them: what would come free if all ended.
    pub proportional_kib: u64,
}

impl Memory {
    pub fn of(supervisor: &Supervisor) -> Memory {
        let mut memory = Memory::default();
        for process in supervisor.list().iter().filter(|process| is_ours(process)) {
            let Some(pid) = process.pid else { continue };
            let rollup = std::fs::read_to_string(format!("/proc/{pid}/smaps_rollup"));
            // One that ended a moment ago holds nothing.
            let rollup = rollup.unwrap_or_default();
            let service = memory.services.entry(process.service.clone()).or_default();
            service.processes += 1;
            service.resident_kib += field_kib(&rollup, "Rss:");
            service.proportional_kib += field_kib(&rollup, "Pss:");
        }
        memory
    }

    pub fn total(&self) -> Resident {
        let mut total = Resident::default();
        for service in self.services.values() {
            total.processes += service.processes;
            total.resident_kib += service.resident_kib;
            total.proportional_kib += service.proportional_kib;
        }
        total
    }
}

fn is_ours(process: &Status) -> bool {
    process.kind == Kind::Service || process.service == TRACE_STORE
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_total_is_of_all_services() {
        let one = Resident {
            processes: 2,
            resident_kib: 30,
            proportional_kib: 20,
        };
        let services = [("orders".to_owned(), one), ("gateway".to_owned(), one)];
        let total = Memory {
            services: services.into(),
        }
        .total();
        assert_eq!(
            total,
            Resident {
                processes: 4,
                resident_kib: 60,
                proportional_kib: 40
            }
        );
    }
}
