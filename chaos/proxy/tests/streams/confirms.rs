use amqp_proxy::{
    confirms::{Confirmed, Confirms, Fate},
    settlement::Settlement,
};
use proptest::{collection::vec, prelude::*, sample::Index};
use std::collections::{BTreeMap, BTreeSet};

#[derive(Clone, Debug)]
enum Step {
    Forward,
    Duplicate,
    DropAnswered,
    DropInSilence,
    /// Forwarded; its confirm is to be swallowed.
    ForwardUnheard,
    /// Forwarded; its confirm is to say the opposite.
    ForwardDenied,
    HoldBack,
    Resume(Index),
    Confirm {
        which: Index,
        multiple: bool,
    },
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        4 => Just(Step::Forward),
        1 => Just(Step::Duplicate),
        1 => Just(Step::DropAnswered),
        1 => Just(Step::DropInSilence),
        1 => Just(Step::ForwardUnheard),
        1 => Just(Step::ForwardDenied),
        2 => Just(Step::HoldBack),
        2 => any::<Index>().prop_map(Step::Resume),
        4 => (any::<Index>(), any::<bool>()).prop_map(|(which, multiple)| Step::Confirm { which, multiple }),
    ]
}

/// Keeps every fact in the plainest way there is.
#[derive(Default)]
struct Book {
    /// The broker's unconfirmed numbers, each with the client's tag that it answers.
    broker: BTreeMap<u64, Option<u64>>,
    sent: u64,
    /// The client's unconfirmed tags.
    pending: BTreeSet<u64>,
    tags: u64,
    unheard: BTreeSet<u64>,
    denied: BTreeSet<u64>,
}

impl Book {
    fn client_publishes(&mut self) -> u64 {
        self.tags += 1;
        self.pending.insert(self.tags);
        self.tags
    }

    fn broker_takes(&mut self, answers: Option<u64>) {
        self.sent += 1;
        self.broker.insert(self.sent, answers);
    }

    /// What the client must learn from a confirm of the broker.
    fn broker_confirms(&mut self, settlement: Settlement) -> BTreeSet<u64> {
        let covered: Vec<u64> = match settlement.multiple {
            true => (self.broker.keys().copied())
                .filter(|seq| settlement.tag == 0 || *seq <= settlement.tag)
                .collect(),
            false => vec![settlement.tag],
        };
        covered
            .into_iter()
            .filter_map(|seq| self.broker.remove(&seq).flatten())
            .filter(|tag| !self.unheard.contains(tag))
            .collect()
    }

    /// What a client makes of a confirm; it gives up over one that it does not expect.
    fn client_hears(&mut self, settlement: Settlement) -> BTreeSet<u64> {
        assert!(
            self.pending.contains(&settlement.tag),
            "stray: {settlement:?}"
        );
        let heard: BTreeSet<u64> = match settlement.multiple {
            true => (self.pending.range(..=settlement.tag).copied()).collect(),
            false => BTreeSet::from([settlement.tag]),
        };
        self.pending.retain(|tag| !heard.contains(tag));
        heard
    }
}

