//! Feeds the proxy's session what no peer should send, without sockets.
//!
//! ```text
//! cargo run -p amqp-proxy --example fuzz -- --inputs 10000000 --seed 1
//! ```
//!
//! An input is a client's and a broker's stream: pieces of valid traffic, with every fault
//! in force or none, and then one of three kinds of damage. Random damage may do anything but
//! panic or be remembered without bound; damage of a known kind must end in its code.

#[allow(dead_code, reason = "the tests use the rest of it")]
#[path = "../tests/streams/traffic.rs"]
mod traffic;

use amqp_proxy::{
    Fault, Faults, OnBroker, Probability, Receipts, Rule, Selector,
    frame::{Malformed, PROTOCOL_HEADER},
    session::{Outgoing, Session, Side},
};
use proptest::{strategy::Strategy, strategy::ValueTree, test_runner::TestRunner};
use std::time::{Duration, Instant};
use traffic::Feed;

/// Valid streams to take pieces of; with cuts at random places they never repeat.
const STREAMS: usize = 256;
/// Frames of each side's stream in one input.
const FRAMES_MAX: u64 = 12;
/// Faults are armed anew after this many inputs: an armed rule remembers what it has seen.
const INPUTS_PER_ARMING: u64 = 4096;
/// Beyond what was said, what a session may keep of it: each frame is remembered by some
/// words, and copies are sent at once.
const REMEMBERED_PER_FRAME: usize = 256;
/// Longer than a run between two armings.
const HOUR: Duration = Duration::from_secs(3600);
const REPORT_EVERY: u64 = 1_000_000;

/// SplitMix64: fast, and the whole run is its seed.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    fn below(&mut self, limit: usize) -> usize {
        (self.next() % limit.max(1) as u64) as usize
    }
}

struct Corpus {
    client: Vec<Vec<Vec<u8>>>,
    broker: Vec<Vec<Vec<u8>>>,
    /// What each side says first: a handshake, and a consumer on each channel.
    opening: (Vec<u8>, Vec<u8>),
}

impl Corpus {
    /// The same in every run: what is random is what becomes of it.
    fn new() -> Self {
        let mut runner = TestRunner::deterministic();
        let mut draw = |side| {
            let strategy = traffic::stream(side);
            (0..STREAMS)
                .map(|_| {
                    let tree = strategy.new_tree(&mut runner).expect("a stream");
                    tree.current()
                })
                .collect()
        };
        Self {
            client: draw(Side::Client),
            broker: draw(Side::Broker),
            opening: traffic::opening(),
        }
    }

    /// Consecutive frames of one stream, from its beginning so that units are whole.
    fn frames(&self, side: Side, random: &mut Random) -> &[Vec<u8>] {
        let streams = match side {
            Side::Client => &self.client,
            Side::Broker => &self.broker,
        };
        let stream = &streams[random.below(streams.len())];
        let frames = (random.next() % FRAMES_MAX) as usize;
        &stream[..frames.min(stream.len())]
    }
}

/// Damage whose code the specification names, wherever it comes: channel 9 has no traffic.
fn known(random: &mut Random) -> (&'static [u8], u16) {
    const KNOWN: [(&[u8], u16); 11] = [
        (b"\x04\0\x09\0\0\0\0\xce", 501),
        (b"\x08\0\0\0\0\0\0\xcd", 501),
        (b"\x01\0\x09\0\0\0\x04\0\x14\0\x0a\0", 501),
        (b"\x03\0\x09\x7f\xff\xff\xff", 501),
        (b"\x01\0\x09\0\0\0\x02\0\x0a\xce", 502),
        (b"\x01\0\x09\0\0\0\x05\0\x3c\0\x28\0\xce", 502),
        (b"\x01\0\x09\0\0\0\x04\0\x0a\0\x0a\xce", 503),
        (b"\x01\0\0\0\0\0\x04\0\x14\0\x0a\xce", 503),
        (b"\x03\0\0\0\0\0\x01x\xce", 503),
        (b"\x03\0\x09\0\0\0\x01x\xce", 505),
        (
            b"\x02\0\x09\0\0\0\x0e\0\x3c\0\0\0\0\0\0\0\0\0\0\0\0\xce",
            505,
        ),
    ];
    KNOWN[random.below(KNOWN.len())]
}

/// Anything: bits turned, octets inserted, removed or repeated, the end cut off.
fn damage(octets: &mut Vec<u8>, random: &mut Random) {
    for _ in 0..=random.below(4) {
        let at = random.below(octets.len());
        match random.next() % 5 {
            0 if at < octets.len() => octets[at] ^= 1 << random.below(8),
            1 if at < octets.len() => octets[at] = random.next() as u8,
            2 => octets.insert(at, random.next() as u8),
            3 => octets.truncate(at),
            _ => {
                let piece = octets[at..octets.len().min(at + 32)].to_vec();
                octets.splice(at..at, piece);
            }
        }
    }
}

