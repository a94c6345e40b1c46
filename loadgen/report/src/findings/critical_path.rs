//! The chain of work and waiting that decided when an order ended.
//!
//! ```text
//! gateway  ████████                 walked back from the span that ended last:
//!   orders   ████                   a child on the path covers its parent,
//!     inventory    ..████           what lies between two spans is waiting,
//!       orders            ...██     for the relay, the broker or the consumer
//! ```

use std::collections::{BTreeMap, BTreeSet};

use checkers::traces::Span;

/// A stretch of the path. Unix us.
#[derive(Clone, Debug, PartialEq)]
pub struct Piece<'a> {
    pub span: &'a Span,
    pub of: Stretch,
    pub from_us: u64,
    pub to_us: u64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stretch {
    Work,
    /// Before the span, since what caused it.
    Wait,
}

/// From the first to the last; empty when no span has a time. It has no gaps and overlaps nowhere.
pub fn critical_path(spans: &[Span]) -> Vec<Piece<'_>> {
    let timed = spans.iter().filter(|span| span.start_us > 0);
    let last = timed
        .filter(|span| !is_repetition(span))
        .max_by_key(|span| end_us(span));
    let Some(last) = last else {
        return Vec::new();
    };
    let mut walk = Walk::from(spans, last);
    let mut current = last;
    loop {
        walk.cover(current);
        let Some(cause) = walk.cause(current) else {
            break;
        };
        walk.down_to(current, Stretch::Wait, end_us(cause));
        current = cause;
    }
    walk.pieces.reverse();
    walk.pieces
}

pub fn end_us(span: &Span) -> u64 {
    span.start_us.saturating_add(span.duration_us)
}

/// What was handled before and is dropped: it changes nothing, so nothing waits for it.
pub fn is_repetition(span: &Span) -> bool {
    span.name.starts_with("duplicate ")
}

/// Goes back in time; all that is later than `at_us` is on the path already.
struct Walk<'a> {
    by_id: BTreeMap<&'a str, &'a Span>,
    children: BTreeMap<&'a str, Vec<&'a Span>>,
    passed: BTreeSet<&'a str>,
    at_us: u64,
    pieces: Vec<Piece<'a>>,
}

impl<'a> Walk<'a> {
    fn from(spans: &'a [Span], last: &'a Span) -> Self {
        let mut children: BTreeMap<&str, Vec<&Span>> = BTreeMap::new();
        for span in spans.iter().filter(|span| span.start_us > 0) {
            if let Some(parent) = &span.parent_id {
                children.entry(parent).or_default().push(span);
            }
        }
        let by_id = spans.iter().map(|span| (span.span_id.as_str(), span));
        Self {
            by_id: by_id.filter(|(_, span)| span.start_us > 0).collect(),
            children,
            passed: BTreeSet::from([last.span_id.as_str()]),
            at_us: end_us(last),
            pieces: Vec::new(),
        }
    }

    /// The span down to its start, its children in the place of what they cover.
    fn cover(&mut self, span: &'a Span) {
        let mut open = vec![span];
        while let Some(top) = open.last().copied() {
            match self.last_child(top) {
                Some(child) => {
                    self.down_to(top, Stretch::Work, end_us(child));
                    self.passed.insert(&child.span_id);
                    open.push(child);
                }
                None => {
                    self.down_to(top, Stretch::Work, top.start_us);
                    open.pop();
                }
            }
        }
    }

    /// The child that ended last of those that lie within the span before now.
    fn last_child(&self, span: &Span) -> Option<&'a Span> {
        let children = self.children.get(span.span_id.as_str())?;
        children
            .iter()
            .filter(|child| !self.passed.contains(child.span_id.as_str()))
            .filter(|child| child.start_us >= span.start_us && end_us(child) <= self.at_us)
            .max_by_key(|child| end_us(child))
            .copied()
    }

    /// Of the parent and the links, the one that ended last: it was waited for.
    fn cause(&mut self, span: &'a Span) -> Option<&'a Span> {
        let ids = span.parent_id.iter().chain(&span.links);
        let cause = ids
            .filter_map(|id| self.by_id.get(id.as_str()).copied())
            .filter(|cause| cause.start_us <= self.at_us)
            .filter(|cause| !self.passed.contains(cause.span_id.as_str()))
            .max_by_key(|cause| end_us(cause))?;
        self.passed.insert(&cause.span_id);
        Some(cause)
    }

    fn down_to(&mut self, span: &'a Span, of: Stretch, from_us: u64) {
        if from_us < self.at_us {
            self.pieces.push(Piece {
                span,
                of,
                from_us,
                to_us: self.at_us,
            });
            self.at_us = from_us;
        }
    }
}