fn run(steps: Vec<Step>) {
    let mut confirms = Confirms::default();
    let mut book = Book::default();
    let mut silent = BTreeSet::new();
    let mut held = Vec::new();
    let confirm = |settlement, confirms: &mut Confirms, book: &mut Book| {
        let expected = book.broker_confirms(settlement);
        let heard = confirms.confirmed(settlement, |tag| {
            if book.unheard.contains(&tag) {
                Fate::Swallow
            } else if book.denied.contains(&tag) {
                Fate::Deny
            } else {
                Fate::Forward
            }
        });
        let told = match heard {
            Confirmed::AsItCame => vec![(settlement, false)],
            Confirmed::Rewritten { denied, told } => {
                let single = |tag| Settlement {
                    tag,
                    multiple: false,
                };
                let denied = denied.into_iter().map(|tag| (single(tag), true));
                let told = told.into_iter().map(|settlement| (settlement, false));
                denied.chain(told).collect()
            }
        };
        let mut heard = BTreeSet::new();
        for (settlement, is_denial) in told {
            for tag in book.client_hears(settlement) {
                assert_eq!(book.denied.contains(&tag), is_denial, "{tag}");
                heard.insert(tag);
            }
        }
        assert_eq!(heard, expected, "after {settlement:?}");
    };
    for step in steps {
        match step {
            Step::Forward | Step::Duplicate | Step::ForwardUnheard | Step::ForwardDenied => {
                let tag = book.client_publishes();
                assert_eq!(confirms.forwarded(), tag);
                book.broker_takes(Some(tag));
                match step {
                    Step::Duplicate => {
                        confirms.copied();
                        book.broker_takes(None);
                    }
                    Step::ForwardUnheard => {
                        book.unheard.insert(tag);
                    }
                    Step::ForwardDenied => {
                        book.denied.insert(tag);
                    }
                    _ => {}
                }
            }
            Step::DropAnswered => {
                let tag = book.client_publishes();
                assert_eq!(confirms.dropped_and_answered(), tag);
                let answer = Settlement {
                    tag,
                    multiple: false,
                };
                book.client_hears(answer);
            }
            Step::DropInSilence => {
                let tag = book.client_publishes();
                assert_eq!(confirms.dropped_in_silence(), tag);
                silent.insert(tag);
            }
            Step::HoldBack => {
                let tag = book.client_publishes();
                assert_eq!(confirms.dropped_in_silence(), tag);
                held.push(tag);
            }
            Step::Resume(which) if !held.is_empty() => {
                let tag = held.remove(which.index(held.len()));
                confirms.resumed(tag);
                book.broker_takes(Some(tag));
            }
            Step::Resume(_) => {}
            Step::Confirm { which, multiple } => {
                let outstanding: Vec<u64> = book.broker.keys().copied().collect();
                if !outstanding.is_empty() {
                    let tag = *which.get(&outstanding);
                    confirm(Settlement { tag, multiple }, &mut confirms, &mut book);
                }
            }
        }
    }
    while let Some((tag, _)) = book.broker.last_key_value() {
        let all = Settlement {
            tag: *tag,
            multiple: true,
        };
        confirm(all, &mut confirms, &mut book);
    }
    silent.extend(held);
    let unheard: BTreeSet<u64> = silent.union(&book.unheard).copied().collect();
    assert_eq!(
        book.pending, unheard,
        "only what was to stay unconfirmed did"
    );
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4000))]

    #[test]
    fn each_tag_is_confirmed_once_when_its_own_publish_is_and_no_other(
        steps in vec(step(), 0..60),
    ) {
        run(steps);
    }
}

#[test]
fn the_example_at_the_head_of_the_module_is_true() {
    let mut confirms = Confirms::default();
    confirms.forwarded();
    confirms.forwarded();
    confirms.copied();
    confirms.dropped_in_silence();
    confirms.forwarded();
    let told = confirms.confirmed(
        Settlement {
            tag: 4,
            multiple: true,
        },
        |_| Fate::Forward,
    );
    let told_of = |tag, multiple| Settlement { tag, multiple };
    assert_eq!(
        told,
        Confirmed::Rewritten {
            denied: Vec::new(),
            told: vec![told_of(2, true), told_of(4, false)]
        }
    );
}

#[test]
fn a_confirm_of_something_already_confirmed_says_nothing_on_a_touched_channel() {
    let mut confirms = Confirms::default();
    confirms.forwarded();
    confirms.copied();
    for tag in [1, 2] {
        confirms.confirmed(
            Settlement {
                tag,
                multiple: false,
            },
            |_| Fate::Forward,
        );
    }
    for settlement in [
        Settlement {
            tag: 1,
            multiple: true,
        },
        Settlement {
            tag: 2,
            multiple: false,
        },
        Settlement {
            tag: 9,
            multiple: false,
        },
        Settlement {
            tag: u64::MAX,
            multiple: true,
        },
        Settlement {
            tag: 0,
            multiple: false,
        },
    ] {
        let told = confirms.confirmed(settlement, |_| Fate::Forward);
        let nothing = Confirmed::Rewritten {
            denied: Vec::new(),
            told: Vec::new(),
        };
        assert_eq!(told, nothing, "{settlement:?}");
    }
}
