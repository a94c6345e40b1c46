use crate::traffic::{Feed, cut, joined, opening, stream};
use amqp_proxy::{
    Fault, Faults, Probability, Receipts, Rule, Selector,
    frame::PROTOCOL_HEADER,
    session::{Outgoing, Session, Side},
};
use proptest::{collection::vec, prelude::*, sample::Index};
use std::time::Duration;
use tokio::time::Instant;

const MINUTE: Duration = Duration::from_secs(60);

fn fault() -> impl Strategy<Value = Fault> {
    prop::sample::select(Fault::all(MINUTE))
}

fn rules() -> impl Strategy<Value = Vec<Rule>> {
    let rule = (
        fault(),
        any::<u64>(),
        0.0..1.0_f64,
        prop::option::of("[a-c]{0,2}"),
    );
    vec(rule, 1..5).prop_map(|rules| {
        rules
            .into_iter()
            .map(|(fault, seed, share, exchange)| Rule {
                name: "property".into(),
                seed,
                which: Selector {
                    exchange,
                    probability: Some(Probability::new(share).expect("a share")),
                    ..Selector::default()
                },
                fault,
            })
            .collect()
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    /// Whole units, no method inside one, nothing that a reader of AMQP would refuse: the
    /// judge is another session, without faults.
    #[test]
    fn whatever_the_faults_what_leaves_is_well_formed_and_every_unit_is_whole(
        rules in rules(),
        client in stream(Side::Client),
        broker in stream(Side::Broker),
        client_places in vec(any::<Index>(), 0..40),
        broker_places in vec(any::<Index>(), 0..40),
    ) {
        let (receipts, _collected) = Receipts::channel(10_000);
        let faults = Faults::new(receipts);
        let leases: Vec<_> = rules.into_iter().map(|rule| faults.arm(rule, MINUTE)).collect();
        let mut session = Session::new(faults);
        let mut out = Outgoing::default();
        let mut from_client = Feed::new(Side::Client);
        let mut from_broker = Feed::new(Side::Broker);
        from_client.take(&mut session, PROTOCOL_HEADER, &mut out).expect("a header");
        let (client_opens, broker_opens) = opening();
        let client = [client_opens, client.concat()].concat();
        let broker = [broker_opens, broker.concat()].concat();
        let mut clients = cut(&client, &client_places).into_iter();
        let mut brokers = cut(&broker, &broker_places).into_iter();
        loop {
            let pieces = [clients.next(), brokers.next()];
            if pieces == [None, None] {
                break;
            }
            let [client, broker] = pieces.map(Option::unwrap_or_default);
            prop_assert_eq!(from_client.take(&mut session, &client, &mut out), Ok(()));
            prop_assert_eq!(from_broker.take(&mut session, &broker, &mut out), Ok(()));
        }
        // With the faults gone, nothing waits any longer, but for the end of a connection.
        drop(leases);
        let next = session.release(Instant::now() + MINUTE, &mut out);
        prop_assert_eq!((next, session.is_waiting()), (None, false));

        let mut judge = Session::new(Faults::new(Receipts::channel(1).0));
        let mut judged = Outgoing::default();
        for (from, octets) in [(Side::Client, &out.broker), (Side::Broker, &out.client)] {
            let octets = joined(octets);
            let mut feed = Feed::new(from);
            prop_assert_eq!(feed.take(&mut judge, &octets, &mut judged), Ok(()));
            prop_assert_eq!(feed.unfinished(), 0);
        }
    }

    #[test]
    fn whatever_the_faults_broken_streams_make_nothing_panic(
        rules in rules(),
        frames in stream(Side::Client),
        answers in stream(Side::Broker),
        damage in vec((any::<Index>(), any::<u8>()), 1..8),
    ) {
        let (receipts, _collected) = Receipts::channel(10_000);
        let faults = Faults::new(receipts);
        let _leases: Vec<_> = rules.into_iter().map(|rule| faults.arm(rule, MINUTE)).collect();
        let mut session = Session::new(faults);
        let mut out = Outgoing::default();
        for (from, frames) in [(Side::Client, frames), (Side::Broker, answers)] {
            let (client_opens, broker_opens) = opening();
            let opens = match from {
                Side::Client => client_opens,
                Side::Broker => broker_opens,
            };
            let mut octets = [opens, frames.concat()].concat();
            for (at, octet) in &damage {
                if !octets.is_empty() {
                    let at = at.index(octets.len());
                    octets[at] = *octet;
                }
            }
            let mut feed = Feed::new(from);
            if from == Side::Client {
                feed.take(&mut session, PROTOCOL_HEADER, &mut out).expect("a header");
            }
            // An error or not: a damaged body is a body.
            let _ = feed.take(&mut session, &octets, &mut out);
            session.flush(from, &mut out);
        }
    }
}
