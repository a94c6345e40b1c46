//! The page around its sections: one file without a network.

use std::path::{Path, PathBuf};

use crate::files::ReportError;
use crate::markup::Html;

pub struct Page {
    pub title: String,
    /// Of the body, for what the style has apart.
    pub class: &'static str,
    /// What stands above the sections, left and right.
    pub heads: [String; 2],
}

impl Page {
    pub fn write(&self, sections: impl FnOnce(&mut Html)) -> String {
        let mut html = Html::default();
        html.raw("<!doctype html>\n");
        html.tag("html", &[("lang", &"en")], |html| {
            html.tag("head", &[], |html| {
                html.raw(concat!(
                    "<meta charset=\"utf-8\">",
                    "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">",
                    "<meta name=\"color-scheme\" content=\"light dark\">",
                ));
                html.leaf("title", &[], &self.title);
                html.raw(concat!("<style>", include_str!("style.css"), "</style>"));
            });
            html.tag("body", &[("class", &self.class)], |html| {
                html.tag("header", &[], |html| {
                    for head in &self.heads {
                        html.leaf("p", &[], head);
                    }
                });
                html.tag("main", &[], sections);
                html.raw(concat!("<script>", include_str!("script.js"), "</script>"));
            });
        });
        html.into_string()
    }
}

/// Whole or not at all: nobody opens half a page.
pub fn keep(path: &Path, page: String) -> Result<PathBuf, ReportError> {
    let mut partial = path.as_os_str().to_owned();
    partial.push(".partial");
    let partial = PathBuf::from(partial);
    std::fs::write(&partial, page)
        .and_then(|()| std::fs::rename(&partial, path))
        .map_err(|source| ReportError::Write {
            path: path.to_owned(),
            source,
        })?;
    Ok(path.to_owned())
}
