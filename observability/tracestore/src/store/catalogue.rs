//! The services and operations seen since the start. Like Jaeger's, it does not forget when traces go.

use std::collections::HashMap;

use serde::Serialize;

/// Services listed. A system larger than this needs a larger store than an embedded one; searches by name
/// still find what is not listed.
const SERVICES_MAX: usize = 256;

/// Operations listed of each service: a name with an id in it would otherwise grow for ever.
const OPERATIONS_MAX: usize = 512;

/// Longer names are kept in their spans and not listed.
const NAME_BYTES_MAX: usize = 256;

const KINDS: [&str; 6] = ["", "internal", "server", "client", "producer", "consumer"];

/// A set of services as bits. The last bit stands for every service after the 63rd, so that "maybe" needs a
/// look at the spans and "no" is certain.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct ServiceSet(u64);

impl ServiceSet {
    const OTHERS: u32 = 63;

    fn of(number: usize) -> Self {
        Self(1 << u32::try_from(number).unwrap_or(u32::MAX).min(Self::OTHERS))
    }

    pub(super) fn add(&mut self, other: Self) {
        self.0 |= other.0;
    }

    pub(super) fn may_contain(self, other: Self) -> bool {
        self.0 & other.0 == other.0
    }
}

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Operation {
    pub name: String,
    #[serde(skip_serializing_if = "str::is_empty")]
    pub span_kind: &'static str,
}

#[derive(Debug, Default)]
pub(super) struct Catalogue {
    services: HashMap<Box<str>, Service>,
}

#[derive(Debug)]
struct Service {
    number: usize,
    /// the kinds of each operation, as bits
    operations: HashMap<Box<str>, u8>,
}

impl Catalogue {
    pub(super) fn learn(&mut self, service: &str, operation: &str, kind: u8) -> ServiceSet {
        let Some(known) = self.service(service) else {
            return ServiceSet::of(usize::MAX);
        };
        let kind = 1 << kind.min(5);
        if let Some(kinds) = known.operations.get_mut(operation) {
            *kinds |= kind;
        } else if known.operations.len() < OPERATIONS_MAX && operation.len() <= NAME_BYTES_MAX {
            known.operations.insert(operation.into(), kind);
        }
        ServiceSet::of(known.number)
    }

    /// The service's entry, made when there is room for it.
    fn service(&mut self, name: &str) -> Option<&mut Service> {
        if !self.services.contains_key(name) {
            let number = self.services.len();
            if name.is_empty() || name.len() > NAME_BYTES_MAX || number == SERVICES_MAX {
                return None;
            }
            self.services.insert(
                name.into(),
                Service {
                    number,
                    operations: HashMap::new(),
                },
            );
        }
        self.services.get_mut(name)
    }

    pub(super) fn service_set(&self, service: &str) -> ServiceSet {
        ServiceSet::of(
            self.services
                .get(service)
                .map_or(usize::MAX, |known| known.number),
        )
    }

    pub(super) fn services(&self) -> Vec<String> {
        let mut names: Vec<String> = self.services.keys().map(|name| name.to_string()).collect();
        names.sort_unstable();
        names
    }

    pub(super) fn operations(&self, service: &str, kind: Option<&str>) -> Vec<Operation> {
        let Some(service) = self.services.get(service) else {
            return Vec::new();
        };
        let mut operations: Vec<Operation> = service
            .operations
            .iter()
            .flat_map(|(name, kinds)| {
                let spans = KINDS
                    .iter()
                    .enumerate()
                    .filter(move |(bit, _)| kinds & (1 << bit) != 0);
                spans.map(|(_, span_kind)| Operation {
                    name: name.to_string(),
                    span_kind,
                })
            })
            .filter(|operation| kind.is_none_or(|kind| operation.span_kind == kind))
            .collect();
        operations.sort_unstable();
        operations
    }

    pub(super) fn bytes(&self) -> usize {
        // a name of the usual length, its box and its place in a map that doubles
        const NAME_BYTES: usize = 128;
        let operations: usize = self
            .services
            .values()
            .map(|service| service.operations.len())
            .sum();
        (self.services.len() + operations) * NAME_BYTES
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_operation_is_listed_once_for_each_of_its_kinds() {
        let mut catalogue = Catalogue::default();
        for kind in [2, 2, 3, 0] {
            catalogue.learn("orders", "POST /orders", kind);
        }
        let kinds: Vec<_> = catalogue
            .operations("orders", None)
            .into_iter()
            .map(|o| o.span_kind)
            .collect();
        assert_eq!(kinds, ["", "client", "server"]);
        assert_eq!(catalogue.operations("orders", Some("client")).len(), 1);
        assert_eq!(catalogue.operations("nobody", None), []);
    }

    #[test]
    fn names_without_end_do_not_grow_it_without_end() {
        let mut catalogue = Catalogue::default();
        for n in 0..2_000 {
            catalogue.learn(&format!("service-{n}"), "x", 1);
            catalogue.learn("service-0", &format!("operation-{n}"), 1);
        }
        assert_eq!(catalogue.services().len(), SERVICES_MAX);
        assert_eq!(
            catalogue.operations("service-0", None).len(),
            OPERATIONS_MAX
        );
    }

    #[test]
    fn the_64th_service_and_those_after_it_are_told_from_the_first_63() {
        let mut catalogue = Catalogue::default();
        let sets: Vec<_> = (0..70)
            .map(|n| catalogue.learn(&format!("service-{n}"), "x", 1))
            .collect();
        assert!(!sets[0].may_contain(sets[1]));
        assert!(!sets[62].may_contain(sets[63]));
        assert!(sets[63].may_contain(sets[69]));
        assert_eq!(catalogue.service_set("service-69"), sets[69]);
    }
}
