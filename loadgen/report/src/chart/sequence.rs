//! A saga as a sequence diagram: participants as lifelines, messages as arrows from the top down.

use std::collections::BTreeMap;

use checkers::traces::Span;

use super::waterfall::tree;
use crate::findings::critical_path::is_repetition;
use crate::markup::Html;

/// In the order in which an order passes through them.
const PARTICIPANTS: [&str; 8] = [
    "customer",
    "gateway",
    "orders",
    "orchestrator",
    "inventory",
    "payments",
    "shipping",
    "order-view",
];

/// Pixels: what a message's name needs between two lifelines, and what a line of text needs.
const COLUMN: usize = 128;
const ROW: usize = 24;
const TOP: usize = 34;
const MARGIN: usize = 56;
/// More messages than this nobody follows.
const MESSAGES_MAX: usize = 60;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    pub from: String,
    pub to: String,
    pub name: String,
    /// It was there before.
    pub again: bool,
}

/// The messages of a trace in the order in which they were handled; what a service does within itself is none.
pub fn messages(spans: &[Span]) -> Vec<Message> {
    let services: BTreeMap<&str, &str> = spans
        .iter()
        .map(|span| (span.span_id.as_str(), span.service.as_str()))
        .collect();
    let mut rows: Vec<&Span> = tree(spans).into_iter().map(|(_, span)| span).collect();
    // Without times the order of the tree is the best there is.
    rows.sort_by_key(|span| span.start_us);
    rows.into_iter()
        .filter_map(|span| {
            let parent = span.parent_id.as_deref().and_then(|id| services.get(id));
            // The caller's own span is exported by nobody.
            let from = parent.copied().unwrap_or("customer");
            let verb = |verb: &str| span.name.strip_prefix(verb);
            let name = verb("process ").or(verb("project ")).or(verb("duplicate "));
            (from != span.service).then(|| Message {
                from: from.to_owned(),
                to: span.service.clone(),
                name: name.unwrap_or(&span.name).to_owned(),
                again: span.redelivered || is_repetition(span),
            })
        })
        .collect()
}

pub fn draw(html: &mut Html, messages: &[Message]) {
    let columns = columns(messages);
    let x = |name: &str| {
        let column = columns.iter().position(|column| *column == name);
        MARGIN + column.unwrap_or(0) * COLUMN
    };
    let shown = &messages[..messages.len().min(MESSAGES_MAX)];
    let width = MARGIN * 2 + columns.len().saturating_sub(1) * COLUMN;
    let height = TOP + (shown.len() + 1) * ROW;
    let view_box = format!("0 0 {width} {height}");
    let style = format!("width:{width}px;height:{height}px");
    html.tag(
        "div",
        &[
            ("class", &"scroll"),
            ("tabindex", &"0"),
            ("role", &"group"),
            ("aria-label", &"Sequence diagram"),
        ],
        |html| {
            html.tag(
                "svg",
                &[
                    ("class", &"sequence"),
                    ("role", &"img"),
                    ("viewBox", &view_box),
                    ("style", &style),
                ],
                |html| {
                    html.leaf("title", &[], "Sequence of messages");
                    html.leaf("desc", &[], description(shown));
                    for name in &columns {
                        lifeline(html, name, x(name), height);
                    }
                    for (nth, message) in shown.iter().enumerate() {
                        let y = TOP + (nth + 1) * ROW;
                        arrow(html, message, x(&message.from), x(&message.to), y);
                    }
                },
            );
        },
    );
    if messages.len() > MESSAGES_MAX {
        let left_out = messages.len() - MESSAGES_MAX;
        html.leaf(
            "p",
            &[("class", &"note")],
            format_args!("{left_out} more messages are in traces.json."),
        );
    }
}

fn lifeline(html: &mut Html, name: &str, x: usize, height: usize) {
    html.leaf(
        "text",
        &[("class", &"participant"), ("x", &x), ("y", &16)],
        name,
    );
    let d = format!("M{x} {}V{height}", TOP - 8);
    html.leaf("path", &[("class", &"lifeline"), ("d", &d)], "");
}

fn arrow(html: &mut Html, message: &Message, from: usize, to: usize, y: usize) {
    let class = if message.again {
        "message repeated"
    } else {
        "message"
    };
    // The head lies on the side it points to.
    let back = if to > from {
        to.saturating_sub(7)
    } else {
        to + 7
    };
    let d = format!(
        "M{from} {y}H{to}M{back} {}L{to} {y}L{back} {}",
        y - 4,
        y + 4
    );
    html.leaf("path", &[("class", &class), ("d", &d)], "");
    let middle = usize::midpoint(from, to);
    let name = match message.again {
        true => format!("{} (again)", message.name),
        false => message.name.clone(),
    };
    html.leaf(
        "text",
        &[("class", &"message-name"), ("x", &middle), ("y", &(y - 5))],
        name,
    );
}

/// Those who take part, known ones in their order.
fn columns(messages: &[Message]) -> Vec<&str> {
    let mut names: Vec<&str> = messages
        .iter()
        .flat_map(|message| [message.from.as_str(), message.to.as_str()])
        .collect();
    let rank = |name: &&str| {
        PARTICIPANTS
            .iter()
            .position(|known| known == name)
            .unwrap_or(PARTICIPANTS.len())
    };
    names.sort_by_key(|name| (rank(name), *name));
    names.dedup();
    names
}

fn description(messages: &[Message]) -> String {
    let words: Vec<String> = messages
        .iter()
        .map(|message| {
            let again = if message.again { " again" } else { "" };
            format!(
                "{} to {}: {}{again}.",
                message.from, message.to, message.name
            )
        })
        .collect();
    words.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::findings::critical_path::tests::span;

    #[test]
    fn messages_go_from_service_to_service_in_the_order_of_their_handling() {
        let mut spans = [
            span("c", "b", 30, 40),
            span("a", "caller", 10, 50),
            span("b", "a", 20, 45),
            span("d", "c", 41, 42),
        ];
        spans[0].service = "inventory".into();
        spans[0].name = "process order.placed".into();
        spans[1].service = "gateway".into();
        spans[1].name = "POST /orders".into();
        spans[2].name = "POST /orders".into();
        spans[3].name = "duplicate stock.reserved".into();
        let words = description(&messages(&spans));
        let expected = "customer to gateway: POST /orders. gateway to orders: POST /orders. \
            orders to inventory: order.placed. inventory to orders: stock.reserved again.";
        assert_eq!(words, expected);
    }

    #[test]
    fn what_a_service_does_within_itself_is_no_message() {
        let spans = [span("a", "caller", 10, 50), span("b", "a", 20, 30)];
        assert_eq!(messages(&spans).len(), 1);
    }

    #[test]
    fn every_participant_has_a_lifeline() {
        let message = |from: &str, to: &str| Message {
            from: from.into(),
            to: to.into(),
            name: "m".into(),
            again: false,
        };
        let messages = [
            message("shipping", "stranger"),
            message("orders", "shipping"),
        ];
        assert_eq!(columns(&messages), ["orders", "shipping", "stranger"]);
        let mut html = Html::default();
        draw(&mut html, &messages);
        assert_eq!(html.into_string().matches("class=\"lifeline\"").count(), 3);
    }
}
