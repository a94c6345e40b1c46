use crate::traffic::{
    Feed, ack, confirm_select, cut, deliver, method, publish, stream, tune_ok, unit,
};
use amq_protocol::{frame::AMQPFrame, protocol::AMQPClass, protocol::basic};
use amqp_proxy::{
    Faults, Receipts,
    frame::{Kind, Malformed, PROTOCOL_HEADER, Piece, Splitter},
    method::{Method, Tag},
    properties::message_id,
    session::{Outgoing, Session, Side},
};
use bytes::BufMut;
use proptest::{collection::vec, prelude::*, sample::Index};

fn session() -> Session {
    Session::new(Faults::new(Receipts::channel(1).0))
}

/// The error that a client's octets, after the protocol header, end in.
fn refusal(octets: &[u8]) -> Malformed {
    let mut session = session();
    let octets = [&PROTOCOL_HEADER[..], octets].concat();
    Feed::new(Side::Client)
        .take(&mut session, &octets, &mut Outgoing::default())
        .expect_err("malformed")
}

fn code(octets: &[u8]) -> Option<u16> {
    refusal(octets).close_code()
}

#[test]
fn what_is_malformed_is_answered_with_the_code_of_the_specification() {
    let publish = method(1, publish("", "q"));
    let body = crate::traffic::octets(&AMQPFrame::Body(1, vec![0; 8]));
    let whole = unit(1, crate::traffic::publish("", "q"), "1", b"four", 4);

    assert_eq!(code(b"\x04\0\0\0\0\0\0\xce"), Some(501), "unknown type");
    assert_eq!(code(b"\x08\0\0\0\0\0\0\xcd"), Some(501), "wrong end");
    assert_eq!(code(b"\x03\0\x01\x7f\xff\xff\xff"), Some(501), "too large");
    assert_eq!(
        code(&[&whole[0][..], &whole[1], &body].concat()),
        Some(501),
        "more body than announced"
    );
    assert_eq!(
        code(b"\x01\0\x01\0\0\0\x02\0\x0a\xce"),
        Some(502),
        "no method"
    );
    assert_eq!(
        code(b"\x01\0\x01\0\0\0\x05\0\x3c\0\x28\0\xce"),
        Some(502),
        "a publish without arguments"
    );
    assert_eq!(
        code(&[&publish[..], b"\x02\0\x01\0\0\0\x02\0\x3c\xce"].concat()),
        Some(502),
        "half a header"
    );
    assert_eq!(
        code(&method(0, confirm_select())),
        Some(503),
        "on channel 0"
    );
    assert_eq!(code(&method(1, tune_ok(0, 0))), Some(503), "on channel 1");
    assert_eq!(
        code(&crate::traffic::octets(&AMQPFrame::Body(0, vec![1]))),
        Some(503),
        "content on channel 0"
    );
    assert_eq!(
        code(&[method(0, tune_ok(1, 0)), method(2, confirm_select())].concat()),
        Some(504),
        "a channel that was not agreed"
    );
    assert_eq!(code(&body), Some(505), "body without a method");
    assert_eq!(
        code(&[&publish[..], &body].concat()),
        Some(505),
        "no header"
    );
    assert_eq!(
        code(&[&publish[..], &publish].concat()),
        Some(505),
        "a method in the middle of a unit"
    );
}

#[test]
fn a_stream_that_is_no_amqp_is_refused_at_its_first_wrong_octet() {
    for (octets, refused) in [
        (&b"G"[..], true),
        (b"AMQ", false),
        (b"AMQP\x01\x01\x00\x0a", true),
        (b"\x16\x03\x01", true),
    ] {
        let mut splitter = Splitter::of_client();
        splitter.buffer().put_slice(octets);
        let refusal = splitter.next(4096).err();
        assert_eq!(
            refusal == Some(Malformed::ProtocolHeader),
            refused,
            "{octets:?}"
        );
    }
}

