//! From a path to a document, or to all the mistakes in it.

use std::fmt;
use std::io::Read;
use std::path::{Path, PathBuf};

use schemars::generate::SchemaSettings;
use serde_json::Value;

use crate::check::{Mistake, check};
use crate::document::Document;
use crate::tree::{Node, Place};

/// The longest of ours has 4 KB; what is larger was not written by a person.
const BYTES_MAX: u64 = 256 * 1024;

#[derive(Debug, thiserror::Error)]
pub enum FileError {
    #[error("{}: {source}", path.display())]
    Unreadable {
        path: PathBuf,
        source: std::io::Error,
    },
    #[error("{}", Listed(path, mistakes))]
    Wrong {
        path: PathBuf,
        mistakes: Vec<Mistake>,
    },
}

struct Listed<'a>(&'a Path, &'a [Mistake]);

impl fmt::Display for Listed<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (nth, mistake) in self.1.iter().enumerate() {
            if nth > 0 {
                writeln!(f)?;
            }
            write!(f, "{}:{mistake}", self.0.display())?;
        }
        Ok(())
    }
}

pub fn read<T: Document>(path: &Path) -> Result<T, FileError> {
    let unreadable = |source| FileError::Unreadable {
        path: path.to_owned(),
        source,
    };
    let mut text = String::new();
    let file = std::fs::File::open(path).map_err(unreadable)?;
    file.take(BYTES_MAX + 1)
        .read_to_string(&mut text)
        .map_err(unreadable)?;
    parse(&text).map_err(|mistakes| FileError::Wrong {
        path: path.to_owned(),
        mistakes,
    })
}

pub fn parse<T: Document>(text: &str) -> Result<T, Vec<Mistake>> {
    let alone = |at, why: String| vec![Mistake::new(at, "", why)];
    if text.len() as u64 > BYTES_MAX {
        let why = format!("longer than {BYTES_MAX} bytes");
        return Err(alone(Place { line: 1, column: 1 }, why));
    }
    let root = Node::parse(text).map_err(|broken| alone(broken.at, broken.why))?;
    let mistakes = check(&root, &schema::<T>(), T::FORMATS);
    if !mistakes.is_empty() {
        return Err(mistakes);
    }
    // What a schema cannot say: the types say it, in words, of the whole.
    let document: T = serde_json::from_value(root.to_json())
        .map_err(|error| alone(root.at, error.to_string()))?;
    let mistakes: Vec<Mistake> = document
        .breaches()
        .into_iter()
        .map(|breach| {
            let at = root.find(&breach.path).unwrap_or(&root).at;
            Mistake::new(at, &breach.path, breach.why)
        })
        .collect();
    match mistakes.is_empty() {
        true => Ok(document),
        false => Err(mistakes),
    }
}

/// Made of the type that files are read into: they cannot differ.
pub fn schema<T: Document>() -> Value {
    let generator = SchemaSettings::draft2020_12().into_generator();
    generator.into_root_schema_for::<T>().into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Breach, Format};
    use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
    use serde::Deserialize;
    use std::borrow::Cow;
    use std::collections::BTreeMap;

    #[derive(Debug, Deserialize, JsonSchema)]
    #[serde(deny_unknown_fields)]
    struct Shelf {
        boards: Vec<Board>,
        colour: Colour,
        /// Under names of the writer's own.
        #[serde(default)]
        books: BTreeMap<String, Board>,
    }

    #[derive(Debug, Deserialize, JsonSchema)]
    #[serde(deny_unknown_fields)]
    struct Board {
        width: u32,
    }

    #[derive(Debug, Deserialize)]
    struct Colour(String);

    impl JsonSchema for Colour {
        fn schema_name() -> Cow<'static, str> {
            "Colour".into()
        }

        fn json_schema(_: &mut SchemaGenerator) -> Schema {
            json_schema!({"type": "string", "format": "colour"})
        }
    }

    impl Document for Shelf {
        const FORMATS: &'static [Format] = &[Format {
            name: "colour",
            check: |text| match text.starts_with('#') {
                true => Ok(()),
                false => Err(format!("{text:?} does not begin with #")),
            },
        }];

        fn breaches(&self) -> Vec<Breach> {
            let wide = |(nth, board): (usize, &Board)| {
                let path = format!("boards[{nth}].width");
                (board.width > 9).then(|| Breach::at(path, "wider than the wall"))
            };
            self.boards.iter().enumerate().filter_map(wide).collect()
        }
    }

    fn told(text: &str) -> Vec<String> {
        let mistakes = parse::<Shelf>(text).expect_err("it is wrong");
        mistakes.iter().map(Mistake::to_string).collect()
    }

    #[test]
    fn a_breach_of_the_whole_is_told_where_it_shows() {
        let text = "colour: '#fff'\nboards:\n  - width: 3\n  - width: 12\n";
        assert_eq!(told(text), ["4:12: boards[1].width: wider than the wall"]);
    }

    #[test]
    fn a_text_with_a_grammar_of_its_own_is_checked_by_whoever_knows_it() {
        let text = "boards: []\ncolour: red\n";
        assert_eq!(
            told(text),
            [r##"2:9: colour: "red" does not begin with #"##]
        );
        let shelf = parse::<Shelf>("boards: []\ncolour: '#f00'\n").expect("a shelf");
        assert_eq!(shelf.colour.0, "#f00");
    }

    #[test]
    fn what_stands_under_a_name_of_the_writer_s_own_is_checked_as_well() {
        let text = "boards: []\ncolour: '#f00'\nbooks:\n  dune: {width: 3}\n  emma: {wide: 3}\n";
        assert_eq!(
            told(text),
            [
                "5:9: books.emma: `width` is missing",
                "5:10: books.emma.wide: unknown key; did you mean `width`?",
            ]
        );
        let shelf = parse::<Shelf>(&text.replace("wide", "width")).expect("a shelf");
        assert_eq!(shelf.books["dune"].width, 3);
    }
}
