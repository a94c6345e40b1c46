//! Short texts that are right by construction.

use serde::{Deserialize, Serialize};
use std::fmt;

/// A text that is not what its type says, and what it should have been.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{what} must be {rule}")]
pub struct InvalidText {
    pub what: &'static str,
    pub rule: &'static str,
}

/// Long enough for any real identifier, short enough to be a key everywhere.
const NAME_LENGTH_MAX: usize = 64;
const NAME_RULE: &str = "1 to 64 letters, digits, '.', '_' or '-'";
/// The longest postal code in use has 10 characters.
const POSTCODE_LENGTH_MAX: usize = 16;

fn is_name(text: &str) -> bool {
    (1..=NAME_LENGTH_MAX).contains(&text.len())
        && text
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'_' | b'-'))
}

/// Who orders. 1 to 64 letters, digits, `.`, `_`, `-`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct CustomerId(String);

/// A stock-keeping unit. 1 to 64 letters, digits, `.`, `_`, `-`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Sku(String);

/// ISO 3166-1 alpha-2: two capital letters.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Country(String);

/// 1 to 16 letters, digits, spaces or dashes.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Postcode(String);

impl TryFrom<String> for CustomerId {
    type Error = InvalidText;
    fn try_from(text: String) -> Result<Self, InvalidText> {
        accept(is_name(&text), "customer", NAME_RULE).map(|()| Self(text))
    }
}

impl TryFrom<String> for Sku {
    type Error = InvalidText;
    fn try_from(text: String) -> Result<Self, InvalidText> {
        accept(is_name(&text), "sku", NAME_RULE).map(|()| Self(text))
    }
}

impl TryFrom<String> for Country {
    type Error = InvalidText;
    fn try_from(text: String) -> Result<Self, InvalidText> {
        let right = text.len() == 2 && text.bytes().all(|b| b.is_ascii_uppercase());
        accept(right, "country", "two capital letters (ISO 3166-1)").map(|()| Self(text))
    }
}

impl TryFrom<String> for Postcode {
    type Error = InvalidText;
    fn try_from(text: String) -> Result<Self, InvalidText> {
        let right = (1..=POSTCODE_LENGTH_MAX).contains(&text.len())
            && text
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || matches!(b, b' ' | b'-'));
        accept(
            right,
            "postcode",
            "1 to 16 letters, digits, spaces or dashes",
        )
        .map(|()| Self(text))
    }
}

fn accept(right: bool, what: &'static str, rule: &'static str) -> Result<(), InvalidText> {
    if right {
        Ok(())
    } else {
        Err(InvalidText { what, rule })
    }
}

impl CustomerId {
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Sku {
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Country {
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Postcode {
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl From<CustomerId> for String {
    fn from(id: CustomerId) -> Self {
        id.0
    }
}

impl From<Sku> for String {
    fn from(sku: Sku) -> Self {
        sku.0
    }
}

impl From<Country> for String {
    fn from(country: Country) -> Self {
        country.0
    }
}

impl From<Postcode> for String {
    fn from(postcode: Postcode) -> Self {
        postcode.0
    }
}

impl fmt::Display for CustomerId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Display for Sku {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_parsed_once_and_right_ever_after() {
        assert!(Sku::try_from("TEA-1.a_b".to_owned()).is_ok());
        for wrong in ["", "a b", "\u{e9}", "x\0", &"x".repeat(65)] {
            assert!(Sku::try_from(wrong.to_owned()).is_err(), "{wrong:?}");
            assert!(CustomerId::try_from(wrong.to_owned()).is_err(), "{wrong:?}");
        }
        assert!(Country::try_from("NO".to_owned()).is_ok());
        for wrong in ["", "no", "NOR", "N1"] {
            assert!(Country::try_from(wrong.to_owned()).is_err(), "{wrong:?}");
        }
        assert!(Postcode::try_from("SW1A 1AA".to_owned()).is_ok());
        for wrong in ["", "12345678901234567", "0150\n"] {
            assert!(Postcode::try_from(wrong.to_owned()).is_err(), "{wrong:?}");
        }
    }

    #[test]
    fn a_text_says_what_was_put_into_it() {
        let (name, country, postcode) = ("TEA-1.a_b", "NO", "SW1A 1AA");
        let sku = Sku::try_from(name.to_owned()).unwrap();
        assert_eq!((sku.as_str(), sku.to_string()), (name, name.to_owned()));
        let customer = CustomerId::try_from(name.to_owned()).unwrap();
        assert_eq!(customer.as_str(), name);
        assert_eq!(customer.to_string(), name);
        let country_of = Country::try_from(country.to_owned()).unwrap();
        assert_eq!(country_of.as_str(), country);
        let postcode_of = Postcode::try_from(postcode.to_owned()).unwrap();
        assert_eq!(postcode_of.as_str(), postcode);
    }
}
