//! A tree against a JSON Schema: every mistake with its line, its column and the nearest thing that was meant.
//!
//! The crate `jsonschema` knows no lines, and of a choice that fits nowhere it says no more than that.

use std::fmt;

use serde_json::{Map, Value};

use crate::document::Format;
use crate::span;
use crate::tree::{Node, Place, What};

/// What stands in a file and should not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mistake {
    pub at: Place,
    /// `method[2].with.delay`
    pub path: String,
    pub why: String,
}

impl Mistake {
    pub fn new(at: Place, path: &str, why: String) -> Self {
        Self {
            at,
            path: path.to_owned(),
            why,
        }
    }
}

/// As compilers say it, so that editors find the place.
impl fmt::Display for Mistake {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { at, path, why } = self;
        write!(f, "{}:{}: ", at.line, at.column)?;
        match path.is_empty() {
            true => write!(f, "{why}"),
            false => write!(f, "{path}: {why}"),
        }
    }
}

/// In the order of the file.
pub fn check(root: &Node, schema: &Value, formats: &[Format]) -> Vec<Mistake> {
    let mut check = Check {
        root: schema,
        formats,
        mistakes: Vec::new(),
    };
    check.node(root, schema, "");
    check.mistakes.sort_by_key(|mistake| mistake.at);
    check.mistakes
}

struct Check<'s> {
    root: &'s Value,
    formats: &'s [Format],
    mistakes: Vec<Mistake>,
}

impl<'s> Check<'s> {
    fn node(&mut self, node: &Node, schema: &'s Value, path: &str) {
        let branches = self.branches(schema);
        let fitting: Vec<&'s Value> = branches
            .iter()
            .copied()
            .filter(|branch| is_of_type(node, branch))
            .collect();
        let Some(branch) = choose(node, &fitting) else {
            let why = match node.what {
                What::Map(_) if !fitting.is_empty() => no_branch(node, &fitting),
                _ => wrong(node, &branches),
            };
            return self.tell(node.at, path, why);
        };
        match &node.what {
            What::Scalar(value) => self.scalar(node, value, branch, path),
            What::List(nodes) => self.list(node, nodes, branch, path),
            What::Map(entries) => self.map(node, entries, branch, path),
        }
    }

    fn scalar(&mut self, node: &Node, value: &Value, schema: &'s Value, path: &str) {
        let number = value.as_f64();
        let below = number
            .zip(schema["minimum"].as_f64())
            .filter(|(n, least)| n < least);
        let above = number
            .zip(schema["maximum"].as_f64())
            .filter(|(n, most)| n > most);
        if let Some((_, least)) = below {
            self.tell(node.at, path, format!("must be at least {least}"));
        }
        if let Some((_, most)) = above {
            self.tell(node.at, path, format!("must be at most {most}"));
        }
        let Some(text) = value.as_str() else {
            return;
        };
        if schema["minLength"]
            .as_u64()
            .is_some_and(|least| (text.len() as u64) < least)
        {
            self.tell(node.at, path, "must not be empty".into());
        }
        // Whoever reads the text knows better than a pattern what is wrong with it.
        let mut formats = self.formats.iter().chain([&span::FORMAT]);
        if let Some(format) = formats.find(|format| schema["format"] == format.name)
            && let Err(why) = (format.check)(text)
        {
            self.tell(node.at, path, why);
        }
    }

    fn list(&mut self, node: &Node, nodes: &[Node], schema: &'s Value, path: &str) {
        let least = schema["minItems"].as_u64().unwrap_or(0);
        let most = schema["maxItems"].as_u64().unwrap_or(u64::MAX);
        let count = nodes.len() as u64;
        if count < least || count > most {
            let why = match (least == most, least) {
                (true, _) => format!("must have {least} entries, has {count}"),
                (false, _) if count > most => {
                    format!("must have {most} entries at most, has {count}")
                }
                (false, 1) => "must not be empty".to_owned(),
                (false, _) => format!("must have {least} entries or more, has {count}"),
            };
            self.tell(node.at, path, why);
        }
        if let Some(items) = schema.get("items") {
            for (nth, item) in nodes.iter().enumerate() {
                self.node(item, items, &format!("{path}[{nth}]"));
            }
        }
    }

