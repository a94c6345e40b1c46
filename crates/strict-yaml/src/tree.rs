//! YAML with the place of every node: what an error points at.
//!
//! Our files need no anchors, aliases, tags or several documents, and a few lines of those can unfold to gigabytes:
//! they are refused.

use std::borrow::Cow;

use saphyr_parser::{Event, Parser, ScalarStyle, Span};
use serde_json::{Map, Number, Value};

/// Deeper than any file of ours, and shallow enough to be walked by recursion.
const DEPTH_MAX: usize = 32;

/// Counted from one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    pub line: usize,
    pub column: usize,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Node {
    pub at: Place,
    pub what: What,
}

#[derive(Clone, Debug, PartialEq)]
pub enum What {
    /// Null, a boolean, a number or a text.
    Scalar(Value),
    List(Vec<Node>),
    /// In the order of the file.
    Map(Vec<(String, Place, Node)>),
}

/// A text that is no tree.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Broken {
    pub at: Place,
    pub why: String,
}

impl Node {
    pub fn parse(text: &str) -> Result<Self, Broken> {
        let mut events = Events(Parser::new_from_str(text));
        let root = loop {
            match events.next()? {
                (Event::StreamStart | Event::DocumentStart(_) | Event::Nothing, _) => {}
                (Event::StreamEnd, at) => return Err(broken(at, "the file is empty")),
                (event, at) => break events.node(event, at, 0)?,
            }
        };
        loop {
            match events.next()? {
                (Event::StreamEnd, _) => return Ok(root),
                (Event::DocumentStart(_), at) => {
                    return Err(broken(at, "one document a file: a second one begins"));
                }
                _ => {}
            }
        }
    }

    pub fn to_json(&self) -> Value {
        match &self.what {
            What::Scalar(value) => value.clone(),
            What::List(nodes) => nodes.iter().map(Self::to_json).collect(),
            What::Map(entries) => {
                let fields = entries
                    .iter()
                    .map(|(key, _, node)| (key.clone(), node.to_json()));
                Value::Object(fields.collect::<Map<_, _>>())
            }
        }
    }

    pub fn get(&self, key: &str) -> Option<&Self> {
        let What::Map(entries) = &self.what else {
            return None;
        };
        let found = entries.iter().find(|(known, _, _)| known == key);
        found.map(|(_, _, node)| node)
    }

    /// Of a mapping, in the order of the file.
    pub fn keys(&self) -> impl Iterator<Item = &str> {
        let entries = match &self.what {
            What::Map(entries) => entries.as_slice(),
            What::List(_) | What::Scalar(_) => &[],
        };
        entries.iter().map(|(key, _, _)| key.as_str())
    }

    /// What stands at `method[2].with.delay`; the node itself for an empty path.
    pub fn find(&self, path: &str) -> Option<&Self> {
        let mut steps = path.split(['.', '[']).filter(|step| !step.is_empty());
        steps.try_fold(self, |node, step| {
            match (step.strip_suffix(']'), &node.what) {
                (Some(nth), What::List(nodes)) => nodes.get(nth.parse::<usize>().ok()?),
                (Some(_), _) => None,
                (None, _) => node.get(step),
            }
        })
    }

    /// As an error names it.
    pub fn kind(&self) -> &'static str {
        match &self.what {
            What::List(_) => "a list",
            What::Map(_) => "a mapping",
            What::Scalar(Value::Null) => "nothing",
            What::Scalar(Value::Bool(_)) => "a boolean",
            What::Scalar(Value::Number(_)) => "a number",
            What::Scalar(_) => "a text",
        }
    }
}

struct Events<'input>(Parser<'input, saphyr_parser::StrInput<'input>>);

impl<'input> Events<'input> {
    fn next(&mut self) -> Result<(Event<'input>, Place), Broken> {
        match self.0.next_event() {
            Some(Ok((event, span))) => Ok((event, place(span))),
            Some(Err(error)) => {
                let marker = error.marker();
                let at = Place {
                    line: marker.line(),
                    column: marker.col() + 1,
                };
                Err(broken(at, error.info()))
            }
            None => Ok((Event::StreamEnd, Place::default())),
        }
    }

    fn node(&mut self, event: Event<'input>, at: Place, depth: usize) -> Result<Node, Broken> {
        if depth > DEPTH_MAX {
            return Err(broken(at, "nested deeper than such a file can be"));
        }
        let what = match event {
            Event::Scalar(text, style, anchor, tag) => {
                plain(anchor, tag.is_some(), at)?;
                What::Scalar(scalar(text, style))
            }
            Event::SequenceStart(anchor, tag) => {
                plain(anchor, tag.is_some(), at)?;
                self.list(depth)?
            }
            Event::MappingStart(anchor, tag) => {
                plain(anchor, tag.is_some(), at)?;
                self.map(depth)?
            }
            Event::Alias(_) => return Err(broken(at, "aliases (*name) are not used here")),
            _ => return Err(broken(at, "something other than a value")),
        };
        Ok(Node { at, what })
    }