#[test]
fn a_frame_is_as_large_as_was_agreed_and_not_one_octet_larger() {
    let body = |size: usize| crate::traffic::octets(&AMQPFrame::Body(1, vec![7; size]));
    let start = |size: u64| {
        let header = b"\x02\0\x01\0\0\0\x0e\0\x3c\0\0".to_vec();
        [
            &method(1, publish("", "q"))[..],
            &header,
            &size.to_be_bytes(),
            b"\0\0\xce",
        ]
        .concat()
    };
    let tuned = method(0, tune_ok(0, 8192));
    let fits = [&PROTOCOL_HEADER[..], &tuned, &start(8184), &body(8184)].concat();
    let taken = Feed::new(Side::Client).take(&mut session(), &fits, &mut Outgoing::default());
    assert_eq!(taken, Ok(()));
    assert_eq!(
        refusal(&[tuned, start(8185), body(8185)].concat()),
        Malformed::FrameTooLarge {
            bytes: 8193,
            limit: 8192
        }
    );
}

#[test]
fn a_method_is_read_as_amq_protocol_wrote_it() {
    let payload = |class| {
        method(1, class)[7..]
            .split_last()
            .expect("an end")
            .1
            .to_vec()
    };
    let read = payload(publish("events", "stock.reserved"));
    let Ok(Method::Publish(publish)) = Method::parse(&read) else {
        panic!("a publish");
    };
    assert_eq!(publish.exchange, b"events");
    assert_eq!(publish.routing_key, b"stock.reserved");
    assert_eq!(publish.flags, 1, "mandatory");
    assert_eq!(publish.flags_at, read.len() - 1);

    let read = payload(deliver("tag", 0x0102_0304_0506_0708, "e", "k"));
    let Ok(Method::Deliver(deliver)) = Method::parse(&read) else {
        panic!("a delivery");
    };
    assert_eq!(deliver.consumer_tag, b"tag");
    assert_eq!(read[deliver.tag_at..][..8], [1, 2, 3, 4, 5, 6, 7, 8]);
    assert_eq!(
        (deliver.exchange, deliver.routing_key),
        (&b"e"[..], &b"k"[..])
    );

    let nack = AMQPClass::Basic(basic::AMQPMethod::Nack(basic::Nack {
        delivery_tag: 9,
        multiple: false,
        requeue: true,
    }));
    let tag = Tag {
        tag: 9,
        multiple: false,
        requeue: true,
    };
    assert_eq!(Method::parse(&payload(nack)), Ok(Method::Nack(tag)));
    let tag = Tag {
        tag: 3,
        multiple: true,
        requeue: false,
    };
    assert_eq!(Method::parse(&payload(ack(3, true))), Ok(Method::Ack(tag)));
}

#[test]
fn the_message_id_is_found_behind_every_other_property() {
    let header = unit(1, publish("", ""), "the id", b"", 1).remove(1);
    assert_eq!(
        message_id(&header[7..header.len() - 1]),
        Some(&b"the id"[..])
    );
    assert_eq!(message_id(b""), None);
}

proptest! {
    #[test]
    fn frames_come_out_whole_wherever_the_stream_is_cut(
        frames in stream(Side::Broker),
        places in vec(any::<Index>(), 0..60),
    ) {
        let mut splitter = Splitter::of_broker();
        let mut seen = Vec::new();
        for piece in cut(&frames.concat(), &places) {
            splitter.buffer().put_slice(&piece);
            while let Some(Piece::Frame(frame)) = splitter.next(131_072).expect("valid") {
                prop_assert!(matches!(frame.raw()[0], 1..=3 | 8));
                prop_assert_eq!(frame.kind() == Kind::Heartbeat, frame.raw()[0] == 8);
                seen.push(frame.into_raw().to_vec());
            }
        }
        prop_assert_eq!(seen, frames);
    }

    #[test]
    fn any_octets_at_all_end_in_an_error_or_in_waiting_within_a_bound(
        octets in vec(prop_oneof![4 => any::<u8>(), 1 => Just(1_u8), 1 => Just(0), 1 => Just(0xce)], 0..2000),
        places in vec(any::<Index>(), 0..20),
    ) {
        for from in [Side::Client, Side::Broker] {
            let (mut session, mut feed) = (session(), Feed::new(from));
            let mut out = Outgoing::default();
            if from == Side::Client {
                feed.take(&mut session, PROTOCOL_HEADER, &mut out).expect("a header");
            }
            for piece in cut(&octets, &places) {
                if feed.take(&mut session, &piece, &mut out).is_err() {
                    break;
                }
                prop_assert!(feed.unfinished() <= session.frame_max());
            }
        }
    }
}
