use amqp_proxy::{
    deliveries::{Deliveries, Settled},
    settlement::Settlement,
};
use proptest::{collection::vec, prelude::*, sample::Index};
use std::collections::{BTreeMap, BTreeSet};

#[derive(Clone, Debug)]
enum Step {
    Forward,
    ForwardUnacknowledged,
    Duplicate,
    DropSettled,
    DropUnacknowledged,
    HoldBack,
    Resume(Index),
    GiveBack(Index),
    Settle { which: Index, multiple: bool },
    SettleAll,
    Recover,
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        6 => Just(Step::Forward),
        1 => Just(Step::ForwardUnacknowledged),
        2 => Just(Step::Duplicate),
        2 => Just(Step::DropSettled),
        2 => Just(Step::DropUnacknowledged),
        2 => Just(Step::HoldBack),
        2 => any::<Index>().prop_map(Step::Resume),
        1 => any::<Index>().prop_map(Step::GiveBack),
        6 => (any::<Index>(), any::<bool>()).prop_map(|(which, multiple)| Step::Settle { which, multiple }),
        1 => Just(Step::SettleAll),
        1 => Just(Step::Recover),
    ]
}

#[derive(Default)]
struct Book {
    /// The broker's unsettled tags.
    broker: BTreeSet<u64>,
    delivered: u64,
    /// The client's unsettled tags, each with the broker's tag that it stands for.
    client: BTreeMap<u64, Option<u64>>,
    seen: u64,
}

impl Book {
    fn broker_delivers(&mut self) -> u64 {
        self.delivered += 1;
        self.broker.insert(self.delivered);
        self.delivered
    }

    fn client_sees(&mut self, tag: u64) {
        assert_eq!(tag, self.seen + 1, "the client's tags ascend without a gap");
        self.seen = tag;
    }

    /// The broker's tags that must be settled by what the client says.
    fn client_settles(&mut self, settlement: Settlement) -> BTreeSet<u64> {
        let covered: Vec<u64> = match settlement.multiple {
            true => (self.client.keys().copied())
                .filter(|tag| settlement.tag == 0 || *tag <= settlement.tag)
                .collect(),
            false => vec![settlement.tag],
        };
        (covered.into_iter())
            .filter_map(|tag| self.client.remove(&tag).flatten())
            .collect()
    }

    /// What a broker makes of a settlement; it closes the channel over an unknown tag.
    fn broker_hears(&mut self, settlement: Settlement) -> BTreeSet<u64> {
        if settlement.multiple && settlement.tag == 0 {
            return std::mem::take(&mut self.broker);
        }
        assert!(
            self.broker.contains(&settlement.tag),
            "unknown: {settlement:?}"
        );
        let heard: BTreeSet<u64> = match settlement.multiple {
            true => (self.broker.range(..=settlement.tag).copied()).collect(),
            false => BTreeSet::from([settlement.tag]),
        };
        self.broker.retain(|tag| !heard.contains(tag));
        heard
    }
}

