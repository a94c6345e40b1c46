//! `verdict.junit.xml`: each claim and each threshold a test case, for CI that draws them.
//!
//! The crate `quick-junit` would bring six crates, dates among them; this is one list of cases, and `quick-xml` writes
//! it. What is known of time is the run's: a claim takes none of its own.

mod cases;

use std::io;

use quick_xml::Writer;
use quick_xml::events::{BytesDecl, BytesText, Event};

use super::Output;
use crate::clock::rfc3339;
use crate::folder::Judgement;
use cases::{Case, Result, cases};

pub const OUTPUT: Output = Output {
    file: "verdict.junit.xml",
    text,
};

pub fn text(judgement: &Judgement) -> String {
    let mut xml = Writer::new_with_indent(Vec::new(), b' ', 2);
    // Writing to memory does not fail.
    let _ = write(&mut xml, judgement);
    String::from_utf8_lossy(&xml.into_inner()).into_owned()
}

fn write(xml: &mut Writer<Vec<u8>>, judgement: &Judgement) -> io::Result<()> {
    let cases = cases(judgement);
    let count = |is: fn(&Result) -> bool| cases.iter().filter(|case| is(&case.result)).count();
    let mut attributes = vec![
        ("name", name(&format!("breakwater {}", judgement.run))),
        ("tests", cases.len().to_string()),
        (
            "failures",
            count(|result| matches!(result, Result::Failed { .. })).to_string(),
        ),
        (
            "errors",
            count(|result| matches!(result, Result::Error { .. })).to_string(),
        ),
    ];
    if let (Some(first), Some(last)) = (judgement.phases.first(), judgement.phases.last()) {
        let ms = last.ended_ms.saturating_sub(first.started_ms);
        attributes.push(("time", format!("{:.3}", ms as f64 / 1_000.0)));
        attributes.push(("timestamp", rfc3339(first.started_ms)));
    }
    let attributes: Vec<(&str, &str)> = (attributes.iter())
        .map(|(key, value)| (*key, value.as_str()))
        .collect();
    xml.write_event(Event::Decl(BytesDecl::new("1.0", Some("UTF-8"), None)))?;
    xml.create_element("testsuites")
        .with_attributes(attributes.clone())
        .write_inner_content(|xml| {
            xml.create_element("testsuite")
                .with_attributes(attributes)
                .write_inner_content(|xml| {
                    properties(xml, judgement)?;
                    cases.iter().try_for_each(|case| write_case(xml, case))
                })?;
            Ok(())
        })?;
    Ok(())
}

fn properties(xml: &mut Writer<Vec<u8>>, judgement: &Judgement) -> io::Result<()> {
    let all = [
        ("verdict", judgement.verdict.to_owned()),
        ("run", name(&judgement.run)),
        ("seed", judgement.seed.to_string()),
    ];
    let properties = xml.create_element("properties");
    properties.write_inner_content(|xml| {
        for (key, value) in &all {
            let attributes = [("name", *key), ("value", value.as_str())];
            let property = xml.create_element("property");
            property.with_attributes(attributes).write_empty()?;
        }
        Ok(())
    })?;
    Ok(())
}

fn write_case(xml: &mut Writer<Vec<u8>>, case: &Case<'_>) -> io::Result<()> {
    let name = name(&case.name);
    let element = xml.create_element("testcase");
    let element = element.with_attributes([("classname", case.class), ("name", name.as_str())]);
    element.write_inner_content(|xml| {
        match &case.result {
            Result::Passed => {}
            Result::Failed { kind, told } => trouble(xml, "failure", kind, told)?,
            Result::Error { told } => trouble(xml, "error", "unknown", told)?,
        }
        if !case.said.is_empty() {
            let said = allowed(case.said);
            let out = xml.create_element("system-out");
            out.write_text_content(BytesText::new(&said))?;
        }
        Ok(())
    })?;
    Ok(())
}

/// The first line is what most pages show.
fn trouble(xml: &mut Writer<Vec<u8>>, element: &str, kind: &str, told: &str) -> io::Result<()> {
    let told = allowed(told);
    let first = told.lines().next().unwrap_or_default();
    xml.create_element(element)
        .with_attributes([("type", kind), ("message", first)])
        .write_text_content(BytesText::new(&told))?;
    Ok(())
}

/// In an attribute, which is one line.
fn name(text: &str) -> String {
    allowed(text).replace(['\n', '\t'], " ")
}

