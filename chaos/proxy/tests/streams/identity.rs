use crate::traffic::{Feed, cut, joined, stream};
use amqp_proxy::{
    Faults, Receipts,
    frame::PROTOCOL_HEADER,
    session::{Outgoing, Session, Side},
};
use proptest::{collection::vec, prelude::*, sample::Index};

fn session() -> Session {
    let (receipts, _) = Receipts::channel(1);
    Session::new(Faults::new(receipts))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn with_no_rule_in_force_both_directions_are_the_octets_that_came_and_at_once(
        client in stream(Side::Client),
        broker in stream(Side::Broker),
        client_places in vec(any::<Index>(), 0..40),
        broker_places in vec(any::<Index>(), 0..40),
    ) {
        let mut session = session();
        let mut out = Outgoing::default();
        let client_octets = [&PROTOCOL_HEADER[..], &client.concat()].concat();
        let broker_octets = broker.concat();
        let mut from_client = Feed::new(Side::Client);
        let mut from_broker = Feed::new(Side::Broker);
        let mut clients = cut(&client_octets, &client_places).into_iter();
        let mut brokers = cut(&broker_octets, &broker_places).into_iter();
        let mut sent = [0, 0];
        loop {
            let pieces = [clients.next(), brokers.next()];
            if pieces == [None, None] {
                break;
            }
            let [client, broker] = pieces.map(Option::unwrap_or_default);
            sent[0] += client.len();
            sent[1] += broker.len();
            prop_assert_eq!(from_client.take(&mut session, &client, &mut out), Ok(()));
            prop_assert_eq!(from_broker.take(&mut session, &broker, &mut out), Ok(()));
            // All that is whole has left: only the start of a frame may be here.
            prop_assert_eq!(joined(&out.broker).len() + from_client.unfinished(), sent[0]);
            prop_assert_eq!(joined(&out.client).len() + from_broker.unfinished(), sent[1]);
        }
        prop_assert_eq!(&joined(&out.broker)[..], &client_octets[..]);
        prop_assert_eq!(&joined(&out.client)[..], &broker_octets[..]);
        prop_assert!(!session.is_waiting());
    }
}
