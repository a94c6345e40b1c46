//! HTML and SVG as it is built up: whatever comes from data is escaped, because there is no other way to put it in.

use std::fmt::{self, Display, Write};

/// Names are written in the code, values come from anywhere.
pub type Attributes<'a> = &'a [(&'static str, &'a dyn Display)];

#[derive(Default)]
pub struct Html(String);

/// What of an element's text and of a quoted attribute must not be taken for markup.
struct Escaping<'a>(&'a mut String);

impl Write for Escaping<'_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        for character in text.chars() {
            match character {
                '&' => self.0.push_str("&amp;"),
                '<' => self.0.push_str("&lt;"),
                '>' => self.0.push_str("&gt;"),
                '"' => self.0.push_str("&quot;"),
                '\'' => self.0.push_str("&#39;"),
                plain => self.0.push(plain),
            }
        }
        Ok(())
    }
}

impl Html {
    /// Markup that stands in the code.
    pub fn raw(&mut self, markup: &'static str) {
        self.0.push_str(markup);
    }

    pub fn text(&mut self, text: impl Display) {
        // Writing to a String does not fail.
        let _ = write!(Escaping(&mut self.0), "{text}");
    }

    pub fn tag(
        &mut self,
        name: &'static str,
        attributes: Attributes,
        inner: impl FnOnce(&mut Self),
    ) {
        self.void(name, attributes);
        inner(self);
        self.0.push_str("</");
        self.0.push_str(name);
        self.0.push('>');
    }

    /// An element with nothing but text in it.
    pub fn leaf(&mut self, name: &'static str, attributes: Attributes, text: impl Display) {
        self.tag(name, attributes, |html| html.text(text));
    }

    pub fn into_string(self) -> String {
        self.0
    }

    /// An element that has no inside.
    pub fn void(&mut self, name: &'static str, attributes: Attributes) {
        self.0.push('<');
        self.0.push_str(name);
        for (key, value) in attributes {
            self.0.push(' ');
            self.0.push_str(key);
            self.0.push_str("=\"");
            self.text(value);
            self.0.push('"');
        }
        self.0.push('>');
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_comes_from_data_is_never_markup() {
        let mut html = Html::default();
        let hostile = "\"><script>alert('&')</script>";
        html.leaf("p", &[("title", &hostile)], hostile);
        let escaped = "&quot;&gt;&lt;script&gt;alert(&#39;&amp;&#39;)&lt;/script&gt;";
        let expected = format!("<p title=\"{escaped}\">{escaped}</p>");
        assert_eq!(html.into_string(), expected);
    }

    #[test]
    fn elements_lie_in_each_other() {
        let mut html = Html::default();
        html.tag("ul", &[], |html| {
            html.leaf("li", &[("class", &"first")], 1);
            html.leaf("li", &[], 2);
        });
        let expected = "<ul><li class=\"first\">1</li><li>2</li></ul>";
        assert_eq!(html.into_string(), expected);
    }
}
