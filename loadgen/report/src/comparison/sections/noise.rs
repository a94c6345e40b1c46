//! How it was decided what exceeds noise, in words that can be checked.

use crate::comparison::Comparison;
use crate::comparison::noise::deviates::chance_beyond;
use crate::comparison::noise::slices::SLICES_MIN;
use crate::comparison::period::Period;
use crate::comparison::unit;
use crate::markup::Html;
use crate::sections::{self, Section};
use crate::words::{Ms, sentence};

pub const SECTION: Section<Comparison> = Section {
    id: "noise",
    title: "How noise was decided",
    about: "From the two runs themselves, without a percentage that somebody thought of.",
    body,
};

fn body(html: &mut Html, comparison: &Comparison) {
    html.raw(concat!(
        "<p class=\"prose\">Each run is cut into slices, long enough that what slows one is over in the next: they ",
        "grow until neighbours no longer resemble each other. Then five hundred times as many slices are drawn from ",
        "them at random, some twice and some not at all, slice n of A together with slice n of B, because the same ",
        "schedule and the same faults fall into both where they were asked for. How much a figure varies between the draws is its noise. The ",
        "draws come from a fixed seed: the comparison can be made again.</p>",
        "<p class=\"prose\">Shares of orders have Newcombe\u{2019}s interval for the difference of two proportions, widened ",
        "where happenings came together (Rao and Scott): an outage that fails a hundred orders is one outage. ",
        "A highest value is a single order or moment, so what is judged is the highest of each slice, in the mean. A recovery happens once a ",
        "fault; its noise is how much the recoveries from faults of the same kind differ within a run.</p>",
    ));
    sections::table(html, "Slices", &["Period", "A", "B", "Slices"], |html| {
        for period in comparison.periods.all() {
            slices(html, period);
        }
    });
    let told = comparison.figures.iter().filter(|it| it.interval.is_some());
    let chance = 100.0 * chance_beyond(comparison.bar);
    html.leaf(
        "p",
        &[("class", &"prose")],
        format_args!(
            "{} figures have an interval. At 95 % each, one in twenty would exceed noise by chance alone, so the bar \
             is raised for all of them until of those above it at most one in twenty is chance (Benjamini and \
             Hochberg); the intervals are as wide as the bar is high. Here a difference had to lie {:.2} standard \
             deviations out, where chance puts {chance:.2} % of a figure that does not differ.",
            told.count(),
            comparison.bar,
        ),
    );
    html.raw(concat!(
        "<p class=\"prose\">A difference that is sure may still be of no consequence. Below the following it is called ",
        "within noise, whatever its interval:</p>",
    ));
    let columns = ["Of", "Smallest difference", "Because"];
    sections::table(html, "Smallest differences", &columns, |html| {
        for (of, unit) in unit::ALL {
            let smallest = unit.smallest();
            let shown = unit.difference(smallest.value);
            row(
                html,
                of,
                &[shown.trim_start_matches('+').into(), smallest.reason.into()],
            );
        }
    });
    html.raw(concat!(
        "<p class=\"prose\">What differs between two runs and not within one is not in these intervals: another hour of ",
        "the machine, another layout of a table on the disk. Before a decision, each of the two is worth a second run.</p>",
    ));
}

fn slices(html: &mut Html, period: &Period) {
    let [a, b] = period.windows.map(|window| {
        window.map_or("none".to_owned(), |window| {
            Ms(window.length_ms() as f64).to_string()
        })
    });
    let slices = match &period.slices {
        Ok(slices) => {
            let [a, b] = slices.counts;
            format!("{a} and {b} of {}", Ms(slices.length_ms as f64))
        }
        Err(why) => format!("none: {why}; {SLICES_MIN} are needed"),
    };
    row(html, period.title, &[a, b, slices]);
}

fn row(html: &mut Html, name: &str, cells: &[String]) {
    html.tag("tr", &[], |html| {
        html.leaf("th", &[("scope", &"row")], sentence(name));
        for cell in cells {
            html.leaf("td", &[], cell);
        }
    });
}
