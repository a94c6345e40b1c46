//! PostgreSQL's messages, without a server: cut anywhere, in any order, or no messages at all.

use link_proxy::postgres::{Commit, Conversation};
use proptest::{collection::vec, prelude::*, sample::Index};

fn message(kind: u8, body: &[u8]) -> Vec<u8> {
    let length = u32::try_from(body.len() + 4).expect("short");
    [&[kind][..], &length.to_be_bytes(), body].concat()
}

fn query(text: &str) -> Vec<u8> {
    message(b'Q', &[text.as_bytes(), b"\0"].concat())
}

fn packet(code: u32, rest: &[u8]) -> Vec<u8> {
    let length = u32::try_from(rest.len() + 8).expect("short");
    [&length.to_be_bytes()[..], &code.to_be_bytes(), rest].concat()
}

fn startup() -> Vec<u8> {
    packet(3 << 16, b"user\0breakwater\0\0")
}

fn ssl_request() -> Vec<u8> {
    packet(80_877_103, b"")
}

fn ready() -> Vec<u8> {
    message(b'Z', b"I")
}

/// Where commits end, in octets from the start.
fn commits(conversation: &mut Conversation, octets: &[u8]) -> Vec<(usize, Commit)> {
    let mut found = Vec::new();
    let mut at = 0;
    while at < octets.len() {
        let request = conversation.client_says(&octets[at..]);
        assert!(request.octets > 0, "there is always some way on");
        at += request.octets;
        found.extend(request.commit.map(|commit| (at, commit)));
    }
    found
}

/// The same stream in pieces.
fn cut<'a>(octets: &'a [u8], places: &[Index]) -> Vec<&'a [u8]> {
    let mut places: Vec<_> = (places.iter())
        .map(|place| place.index(octets.len() + 1))
        .chain([0, octets.len()])
        .collect();
    places.sort_unstable();
    places.dedup();
    places
        .windows(2)
        .map(|ends| &octets[ends[0]..ends[1]])
        .collect()
}

#[derive(Clone, Debug)]
enum Said {
    Commit,
    Other(Vec<u8>),
}

fn said() -> impl Strategy<Value = Said> {
    let body = vec(any::<u8>(), 0..200);
    prop_oneof![
        Just(Said::Commit),
        (proptest::sample::select(&b"BCDEHPSXpdcfF"[..]), body)
            .prop_map(|(kind, body)| Said::Other(message(kind, &body))),
        proptest::sample::select(&["BEGIN", "ROLLBACK", "SELECT 'commit'", ""][..])
            .prop_map(|text| Said::Other(query(text))),
    ]
}

#[test]
fn a_commit_is_known_however_it_is_written_and_nothing_else_is() {
    let is_commit = |text: &str| {
        let mut conversation = Conversation::default();
        let stream = [startup(), query(text)].concat();
        !commits(&mut conversation, &stream).is_empty()
    };
    for text in ["COMMIT", "commit", "Commit;", " \n commit ; \t"] {
        assert!(is_commit(text), "{text:?}");
    }
    let long = format!("commit{}", " ".repeat(100));
    for text in [
        "",
        ";",
        "COMMITS",
        "COMMIT; BEGIN",
        "commit;;",
        "ROLLBACK",
        &long,
    ] {
        assert!(!is_commit(text), "{text:?}");
    }
}

#[test]
fn a_refused_encryption_is_followed_and_an_accepted_one_is_not_understood() {
    let mut refused = Conversation::default();
    assert_eq!(commits(&mut refused, &ssl_request()), []);
    assert_eq!(refused.server_says(b"N").octets, 1);
    let rest = [startup(), query("COMMIT")].concat();
    assert_eq!(commits(&mut refused, &rest).len(), 1);

    for server_first in [true, false] {
        let mut accepted = Conversation::default();
        commits(&mut accepted, &ssl_request());
        if server_first {
            assert_eq!(accepted.server_says(b"S").octets, 1);
        }
        let secret = [
            b"\x16\x03\x01\x02\0\x01\0".to_vec(),
            startup(),
            query("COMMIT"),
        ]
        .concat();
        assert_eq!(commits(&mut accepted, &secret), []);
        assert_eq!(accepted.server_says(&secret).octets, secret.len());
    }
}

