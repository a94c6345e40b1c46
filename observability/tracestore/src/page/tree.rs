//! Spans in the order of a waterfall: each under its parent, siblings by their start.

use std::collections::{HashMap, HashSet};

use super::view::Span;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Row {
    /// index of the span
    pub span: usize,
    pub depth: usize,
    /// it names a parent that is not here: not arrived, or sent to another store
    pub orphan: bool,
}

pub(super) fn rows(spans: &[Span]) -> Vec<Row> {
    let known: HashSet<&str> = spans.iter().map(|span| span.id.as_str()).collect();
    let mut by_start: Vec<usize> = (0..spans.len()).collect();
    by_start.sort_by_key(|&at| spans[at].start_ns);
    let mut children: HashMap<&str, Vec<usize>> = HashMap::new();
    let mut roots = Vec::new();
    for &at in &by_start {
        match spans[at].parent.as_str() {
            parent if known.contains(parent) => children.entry(parent).or_default().push(at),
            _ => roots.push(at),
        }
    }
    let mut rows = Vec::with_capacity(spans.len());
    let mut shown = vec![false; spans.len()];
    // spans that are their own ancestors hang from no root: each of them may begin after the roots
    for root in roots.into_iter().chain(by_start) {
        let orphan = !spans[root].parent.is_empty();
        let mut open = vec![Row {
            span: root,
            depth: 0,
            orphan,
        }];
        while let Some(row) = open.pop() {
            if std::mem::replace(&mut shown[row.span], true) {
                continue;
            }
            rows.push(row);
            // a span sent twice has the same id: its children hang from the first
            let below = children
                .remove(spans[row.span].id.as_str())
                .unwrap_or_default();
            open.extend(below.into_iter().rev().map(|span| Row {
                span,
                depth: row.depth + 1,
                orphan: false,
            }));
        }
    }
    rows
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn span(id: u8, parent: u8, start_ns: u64) -> Span {
        let hex = |id: u8| {
            if id == 0 {
                String::new()
            } else {
                id.to_string()
            }
        };
        Span {
            id: hex(id),
            parent: hex(parent),
            start_ns,
            ..Span::default()
        }
    }

    #[test]
    fn children_stand_under_their_parents_by_start() {
        let spans = [
            span(3, 1, 30),
            span(2, 1, 20),
            span(1, 0, 10),
            span(4, 2, 40),
            span(5, 9, 5),
        ];
        let rows: Vec<_> = rows(&spans)
            .into_iter()
            .map(|row| (spans[row.span].id.clone(), row.depth, row.orphan))
            .collect();
        let expected = [
            ("5", 0, true),
            ("1", 0, false),
            ("2", 1, false),
            ("4", 2, false),
            ("3", 1, false),
        ];
        assert_eq!(
            rows,
            expected.map(|(id, depth, orphan)| (id.to_owned(), depth, orphan))
        );
    }

    proptest! {
        #[test]
        fn every_span_has_one_row_even_in_circles(
            spans in prop::collection::vec((1u8..6, 0u8..6, 0u64..5), 0..12),
        ) {
            let spans: Vec<_> = spans.into_iter().map(|(id, parent, start)| span(id, parent, start)).collect();
            let mut shown: Vec<_> = rows(&spans).into_iter().map(|row| row.span).collect();
            shown.sort_unstable();
            prop_assert_eq!(shown, (0..spans.len()).collect::<Vec<_>>());
        }
    }
}