/// Says everything in pieces, in turns. The error it ends in, and who caused it.
fn converse(
    session: &mut Session,
    said: [(Side, &[u8]); 2],
    random: &mut Random,
) -> Option<(Side, Malformed)> {
    let mut out = Outgoing::default();
    let mut feeds = said.map(|(side, _)| Feed::new(side));
    let mut rest = said.map(|(_, octets)| octets);
    let (mut heard, mut frames) = (0, 0);
    while rest.iter().any(|rest| !rest.is_empty()) {
        let turn = random.below(2);
        let (piece, after) = rest[turn].split_at(random.below(rest[turn].len() + 1));
        rest[turn] = after;
        let taken = feeds[turn].take(session, piece, &mut out);
        heard += piece.len();
        // No frame is shorter than eight octets.
        frames += piece.len() / 8 + 1;
        out.client.clear();
        out.broker.clear();
        let remembered = session.remembered();
        let bound = heard + frames * REMEMBERED_PER_FRAME;
        assert!(remembered <= bound, "{remembered} octets after {heard}");
        if let Err(malformed) = taken {
            return Some((feeds[turn].from, malformed));
        }
    }
    session.release(tokio::time::Instant::now(), &mut out);
    for side in [Side::Client, Side::Broker] {
        session.flush(side, &mut out);
    }
    None
}

fn input(corpus: &Corpus, sets: &[Faults; 3], random: &mut Random) -> Option<u16> {
    let damaged = random.next() % 4;
    // A connection that has been closed ends in no code: not where one is expected.
    let faults = &sets[random.below(if damaged == 3 { 2 } else { 3 })];
    let mut octets = |side, opening: &[u8]| {
        let frames = corpus.frames(side, random).concat();
        [opening, &frames].concat()
    };
    let mut client = octets(Side::Client, &corpus.opening.0);
    let mut broker = octets(Side::Broker, &corpus.opening.1);
    let mut expected = None;
    match damaged {
        0 => damage(&mut client, random),
        1 => damage(&mut broker, random),
        2 => {
            client = (0..random.below(200))
                .map(|_| random.next() as u8)
                .collect()
        }
        _ => {
            let (malformed, code) = known(random);
            client.extend(malformed);
            expected = Some(code);
        }
    }
    let client = [&PROTOCOL_HEADER[..], &client].concat();
    let mut session = Session::new(faults.clone());
    let said = [(Side::Client, &client[..]), (Side::Broker, &broker[..])];
    let ended = converse(&mut session, said, random);
    let code = ended
        .as_ref()
        .and_then(|(_, malformed)| malformed.close_code());
    if let Some(expected) = expected {
        assert_eq!(code, Some(expected), "{ended:?}");
    }
    if let Some((_, malformed)) = &ended {
        let known = matches!(code, Some(501..=506)) || *malformed == Malformed::ProtocolHeader;
        assert!(known, "{malformed:?}");
    }
    code
}

fn every_fault(seed: u64, share: f64) -> impl Iterator<Item = Rule> {
    let faults = Fault::all(Duration::from_millis(1)).into_iter();
    faults.map(move |fault| Rule {
        name: fault.label().into(),
        seed,
        which: Selector {
            probability: Probability::new(share).ok(),
            ..Selector::default()
        },
        fault,
    })
}

fn asked(name: &str, default: u64) -> u64 {
    let mut words = std::env::args().skip_while(|word| word != name).skip(1);
    let given = words.next().map(|word| word.parse().expect("a number"));
    given.unwrap_or(default)
}

fn main() {
    let (inputs, seed) = (asked("--inputs", 1_000_000), asked("--seed", 1));
    let mut random = Random(seed);
    let corpus = Corpus::new();
    let began = Instant::now();
    let mut codes = std::collections::BTreeMap::new();
    let mut done = 0;
    while done < inputs {
        let (receipts, _collected) = Receipts::channel(1 << 20);
        let sets = [(); 3].map(|()| Faults::new(receipts.clone()));
        let close = Fault::Broker(OnBroker::CloseConnection);
        let mut leases = Vec::new();
        for rule in every_fault(random.next(), 0.05) {
            if rule.fault != close {
                leases.push(sets[1].arm(rule.clone(), HOUR));
            }
            leases.push(sets[2].arm(rule, HOUR));
        }
        for _ in 0..INPUTS_PER_ARMING.min(inputs - done) {
            *codes
                .entry(input(&corpus, &sets, &mut random))
                .or_insert(0_u64) += 1;
            done += 1;
            if done % REPORT_EVERY == 0 {
                report(done, began, seed);
            }
        }
    }
    report(done, began, seed);
    for (code, count) in codes {
        match code {
            Some(code) => println!("{count:>12} ended in {code}"),
            None => println!("{count:>12} ended in no code"),
        }
    }
}

fn report(done: u64, began: Instant, seed: u64) {
    let seconds = began.elapsed().as_secs_f64();
    let rate = done as f64 / seconds;
    println!("{done} inputs of seed {seed} in {seconds:.1} s: {rate:.0} inputs/s");
}