/// XML has no place for these characters, in no way of writing them; of a carriage return parsers make a new line.
fn allowed(text: &str) -> String {
    let is_allowed = |character: char| match character {
        '\t' | '\n' => true,
        '\u{fffe}' | '\u{ffff}' => false,
        other => other >= ' ',
    };
    let replaced = |character: char| match is_allowed(character) {
        true => character,
        false => char::REPLACEMENT_CHARACTER,
    };
    text.replace('\r', "\n").chars().map(replaced).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::outputs::example::{HOSTILE, invalid, judgement, unknown};
    use roxmltree::{Document, Node};

    fn case<'a>(document: &'a Document, name: &str) -> Node<'a, 'a> {
        let mut all = document.descendants();
        all.find(|node| node.has_tag_name("testcase") && node.attribute("name") == Some(name))
            .unwrap_or_else(|| panic!("there is no case {name}"))
    }

    fn child<'a>(case: Node<'a, 'a>, name: &str) -> Option<Node<'a, 'a>> {
        case.children().find(|node| node.has_tag_name(name))
    }

    #[test]
    fn each_claim_and_each_threshold_is_a_case() {
        let text = text(&judgement());
        let document = Document::parse(&text).expect("XML");
        let suites = document.root_element();
        let figure = |name| suites.attribute(name).expect(name);
        // The run, three claims, three thresholds.
        assert_eq!(
            ["tests", "failures", "errors", "time", "timestamp"].map(figure),
            ["7", "2", "3", "61.250", "2026-11-22T19:47:14.250000000Z"]
        );
        let passed = case(&document, "I1 money is conserved");
        assert!(
            child(passed, "failure")
                .or(child(passed, "error"))
                .is_none()
        );
        let failed = child(case(&document, "I2 stock is conserved"), "failure");
        let told = failed.and_then(|node| node.text()).expect("evidence");
        assert!(told.starts_with("sku tea: inventory.skus.on_hand is 7, must be 8"));
        assert!(told.ends_with("and 2 more"), "{told}");
        let unknown = child(
            case(&document, "I16 every order is one whole trace"),
            "error",
        );
        assert_eq!(
            unknown.and_then(|node| node.text()),
            Some("traces: refused")
        );
        assert!(child(case(&document, "p99 < 60ms"), "failure").is_some());
        assert!(child(case(&document, "recovery < 30s"), "error").is_some());
        let held = case(&document, "dropped == 0");
        assert!(child(held, "failure").or(child(held, "error")).is_none());
    }

    #[test]
    fn a_suite_says_which_run_it_was() {
        let text = text(&judgement());
        let document = Document::parse(&text).expect("XML");
        let properties: Vec<_> = (document.descendants())
            .filter(|node| node.has_tag_name("property"))
            .map(|node| (node.attribute("name"), node.attribute("value")))
            .collect();
        let expected = [("verdict", "invalid"), ("run", "r1"), ("seed", "7")];
        assert_eq!(properties, expected.map(|(k, v)| (Some(k), Some(v))));
    }

    #[test]
    fn a_doubt_fails_a_run_in_which_every_claim_holds() {
        let mut judgement = judgement();
        judgement.claims.truncate(1);
        judgement.thresholds.clear();
        let text = text(&judgement);
        let document = Document::parse(&text).expect("XML");
        let run = case(&document, "nothing about the run is in doubt");
        let told = child(run, "error").and_then(|node| node.text());
        assert_eq!(told, Some("the clock stepped"));
        judgement.why.clear();
        assert!(!super::text(&judgement).contains("<error"));
        judgement.claims.clear();
        assert!(super::text(&judgement).contains("no claim was judged"));
    }

    #[test]
    fn hostile_text_is_text() {
        let mut judgement = judgement();
        judgement.run = HOSTILE.into();
        judgement.claims = vec![invalid("I1", HOSTILE, 1), unknown("I2", HOSTILE)];
        judgement.why = vec![HOSTILE.into()];
        let text = text(&judgement);
        let document = Document::parse(&text).expect("XML, whatever is in it");
        let cases = document.descendants();
        let cases = cases.filter(|node| node.has_tag_name("testcase")).count();
        assert_eq!(cases, 1 + 2 + 3, "no text has become a case");
        let error = document
            .descendants()
            .find(|node| node.has_tag_name("error"));
        let told = error.and_then(|node| node.text()).expect("a reason");
        // Nothing can stand for a control character.
        let expected = HOSTILE
            .replace('\r', "\n")
            .replace(['\0', '\u{1b}', '\u{ffff}'], "\u{fffd}");
        assert_eq!(told, expected);
    }
}