    fn map(
        &mut self,
        node: &Node,
        entries: &[(String, Place, Node)],
        schema: &'s Value,
        path: &str,
    ) {
        let none = &Map::new();
        let known = schema["properties"].as_object();
        let is_open = schema["additionalProperties"] != Value::Bool(false);
        for (key, at, value) in entries {
            let inner = match path.is_empty() {
                true => key.clone(),
                false => format!("{path}.{key}"),
            };
            match known.and_then(|known| known.get(key)) {
                Some(schema) => self.node(value, schema, &inner),
                // Keys that the writer chose: a schema for their values, or none.
                None if is_open => {
                    if schema["additionalProperties"].is_object() {
                        self.node(value, &schema["additionalProperties"], &inner);
                    }
                }
                None => {
                    let known = known.unwrap_or(none).keys().map(String::as_str);
                    let why = format!("unknown key{}", meant(key, known));
                    self.tell(*at, &inner, why);
                }
            }
        }
        for key in required(schema).filter(|key| node.get(key).is_none()) {
            self.tell(node.at, path, format!("`{key}` is missing"));
        }
    }

    /// The choices that a schema gives, references followed; itself, if it gives none.
    fn branches(&self, schema: &'s Value) -> Vec<&'s Value> {
        let schema = self.resolved(schema);
        let choices = ["oneOf", "anyOf"]
            .iter()
            .find_map(|key| schema[*key].as_array());
        match choices {
            Some(choices) => choices.iter().flat_map(|one| self.branches(one)).collect(),
            None => vec![schema],
        }
    }

    fn resolved(&self, schema: &'s Value) -> &'s Value {
        let name = schema["$ref"]
            .as_str()
            .and_then(|name| name.strip_prefix("#/$defs/"));
        match name {
            Some(name) => self.resolved(&self.root["$defs"][name]),
            None => schema,
        }
    }

    fn tell(&mut self, at: Place, path: &str, why: String) {
        self.mistakes.push(Mistake::new(at, path, why));
    }
}

/// Only by its type: what is in it comes later.
fn is_of_type(node: &Node, schema: &Value) -> bool {
    let is = |name: &str| match (&node.what, name) {
        (What::Map(_), "object") | (What::List(_), "array") => true,
        (What::Scalar(value), name) => match value {
            Value::Null => name == "null",
            Value::Bool(_) => name == "boolean",
            Value::Number(n) => name == "number" || (name == "integer" && !n.is_f64()),
            Value::String(_) => name == "string",
            Value::Array(_) | Value::Object(_) => false,
        },
        _ => false,
    };
    let of_type = match &schema["type"] {
        Value::String(name) => is(name),
        Value::Array(names) => names.iter().filter_map(Value::as_str).any(is),
        _ => true,
    };
    let found = node.to_json();
    let is_const = schema.get("const").is_none_or(|wanted| *wanted == found);
    let is_one = schema["enum"]
        .as_array()
        .is_none_or(|all| all.contains(&found));
    of_type && is_const && is_one
}

/// A mapping is what its constants say it is (`fault: process/kill`), or else what its keys say.
fn choose<'s>(node: &Node, branches: &[&'s Value]) -> Option<&'s Value> {
    if !matches!(node.what, What::Map(_)) || branches.len() < 2 {
        return branches.first().copied();
    }
    let (with_constants, others): (Vec<&Value>, Vec<&Value>) = branches
        .iter()
        .partition(|branch| !constants(branch).is_empty());
    let by_constant = with_constants.iter().find(|branch| {
        constants(branch).iter().all(|(key, wanted)| {
            node.get(key)
                .is_some_and(|found| found.to_json() == **wanted)
        })
    });
    let has = |key: &str| node.get(key).is_some();
    let all = |branch: &&&Value| required(branch).all(has);
    // The key that tells a choice from the others stands first.
    let first = |branch: &&&Value| required(branch).next().is_some_and(has);
    by_constant
        .or_else(|| others.iter().find(all))
        .or_else(|| others.iter().find(first))
        .copied()
}

