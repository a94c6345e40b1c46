//! The sections of the page of two runs, in its order. Each is a file with a `SECTION` and a `body`.

mod charts;
mod differences;
mod noise;
mod parameters;
mod summary;

use super::Comparison;
use super::figures::Word;
use crate::markup::Html;
use crate::sections::Section;

pub const ALL: [Section<Comparison>; 5] = [
    summary::SECTION,
    differences::SECTION,
    charts::SECTION,
    parameters::SECTION,
    noise::SECTION,
];

/// A word with a sign, never a colour alone.
fn badge(html: &mut Html, word: Word) {
    let (class, sign) = match word {
        Word::Better => ("badge valid", "\u{2713}"),
        Word::Worse => ("badge invalid", "\u{2717}"),
        Word::Differs => ("badge unknown", "\u{2260}"),
        Word::WithinNoise => ("badge same", "\u{2248}"),
        Word::CannotBeTold => ("badge unknown", "?"),
    };
    html.tag("span", &[("class", &class)], |html| {
        html.leaf("i", &[("aria-hidden", &"true")], sign);
        html.text(" ");
        html.text(word.label());
    });
}
