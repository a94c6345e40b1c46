//! What can happen next, and to whom.

use crate::{
    batch::{Item, any_items},
    bounds::INSTANCES,
    kept::Kept,
};
use proptest::prelude::*;
use std::fmt;

pub enum Step<P: Kept> {
    /// Its next statement. If nothing is open, it begins with these.
    Next {
        who: usize,
        items: Vec<Item<P>>,
    },
    /// It gives up what is open, or dies with it.
    Undo {
        who: usize,
        politely: bool,
    },
    /// The relay claims what is due.
    Claim,
    /// What was claimed last is confirmed.
    Erase,
    Prune {
        older_than_ms: i64,
    },
    Wait {
        ms: i64,
    },
}

impl<P: Kept> Clone for Step<P> {
    fn clone(&self) -> Self {
        match self {
            Self::Next { who, items } => Self::Next {
                who: *who,
                items: items.clone(),
            },
            Self::Undo { who, politely } => Self::Undo {
                who: *who,
                politely: *politely,
            },
            Self::Claim => Self::Claim,
            Self::Erase => Self::Erase,
            Self::Prune { older_than_ms } => Self::Prune {
                older_than_ms: *older_than_ms,
            },
            Self::Wait { ms } => Self::Wait { ms: *ms },
        }
    }
}

impl<P: Kept> fmt::Debug for Step<P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Next { who, items } => write!(f, "{who}: next statement, or begin {items:?}"),
            Self::Undo { who, politely } => match politely {
                true => write!(f, "{who}: roll back"),
                false => write!(f, "{who}: die"),
            },
            Self::Claim => f.write_str("the relay claims what is due"),
            Self::Erase => f.write_str("the relay erases what it claimed"),
            Self::Prune { older_than_ms } => {
                write!(f, "prune what is older than {older_than_ms} ms")
            }
            Self::Wait { ms } => write!(f, "wait {ms} ms"),
        }
    }
}

pub fn step<P: Kept>() -> impl Strategy<Value = Step<P>> {
    prop_oneof![
        30 => (0..INSTANCES, any_items()).prop_map(|(who, items)| Step::Next { who, items }),
        2 => (0..INSTANCES, any::<bool>()).prop_map(|(who, politely)| Step::Undo { who, politely }),
        1 => Just(Step::Claim),
        1 => Just(Step::Erase),
        1 => (0..2_000i64).prop_map(|older_than_ms| Step::Prune { older_than_ms }),
        1 => prop::sample::select(vec![1_000, 9_999, 60_000]).prop_map(|ms| Step::Wait { ms }),
    ]
}