fn run(steps: Vec<Step>) {
    let mut deliveries = Deliveries::default();
    let mut book = Book::default();
    let mut held = Vec::new();
    for step in steps {
        match step {
            Step::Forward | Step::Duplicate => {
                let broker = book.broker_delivers();
                let tag = deliveries.forwarded(broker, true);
                book.client_sees(tag);
                book.client.insert(tag, Some(broker));
                if matches!(step, Step::Duplicate) {
                    let copy = deliveries.copied(true);
                    book.client_sees(copy);
                    book.client.insert(copy, None);
                }
            }
            Step::ForwardUnacknowledged => {
                let broker = book.broker_delivers();
                book.broker.remove(&broker);
                let tag = deliveries.forwarded(broker, false);
                book.client_sees(tag);
            }
            Step::DropSettled => {
                let broker = book.broker_delivers();
                deliveries.dropped_and_settled(broker);
                book.broker.remove(&broker);
            }
            Step::DropUnacknowledged => {
                deliveries.dropped_unacknowledged(book.broker_delivers());
            }
            Step::HoldBack => {
                let broker = book.broker_delivers();
                deliveries.dropped_unacknowledged(broker);
                held.push(broker);
            }
            Step::Resume(which) if !held.is_empty() => {
                let broker = held.remove(which.index(held.len()));
                let tag = deliveries.resumed(broker, true);
                book.client_sees(tag);
                book.client.insert(tag, Some(broker));
            }
            Step::GiveBack(which) if !held.is_empty() => {
                let broker = held.remove(which.index(held.len()));
                deliveries.given_back(broker);
                book.broker.remove(&broker);
            }
            Step::Resume(_) | Step::GiveBack(_) => {}
            Step::Settle { which, multiple } => {
                let held: Vec<u64> = book.client.keys().copied().collect();
                if !held.is_empty() {
                    let tag = *which.get(&held);
                    settle(&mut deliveries, &mut book, Settlement { tag, multiple });
                }
            }
            Step::SettleAll => {
                let all = Settlement {
                    tag: 0,
                    multiple: true,
                };
                settle(&mut deliveries, &mut book, all);
            }
            Step::Recover => {
                deliveries.recovered();
                held.clear();
                book.broker.clear();
                book.client.clear();
            }
        }
    }
}

fn settle(deliveries: &mut Deliveries, book: &mut Book, settlement: Settlement) {
    let expected = book.client_settles(settlement);
    let told = match deliveries.settled(settlement) {
        Settled::AsItCame => vec![settlement],
        Settled::Upstream(settlements) => settlements,
        Settled::Unknown => panic!("the client holds {settlement:?}"),
    };
    let heard: BTreeSet<u64> = (told.into_iter())
        .flat_map(|settlement| book.broker_hears(settlement))
        .collect();
    assert_eq!(heard, expected, "after {settlement:?}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4000))]

    #[test]
    fn what_the_client_settles_is_settled_at_the_broker_and_nothing_else(
        steps in vec(step(), 0..60),
    ) {
        run(steps);
    }
}

#[test]
fn the_example_at_the_head_of_the_module_is_true() {
    let mut deliveries = Deliveries::default();
    assert_eq!(deliveries.forwarded(1, true), 1);
    assert_eq!(deliveries.forwarded(2, true), 2);
    assert_eq!(deliveries.copied(true), 3);
    deliveries.dropped_unacknowledged(3);
    assert_eq!(deliveries.forwarded(4, true), 4);
    let told = deliveries.settled(Settlement {
        tag: 4,
        multiple: true,
    });
    let told_of = |tag, multiple| Settlement { tag, multiple };
    assert_eq!(
        told,
        Settled::Upstream(vec![told_of(2, true), told_of(4, false)])
    );
}

#[test]
fn settling_twice_is_the_clients_mistake_and_the_broker_hears_of_it() {
    let mut deliveries = Deliveries::default();
    deliveries.forwarded(1, true);
    deliveries.copied(true);
    let second = Settlement {
        tag: 2,
        multiple: false,
    };
    assert_eq!(
        deliveries.settled(second),
        Settled::Upstream(Vec::new()),
        "a copy"
    );
    for tag in [2, 3, 0, u64::MAX] {
        let again = Settlement {
            tag,
            multiple: false,
        };
        assert_eq!(deliveries.settled(again), Settled::Unknown, "{tag}");
    }
}

#[test]
fn a_broker_that_does_not_count_is_left_alone() {
    let mut deliveries = Deliveries::default();
    assert!(!deliveries.countable(7));
    assert_eq!(deliveries.forwarded(7, true), 7);
    assert!(!deliveries.countable(8), "for good");
    assert_eq!(deliveries.forwarded(3, true), 3);
    let any = Settlement {
        tag: 7,
        multiple: true,
    };
    assert_eq!(deliveries.settled(any), Settled::AsItCame);
}
