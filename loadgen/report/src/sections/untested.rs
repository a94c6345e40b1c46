//! What never happened in this run, and was therefore not tested by it.

use checkers::verdict::grouped;

use super::Section;
use crate::findings::Findings;
use crate::markup::Html;

pub const SECTION: Section = Section {
    id: "untested",
    title: "Not tested",
    about: "What did not happen may well be broken: this run says nothing about it.",
    body,
};

fn body(html: &mut Html, findings: &Findings) {
    let sometimes = &findings.files.judgement.sometimes;
    if sometimes.is_empty() {
        return super::no_data(html, "what happened", "the verdict counts nothing");
    }
    let unseen: Vec<&str> = sometimes
        .iter()
        .filter(|one| one.seen == 0)
        .map(|one| one.name.as_str())
        .collect();
    if unseen.is_empty() {
        html.raw("<p>Everything that a run is watched for happened at least once.</p>");
    } else {
        html.tag("ul", &[("class", &"unseen")], |html| {
            for name in unseen {
                html.leaf("li", &[], name);
            }
        });
    }
    html.tag("details", &[], |html| {
        html.raw("<summary>What did happen</summary>");
        super::table(html, "What happened", &["Happened", "Times"], |html| {
            for one in sometimes.iter().filter(|one| one.seen > 0) {
                html.tag("tr", &[], |html| {
                    html.leaf("th", &[("scope", &"row")], &one.name);
                    html.leaf("td", &[("class", &"number")], grouped(one.seen));
                });
            }
        });
    });
}
