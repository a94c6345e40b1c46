//! What was asked of both runs, side by side.

use crate::comparison::Comparison;
use crate::comparison::parameters::Parameter;
use crate::markup::Html;
use crate::sections::{self, Section};

pub const SECTION: Section<Comparison> = Section {
    id: "parameters",
    title: "The runs",
    about: "What was asked of either. A run does not write down its machine: whether both were on the same one, and what else ran on it, is not known here.",
    body,
};

fn body(html: &mut Html, comparison: &Comparison) {
    sections::table(html, "Parameters", &["Parameter", "A", "B", ""], |html| {
        for parameter in &comparison.parameters {
            row(html, parameter);
        }
    });
}

fn row(html: &mut Html, parameter: &Parameter) {
    let class = if parameter.differs() { "exceeds" } else { "" };
    html.tag("tr", &[("class", &class)], |html| {
        html.leaf("th", &[("scope", &"row")], &parameter.name);
        for value in &parameter.values {
            html.leaf("td", &[], value);
        }
        html.leaf("td", &[], if parameter.differs() { "differs" } else { "" });
    });
}