#[cfg(test)]
pub mod tests {
    use super::*;

    pub fn span(id: &str, parent: &str, from_us: u64, to_us: u64) -> Span {
        Span {
            span_id: id.into(),
            parent_id: (!parent.is_empty()).then(|| parent.into()),
            service: "orders".into(),
            name: format!("process {id}"),
            start_us: from_us,
            duration_us: to_us - from_us,
            ..Span::default()
        }
    }

    fn path(spans: &[Span]) -> Vec<(&str, Stretch, u64, u64)> {
        critical_path(spans)
            .iter()
            .map(|piece| {
                (
                    piece.span.span_id.as_str(),
                    piece.of,
                    piece.from_us,
                    piece.to_us,
                )
            })
            .collect()
    }

    use Stretch::{Wait, Work};

    #[test]
    fn a_child_covers_its_parent_and_the_parent_has_the_rest() {
        let spans = [span("a", "", 100, 200), span("b", "a", 120, 160)];
        let expected = [
            ("a", Work, 100, 120),
            ("b", Work, 120, 160),
            ("a", Work, 160, 200),
        ];
        assert_eq!(path(&spans), expected);
    }

    #[test]
    fn what_lies_between_a_cause_and_its_effect_is_waiting_for_the_effect() {
        let spans = [span("a", "", 100, 150), span("b", "a", 180, 200)];
        let expected = [
            ("a", Work, 100, 150),
            ("b", Wait, 150, 180),
            ("b", Work, 180, 200),
        ];
        assert_eq!(path(&spans), expected);
    }

    #[test]
    fn of_two_branches_the_one_that_ended_last_is_the_path() {
        let spans = [
            span("a", "", 100, 110),
            span("quick", "a", 110, 120),
            span("slow", "a", 110, 150),
            span("end", "slow", 150, 160),
        ];
        let expected = [
            ("a", Work, 100, 110),
            ("slow", Work, 110, 150),
            ("end", Work, 150, 160),
        ];
        assert_eq!(path(&spans), expected);
    }

    #[test]
    fn a_join_waits_for_the_later_of_its_links() {
        let mut join = span("join", "captured", 160, 170);
        join.links = vec!["dispatched".into()];
        let spans = [
            span("a", "", 100, 110),
            span("captured", "a", 110, 120),
            span("dispatched", "a", 110, 150),
            join,
        ];
        let ids: Vec<&str> = path(&spans).iter().map(|(id, ..)| *id).collect();
        assert_eq!(ids, ["a", "dispatched", "join", "join"]);
    }

    #[test]
    fn a_parent_that_outlives_its_child_does_not_count_twice() {
        // The gateway answers at 200, while the order went on at 150 in orders.
        let spans = [
            span("gateway", "", 100, 200),
            span("orders", "gateway", 120, 180),
            span("inventory", "orders", 150, 260),
        ];
        let expected = [
            ("gateway", Work, 100, 120),
            ("orders", Work, 120, 150),
            ("inventory", Work, 150, 260),
        ];
        assert_eq!(path(&spans), expected);
    }

    #[test]
    fn a_repetition_is_not_what_an_order_waited_for() {
        let mut again = span("again", "a", 500, 510);
        again.name = "duplicate order.placed".into();
        let spans = [span("a", "", 100, 150), again];
        assert_eq!(path(&spans), [("a", Work, 100, 150)]);
    }

    #[test]
    fn spans_without_times_have_no_path_and_a_circle_ends() {
        assert_eq!(path(&[Span::default()]), []);
        let circle = [span("a", "b", 100, 150), span("b", "a", 100, 140)];
        assert!(!path(&circle).is_empty());
    }
}