/// Why a mapping is none of its choices.
fn no_branch(node: &Node, branches: &[&Value]) -> String {
    let mut all: Vec<(&str, &str)> = Vec::new();
    for branch in branches {
        for (key, wanted) in constants(branch) {
            all.extend(wanted.as_str().map(|wanted| (key, wanted)));
        }
    }
    for (key, _) in &all {
        if let Some(found) = node.get(key) {
            let found = found.to_json();
            let word = found
                .as_str()
                .map_or_else(|| found.to_string(), str::to_owned);
            let known = all
                .iter()
                .filter(|(of, _)| of == key)
                .map(|(_, wanted)| *wanted);
            return format!("there is no {key} `{word}`{}", meant(&word, known));
        }
    }
    let mut keys: Vec<&str> = branches
        .iter()
        .flat_map(|branch| required(branch).take(1))
        .collect();
    keys.sort_unstable();
    keys.dedup();
    let is_known = |key: &str| {
        branches
            .iter()
            .any(|it| it["properties"].get(key).is_some())
    };
    let slip = node.keys().find(|key| !is_known(key));
    if let Some(near) = slip.and_then(|key| nearest(key, &keys)) {
        return format!(
            "must have one of: {}; did you mean `{near}`?",
            keys.join(", ")
        );
    }
    format!("must have one of: {}", keys.join(", "))
}

fn constants(schema: &Value) -> Vec<(&str, &Value)> {
    let properties = schema["properties"].as_object();
    let all = properties.into_iter().flatten();
    all.filter_map(|(key, schema)| Some((key.as_str(), schema.get("const")?)))
        .collect()
}

fn required(schema: &Value) -> impl Iterator<Item = &str> {
    let all = schema["required"].as_array().into_iter().flatten();
    all.filter_map(Value::as_str)
}

/// What a value should have been.
fn wrong(node: &Node, branches: &[&Value]) -> String {
    let mut words: Vec<&str> = Vec::new();
    let mut types: Vec<&str> = Vec::new();
    for branch in branches {
        if let Some(word) = branch["const"].as_str() {
            words.push(word);
        } else if let Some(all) = branch["enum"].as_array() {
            words.extend(all.iter().filter_map(Value::as_str));
        } else if let Some(title) = branch["title"]
            .as_str()
            .filter(|_| branch["type"] == "string")
        {
            types.push(title);
        } else {
            types.extend(type_names(branch));
        }
    }
    types.retain(|name| *name != "nothing");
    types.dedup();
    if let (What::Scalar(Value::String(found)), false) = (&node.what, words.is_empty()) {
        return format!(
            "`{found}` is none of {}{}",
            words.join(", "),
            meant(found, words.iter().copied())
        );
    }
    types.extend(words);
    format!("must be {}, is {}", types.join(" or "), node.kind())
}

fn type_names(schema: &Value) -> Vec<&'static str> {
    let name = |name: &str| match name {
        "object" => "a mapping",
        "array" => "a list",
        "string" => "a text",
        "integer" => "a whole number",
        "number" => "a number",
        "boolean" => "true or false",
        _ => "nothing",
    };
    match &schema["type"] {
        Value::String(one) => vec![name(one)],
        Value::Array(all) => all.iter().filter_map(Value::as_str).map(name).collect(),
        _ => Vec::new(),
    }
}

/// `; did you mean ...?`, if something is near enough to be a slip.
pub fn meant<'a>(found: &str, known: impl Iterator<Item = &'a str>) -> String {
    let mut known: Vec<&str> = known.collect();
    known.sort_unstable();
    known.dedup();
    match nearest(found, &known) {
        Some(word) => format!("; did you mean `{word}`?"),
        // A list that fits on a line helps; a longer one is for a command that lists.
        _ if known.len() <= 12 && !known.is_empty() => format!("; known: {}", known.join(", ")),
        _ => String::new(),
    }
}

/// The known word that this one is a slip of, if it is near enough.
fn nearest<'a>(found: &str, known: &[&'a str]) -> Option<&'a str> {
    let distance = |word: &&'a str| (strsim::damerau_levenshtein(found, word), *word);
    let (distance, word) = known.iter().map(distance).min()?;
    (distance <= (word.chars().count() / 3).max(2)).then_some(word)
}