    fn list(&mut self, depth: usize) -> Result<What, Broken> {
        let mut nodes = Vec::new();
        loop {
            match self.next()? {
                (Event::SequenceEnd, _) => return Ok(What::List(nodes)),
                (event, at) => nodes.push(self.node(event, at, depth + 1)?),
            }
        }
    }

    fn map(&mut self, depth: usize) -> Result<What, Broken> {
        let mut entries: Vec<(String, Place, Node)> = Vec::new();
        loop {
            let (key, at) = match self.next()? {
                (Event::MappingEnd, _) => return Ok(What::Map(entries)),
                (Event::Scalar(text, ..), at) => (text.into_owned(), at),
                (_, at) => return Err(broken(at, "a key must be a plain word")),
            };
            if entries.iter().any(|(known, _, _)| *known == key) {
                return Err(broken(at, &format!("`{key}` is given twice")));
            }
            let (event, value_at) = self.next()?;
            let node = self.node(event, value_at, depth + 1)?;
            entries.push((key, at, node));
        }
    }
}

fn plain(anchor: usize, is_tagged: bool, at: Place) -> Result<(), Broken> {
    match (anchor, is_tagged) {
        (0, false) => Ok(()),
        (0, true) => Err(broken(at, "tags (!name) are not used here")),
        _ => Err(broken(at, "anchors (&name) are not used here")),
    }
}

/// YAML's core schema: what is quoted is a text.
fn scalar(text: Cow<'_, str>, style: ScalarStyle) -> Value {
    if style != ScalarStyle::Plain {
        return Value::String(text.into_owned());
    }
    match text.as_ref() {
        "" | "~" | "null" => Value::Null,
        "true" => Value::Bool(true),
        "false" => Value::Bool(false),
        word => number(word).map_or_else(|| Value::String(word.to_owned()), Value::Number),
    }
}

fn number(word: &str) -> Option<Number> {
    if !word.starts_with(|first: char| first.is_ascii_digit() || "+-.".contains(first)) {
        return None;
    }
    let whole = word.parse::<u64>().map(Number::from);
    let whole = whole.or_else(|_| word.parse::<i64>().map(Number::from));
    whole.ok().or_else(|| Number::from_f64(word.parse().ok()?))
}

fn place(span: Span) -> Place {
    Place {
        line: span.start.line(),
        column: span.start.col() + 1,
    }
}

fn broken(at: Place, why: &str) -> Broken {
    Broken {
        at,
        why: why.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn why(text: &str) -> (Place, String) {
        let broken = Node::parse(text).expect_err("is broken");
        (broken.at, broken.why)
    }

    #[test]
    fn a_tree_knows_where_everything_stands() {
        let root = Node::parse("title: one\nmethod:\n  - pause: 3s\n  - 7\n").expect("a tree");
        assert_eq!(
            root.to_json(),
            json!({"title": "one", "method": [{"pause": "3s"}, 7]})
        );
        let What::List(steps) = &root.get("method").expect("there").what else {
            panic!("a list");
        };
        assert_eq!(steps[1].at, Place { line: 4, column: 5 });
    }

    #[test]
    fn a_node_is_found_by_its_path() {
        let root = Node::parse("method:\n  - pause: 3s\n  - 7\n").expect("a tree");
        let found = |path: &str| root.find(path).map(Node::to_json);
        assert_eq!(found("method[0].pause"), Some(json!("3s")));
        assert_eq!(found("method[1]"), Some(json!(7)));
        assert_eq!(found(""), Some(root.to_json()));
        for nowhere in ["method[2]", "method.pause", "pause[0]", "method[x]"] {
            assert_eq!(found(nowhere), None, "{nowhere}");
        }
    }

    #[test]
    fn words_are_what_yaml_says_they_are() {
        let json = |text: &str| Node::parse(text).expect("a tree").to_json();
        let found = json("[1, -2, 0.5, true, null, '1', 3s, .inf, 1e3]");
        assert_eq!(
            found,
            json!([1, -2, 0.5, true, null, "1", "3s", ".inf", 1000.0])
        );
    }

    #[test]
    fn what_our_files_do_not_need_is_refused_where_it_stands() {
        assert!(why("a: &x 1\n").1.contains("anchors"));
        assert!(why("a: !x 1\n").1.contains("tags"));
        assert!(why("a: 1\n---\nb: 2\n").1.contains("a second one"));
        assert!(why("").1.contains("empty"));
        let (at, twice) = why("a: 1\nb: 2\na: 3\n");
        assert_eq!((at.line, twice.as_str()), (3, "`a` is given twice"));
        assert!(why(&"[".repeat(40)).1.contains("nested deeper"));
    }
}
