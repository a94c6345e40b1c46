use super::*;
use crate::golden::assert_golden;
use serde::Deserialize;

/// A contract of one message.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type")]
enum Light {
    #[serde(rename = "light.lit")]
    Lit { lamp: Uuid },
}

const LIT: &str = "light.lit";
const LAMP: Uuid = Uuid::from_u128(7);
const LIT_ID: &str = "e4b6976e-67ed-589d-aecc-17bfdea74b5c";
const BODY: &str = r#"{"type":"light.lit","lamp":"00000000-0000-0000-0000-000000000007"}"#;

impl Outgoing for Light {
    fn kind(&self) -> &'static str {
        LIT
    }

    fn id(&self) -> Uuid {
        let Self::Lit { lamp } = self;
        message_id(LIT, lamp)
    }

    fn correlation_id(&self) -> Option<Uuid> {
        let Self::Lit { lamp } = self;
        Some(*lamp)
    }

    fn destination(&self) -> Destination {
        Destination::Events
    }

    fn encode(&self) -> Vec<u8> {
        encode_tagged(self)
    }
}

impl Incoming for Light {
    fn parse(kind: &str, version: u16, body: &[u8]) -> Result<Self, ParseError> {
        // The second kind is known to the contract, but no body says it.
        parse_tagged(&[LIT, "light.out"], kind, version, body)
    }

    fn correlation_id(&self) -> Option<Uuid> {
        Outgoing::correlation_id(self)
    }
}

/// As [`Light`], in a version and a coordination of its own.
struct Second(Light);

impl Outgoing for Second {
    fn kind(&self) -> &'static str {
        self.0.kind()
    }

    fn version(&self) -> u16 {
        2
    }

    fn id(&self) -> Uuid {
        self.0.id()
    }

    fn correlation_id(&self) -> Option<Uuid> {
        Outgoing::correlation_id(&self.0)
    }

    fn coordination(&self) -> Option<Coordination> {
        Some(Coordination::Orchestration)
    }

    fn destination(&self) -> Destination {
        self.0.destination()
    }

    fn encode(&self) -> Vec<u8> {
        self.0.encode()
    }
}

enum Either {
    First(Light),
    Second(Second),
}

impl OneOf for Either {
    fn message(&self) -> &dyn Outgoing {
        match self {
            Self::First(light) => light,
            Self::Second(second) => second,
        }
    }
}

const fn lit() -> Light {
    Light::Lit { lamp: LAMP }
}

#[test]
fn the_same_words_give_the_same_id_and_other_words_another() {
    let order = Uuid::from_u128(7);
    let reserved = message_id("stock.reserved", order);
    assert_eq!(reserved, message_id("stock.reserved", order));
    assert_ne!(reserved, message_id("stock.released", order));
    let another = Uuid::from_u128(8);
    assert_ne!(reserved, message_id("stock.reserved", another));
}

#[test]
fn one_of_several_contracts_says_what_its_message_says() {
    let first = Either::First(lit());
    assert_eq!((first.kind(), first.version()), (LIT, 1));
    assert_eq!(first.id(), message_id(LIT, LAMP));
    assert_eq!(first.correlation_id(), Some(LAMP));
    assert_eq!(first.coordination(), None);
    assert_eq!(first.destination(), Destination::Events);
    assert_eq!(first.encode(), BODY.as_bytes());

    let second = Either::Second(Second(lit()));
    assert_eq!(second.version(), 2);
    assert_eq!(second.coordination(), Some(Coordination::Orchestration));
}

#[test]
fn a_body_is_what_its_envelope_says_it_is() {
    let parse = |kind, version, body: &str| Light::parse(kind, version, body.as_bytes());
    assert_eq!(parse(LIT, 1, BODY), Ok(lit()));
    let unknown = ParseError::UnknownKind("order.placed".to_owned());
    assert_eq!(parse("order.placed", 1, BODY), Err(unknown));
    let (kind, version) = (LIT.to_owned(), 2);
    let newer = ParseError::UnknownVersion { kind, version };
    assert_eq!(parse(LIT, 2, BODY), Err(newer));
    for (kind, body) in [(LIT, "{}"), ("light.out", BODY)] {
        let parsed = parse(kind, 1, body);
        assert!(matches!(parsed, Err(ParseError::Malformed(_))), "{kind}");
    }
}

#[test]
fn a_contract_that_says_what_was_agreed_is_golden() {
    assert_golden::<Light>(&[LIT], Destination::Events, Some(LAMP), &[(LIT_ID, BODY)]);
}

#[test]
#[should_panic(expected = "light.lit")]
fn a_contract_that_says_something_else_is_not_golden() {
    let another = "6ba7b810-9dad-11d1-80b4-00c04fd430c8";
    assert_golden::<Light>(&[LIT], Destination::Events, Some(LAMP), &[(another, BODY)]);
}
