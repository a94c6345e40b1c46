//! Horizontal bars: a label, a bar of one or two parts, a value in words.

use super::axis::{HEIGHT, WIDTH, svg};
use crate::markup::Html;

pub struct Bar {
    pub label: String,
    pub parts: Vec<Part>,
    /// Beside the bar.
    pub value: String,
}

/// A stretch of the bar, in the unit of all bars.
pub struct Part {
    pub class: &'static str,
    pub length: f64,
}

/// All bars to one scale: the longest fills its row.
pub fn draw(html: &mut Html, bars: &[Bar]) {
    let length = |bar: &Bar| bar.parts.iter().map(|part| part.length).sum::<f64>();
    let longest = bars.iter().map(length).fold(f64::MIN_POSITIVE, f64::max);
    html.tag("div", &[("class", &"bars")], |html| {
        for bar in bars {
            html.tag("div", &[("class", &"bar")], |html| {
                html.leaf("span", &[("class", &"bar-label")], &bar.label);
                svg(html, &bar.label, &bar.value, |html| {
                    let mut from = 0.0;
                    for part in bar.parts.iter().filter(|part| part.length > 0.0) {
                        let to = from + WIDTH * part.length / longest;
                        let d = format!("M{from:.1} 15H{to:.1}V{:.1}H{from:.1}Z", HEIGHT - 15.0);
                        html.leaf("path", &[("class", &part.class), ("d", &d)], "");
                        from = to;
                    }
                });
                html.leaf("span", &[("class", &"bar-value")], &bar.value);
            });
        }
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bars_share_a_scale_and_parts_follow_each_other() {
        let bar = |parts: &[f64]| Bar {
            label: "payments".into(),
            parts: parts
                .iter()
                .map(|length| Part {
                    class: "work",
                    length: *length,
                })
                .collect(),
            value: "ms".into(),
        };
        let mut html = Html::default();
        draw(&mut html, &[bar(&[1.0, 3.0]), bar(&[2.0])]);
        let drawn = html.into_string();
        assert!(drawn.contains("M0.0 15H250.0V85.0H0.0Z"), "{drawn}");
        assert!(drawn.contains("M250.0 15H1000.0V85.0H250.0Z"), "{drawn}");
        assert!(drawn.contains("M0.0 15H500.0V85.0H0.0Z"), "{drawn}");
    }
}
