use std::collections::BTreeMap;
use std::time::Duration;

use super::{Catalogue, Check, Full, INSTANCES_MAX, Service, Status, Unknown};

fn service(name: &str, id: &str) -> Service {
    Service {
        id: id.to_owned(),
        name: name.to_owned(),
        address: "127.0.0.1".to_owned(),
        port: 80,
        tags: Vec::new(),
        meta: BTreeMap::new(),
        check: Some(Check {
            id: format!("service:{id}"),
            name: String::new(),
            ttl: Duration::from_millis(5_000),
            removed_after: Duration::from_millis(60_000),
            status: Status::Passing,
            output: String::new(),
        }),
    }
}

fn statuses(catalogue: &Catalogue, name: &str) -> Vec<(String, Status)> {
    catalogue
        .instances(name)
        .map(|service| (service.id.clone(), service.status()))
        .collect()
}

fn pass(catalogue: &mut Catalogue, now_ms: u64, id: &str) -> Result<(), Unknown> {
    catalogue.report(now_ms, &format!("service:{id}"), Status::Passing, "")
}

#[test]
fn an_instance_that_does_not_renew_turns_critical_and_then_is_gone() {
    let mut catalogue = Catalogue::default();
    catalogue
        .register(0, service("orders", "orders-1"))
        .expect("room");
    pass(&mut catalogue, 4_000, "orders-1").expect("known");
    catalogue.expire(8_999);
    assert_eq!(
        statuses(&catalogue, "orders"),
        [("orders-1".to_owned(), Status::Passing)]
    );
    catalogue.expire(9_000);
    assert_eq!(
        statuses(&catalogue, "orders"),
        [("orders-1".to_owned(), Status::Critical)]
    );
    catalogue.expire(68_999);
    assert_eq!(statuses(&catalogue, "orders").len(), 1);
    catalogue.expire(69_000);
    assert_eq!(statuses(&catalogue, "orders"), []);
    assert_eq!(pass(&mut catalogue, 69_001, "orders-1"), Err(Unknown));
}

#[test]
fn a_critical_instance_that_renews_passes_again() {
    let mut catalogue = Catalogue::default();
    catalogue
        .register(0, service("orders", "orders-1"))
        .expect("room");
    catalogue.expire(5_000);
    let critical = catalogue.index();
    pass(&mut catalogue, 6_000, "orders-1").expect("known");
    assert!(catalogue.index() > critical);
    catalogue.expire(65_000);
    assert_eq!(
        statuses(&catalogue, "orders"),
        [("orders-1".to_owned(), Status::Critical)]
    );
}

#[test]
fn reporting_critical_again_does_not_put_the_removal_off() {
    let mut catalogue = Catalogue::default();
    catalogue
        .register(0, service("orders", "orders-1"))
        .expect("room");
    for now_ms in [1_000, 30_000, 60_000] {
        catalogue
            .report(now_ms, "service:orders-1", Status::Critical, "down")
            .expect("known");
    }
    catalogue.expire(61_000);
    assert_eq!(statuses(&catalogue, "orders"), []);
}

#[test]
fn only_changes_move_the_index_and_only_that_of_their_service() {
    let mut catalogue = Catalogue::default();
    catalogue
        .register(0, service("orders", "orders-1"))
        .expect("room");
    catalogue
        .register(0, service("payments", "payments-1"))
        .expect("room");
    let (orders, payments) = (catalogue.index_of("orders"), catalogue.index_of("payments"));
    pass(&mut catalogue, 1_000, "orders-1").expect("known");
    catalogue
        .register(2_000, service("orders", "orders-1"))
        .expect("known");
    assert_eq!(catalogue.index_of("orders"), orders);
    catalogue
        .register(3_000, service("orders", "orders-2"))
        .expect("room");
    assert!(catalogue.index_of("orders") > orders);
    assert_eq!(catalogue.index_of("payments"), payments);
}

#[test]
fn the_index_of_a_service_that_loses_its_last_instance_still_moves_forward() {
    let mut catalogue = Catalogue::default();
    catalogue
        .register(0, service("orders", "orders-1"))
        .expect("room");
    let before = catalogue.index_of("orders");
    catalogue.deregister("orders-1").expect("known");
    assert!(catalogue.index_of("orders") > before);
    assert_eq!(catalogue.deregister("orders-1"), Err(Unknown));
}

#[test]
fn an_id_that_moves_to_another_service_changes_both() {
    let mut catalogue = Catalogue::default();
    catalogue
        .register(0, service("orders", "one"))
        .expect("room");
    catalogue
        .register(0, service("orders", "two"))
        .expect("room");
    let before = catalogue.index_of("orders");
    catalogue
        .register(1, service("payments", "one"))
        .expect("known");
    assert!(catalogue.index_of("orders") > before);
    assert_eq!(statuses(&catalogue, "orders").len(), 1);
    assert_eq!(statuses(&catalogue, "payments").len(), 1);
}

#[test]
fn a_full_catalogue_refuses_new_ids_and_takes_known_ones() {
    let mut catalogue = Catalogue::default();
    for number in 0..INSTANCES_MAX {
        catalogue
            .register(0, service("orders", &format!("orders-{number}")))
            .expect("room");
    }
    assert_eq!(
        catalogue.register(0, service("orders", "one more")),
        Err(Full)
    );
    assert_eq!(catalogue.register(0, service("orders", "orders-7")), Ok(()));
}