#[test]
fn nothing_of_the_answer_is_the_clients_and_all_before_it_is() {
    let client = [startup(), query("INSERT"), query("COMMIT")].concat();
    let before = [
        message(b'R', &[0; 4]),
        ready(),
        message(b'C', b"INSERT 0 1\0"),
        ready(),
    ]
    .concat();
    let answer = [message(b'C', b"COMMIT\0"), ready()].concat();
    let server = [&before[..], &answer].concat();
    // However it is cut in two, and whether the commit is cut before the first or after.
    for at in 0..=server.len() {
        let mut conversation = Conversation::default();
        let (_, commit) = commits(&mut conversation, &client)[0];
        conversation.cut(commit);
        let (first, second) = server.split_at(at);
        let shares = [
            conversation.server_says(first),
            conversation.server_says(second),
        ];
        assert_eq!(shares[0].octets + shares[1].octets, before.len(), "at {at}");
        assert_eq!(shares[0].answered, at == server.len());
        assert!(shares[1].answered);
        assert_eq!(conversation.swallowed(), answer.len() as u64);
    }
}

#[test]
fn after_a_copy_the_next_answer_is_taken_for_the_commits() {
    let mut conversation = Conversation::default();
    let sync = message(b'S', b"");
    let client = [startup(), sync.clone(), sync, query("COMMIT")].concat();
    let found = commits(&mut conversation, &client);
    // In a copy the server passes over the first of the two.
    let before = [ready(), message(b'G', &[0; 3]), ready()].concat();
    assert_eq!(conversation.server_says(&before).octets, before.len());
    conversation.cut(found[0].1);
    let share = conversation.server_says(&[message(b'C', b"COMMIT\0"), ready()].concat());
    assert_eq!((share.octets, share.answered), (0, true));
}

proptest! {
    #[test]
    fn every_commit_is_found_at_its_place_however_the_stream_is_cut(
        all in vec(said(), 0..30),
        places in vec(any::<Index>(), 0..40),
    ) {
        let mut stream = startup();
        let mut ends = Vec::new();
        for one in &all {
            match one {
                Said::Commit => {
                    stream.extend(query("COMMIT;"));
                    ends.push(stream.len());
                }
                Said::Other(octets) => stream.extend(octets),
            }
        }
        let mut conversation = Conversation::default();
        let mut found = Vec::new();
        let mut at = 0;
        for piece in cut(&stream, &places) {
            let commits = commits(&mut conversation, piece);
            found.extend(commits.iter().map(|(end, commit)| (at + end, commit.nth)));
            at += piece.len();
        }
        let expected: Vec<_> = ends.into_iter().zip(1..).collect();
        prop_assert_eq!(found, expected);
    }

    #[test]
    fn whatever_comes_passes_whole_and_never_panics(
        beginning in proptest::sample::select(&[0, 1, 2, 3][..]),
        pieces in vec((any::<bool>(), vec(any::<u8>(), 0..300)), 0..20),
    ) {
        let mut conversation = Conversation::default();
        let valid = match beginning {
            0 => vec![],
            1 => startup(),
            2 => ssl_request(),
            _ => [startup(), query("COMMIT")].concat(),
        };
        commits(&mut conversation, &valid);
        for (is_client, octets) in pieces {
            match is_client {
                true => drop(commits(&mut conversation, &octets)),
                false => prop_assert_eq!(conversation.server_says(&octets).octets, octets.len()),
            }
        }
    }

    #[test]
    fn of_a_server_that_cannot_be_understood_nothing_passes_after_a_cut(
        octets in vec(any::<u8>(), 0..300),
        places in vec(any::<Index>(), 0..10),
    ) {
        let mut conversation = Conversation::default();
        let found = commits(&mut conversation, &[startup(), query("COMMIT")].concat());
        conversation.server_says(&ready());
        conversation.cut(found[0].1);
        for piece in cut(&octets, &places) {
            prop_assert_eq!(conversation.server_says(piece).octets, 0);
        }
    }
}
