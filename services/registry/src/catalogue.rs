//! Who is registered and how they are. Pure: every function that depends on time takes it as milliseconds.
//!
//! ```text
//!            register ──► passing ◄── pass ── critical ── removed_after ──► gone
//!                            └──────── ttl ─────►┘
//! ```

use std::collections::BTreeMap;
use std::time::Duration;

/// Registrations kept: a hundred services of ten instances, about 1 kB each.
pub const INSTANCES_MAX: usize = 1024;

/// What a check last said, in Consul's words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    Passing,
    Warning,
    Critical,
}

impl Status {
    pub const fn label(self) -> &'static str {
        match self {
            Self::Passing => "passing",
            Self::Warning => "warning",
            Self::Critical => "critical",
        }
    }

    /// From the words of both the health API (`passing`) and the agent API (`pass`).
    pub fn parse(text: &str) -> Option<Self> {
        match text {
            "passing" | "pass" => Some(Self::Passing),
            "warning" | "warn" => Some(Self::Warning),
            "critical" | "fail" => Some(Self::Critical),
            _ => None,
        }
    }
}

/// A registered instance of a service.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Service {
    pub id: String,
    pub name: String,
    pub address: String,
    pub port: u16,
    pub tags: Vec<String>,
    pub meta: BTreeMap<String, String>,
    /// Without a check an instance is passing until it deregisters.
    pub check: Option<Check>,
}

impl Service {
    pub fn status(&self) -> Status {
        self.check
            .as_ref()
            .map_or(Status::Passing, |check| check.status)
    }
}

/// A check that turns critical by itself unless it is renewed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Check {
    pub id: String,
    pub name: String,
    pub ttl: Duration,
    pub removed_after: Duration,
    pub status: Status,
    pub output: String,
}

/// The catalogue has [`INSTANCES_MAX`] registrations.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{INSTANCES_MAX} instances are registered; deregister some")]
pub struct Full;

/// Nothing is registered under this id.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Unknown;

#[derive(Clone, Debug)]
struct Entry {
    service: Service,
    /// When the status changes by itself: passing to critical, or critical to gone.
    due_ms: Option<u64>,
}

/// All registrations and the index of the newest change.
#[derive(Clone, Debug)]
pub struct Catalogue {
    entries: BTreeMap<String, Entry>,
    /// The index of the newest change of each service that has instances.
    changed: BTreeMap<String, u64>,
    index: u64,
}

impl Default for Catalogue {
    fn default() -> Self {
        Self {
            entries: BTreeMap::new(),
            changed: BTreeMap::new(),
            // Consul's indexes begin at 1: 0 means "do not block".
            index: 1,
        }
    }
}

impl Catalogue {
    /// Adds an instance, or replaces the one with its id.
    pub fn register(&mut self, now_ms: u64, service: Service) -> Result<(), Full> {
        let known = self.entries.get(&service.id);
        if known.is_none() && self.entries.len() >= INSTANCES_MAX {
            return Err(Full);
        }
        // Registering the same again is a renewal, not a change that wakes everybody who watches.
        let renamed = known
            .map(|entry| entry.service.name.clone())
            .filter(|name| *name != service.name);
        let changes = known.is_none_or(|entry| entry.service != service);
        let name = service.name.clone();
        let due_ms = service.check.as_ref().map(|check| due_ms(now_ms, check));
        self.entries
            .insert(service.id.clone(), Entry { service, due_ms });
        if changes {
            self.touch(&name);
        }
        if let Some(renamed) = renamed {
            self.touch(&renamed);
        }
        Ok(())
    }

    /// A check reports.
    pub fn report(
        &mut self,
        now_ms: u64,
        check_id: &str,
        status: Status,
        output: &str,
    ) -> Result<(), Unknown> {
        let entry = self.entries.values_mut().find_map(|entry| {
            let check = entry
                .service
                .check
                .as_mut()
                .filter(|check| check.id == check_id)?;
            Some((&entry.service.name, check, &mut entry.due_ms))
        });
        let (name, check, due) = entry.ok_or(Unknown)?;
        let stays_critical = check.status == Status::Critical && status == Status::Critical;
        let changes = check.status != status;
        check.status = status;
        check.output = output.to_owned();
        // A critical report does not put off the removal of what is critical already.
        if !stays_critical {
            *due = Some(due_ms(now_ms, check));
        }
        if changes {
            let name = name.clone();
            self.touch(&name);
        }
        Ok(())
    }

    pub fn deregister(&mut self, id: &str) -> Result<(), Unknown> {
        let entry = self.entries.remove(id).ok_or(Unknown)?;
        self.touch(&entry.service.name);
        Ok(())
    }

    /// Turns critical what was not renewed in time, and removes what has been critical for too long.
    pub fn expire(&mut self, now_ms: u64) {
        let is_due = |entry: &Entry| entry.due_ms.is_some_and(|due_ms| due_ms <= now_ms);
        let due: Vec<String> = self
            .entries
            .iter()
            .filter(|(_, entry)| is_due(entry))
            .map(|(id, _)| id.clone())
            .collect();
        for id in due {
            self.expire_one(now_ms, &id);
        }
    }

    fn expire_one(&mut self, now_ms: u64, id: &str) {
        let Some(entry) = self.entries.get_mut(id) else {
            return;
        };
        let name = entry.service.name.clone();
        match entry.service.check.as_mut() {
            Some(check) if check.status != Status::Critical => {
                check.status = Status::Critical;
                check.output = "TTL expired".to_owned();
                entry.due_ms = Some(due_ms(now_ms, check));
            }
            Some(_) | None => {
                self.entries.remove(id);
            }
        }
        self.touch(&name);
    }

    /// The instances of a service in the order of their ids.
    pub fn instances(&self, name: &str) -> impl Iterator<Item = &Service> {
        self.services().filter(move |service| service.name == name)
    }

    /// All instances in the order of their ids.
    pub fn services(&self) -> impl Iterator<Item = &Service> {
        self.entries.values().map(|entry| &entry.service)
    }

    /// The index of the newest change of one service. One that has no instances changes with everything: it has
    /// no memory of its own, so that names do not pile up.
    pub fn index_of(&self, name: &str) -> u64 {
        self.changed.get(name).copied().unwrap_or(self.index)
    }

    /// The index of the newest change.
    pub fn index(&self) -> u64 {
        self.index
    }

    fn touch(&mut self, name: &str) {
        self.index += 1;
        if self
            .entries
            .values()
            .any(|entry| entry.service.name == name)
        {
            self.changed.insert(name.to_owned(), self.index);
        } else {
            self.changed.remove(name);
        }
    }
}

fn due_ms(now_ms: u64, check: &Check) -> u64 {
    let after = match check.status {
        Status::Passing | Status::Warning => check.ttl,
        Status::Critical => check.removed_after,
    };
    now_ms.saturating_add(u64::try_from(after.as_millis()).unwrap_or(u64::MAX))
}

#[cfg(test)]
#[path = "catalogue_tests.rs"]
mod tests;
