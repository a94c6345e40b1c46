use super::*;

fn envelope() -> Envelope {
    Envelope {
        id: Uuid::from_u128(1),
        kind: "stock.reserved".into(),
        version: 1,
        correlation_id: Some(Uuid::from_u128(2)),
        causation_id: Some(Uuid::from_u128(3)),
        coordination: Some(Coordination::Choreography),
        trace: TraceContext::parse(
            "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
            Some("vendor=1"),
        ),
        occurred_at_ms: 1_790_000_000_000,
        body: Bytes::from_static(b"{}"),
    }
}

#[test]
fn an_envelope_survives_the_wire() {
    let full = envelope();
    assert_eq!(Envelope::parse(&full.to_message()), Ok(full));
    let bare = Envelope {
        correlation_id: None,
        causation_id: None,
        coordination: None,
        trace: None,
        ..envelope()
    };
    assert_eq!(Envelope::parse(&bare.to_message()), Ok(bare));
}

#[test]
fn each_defect_has_its_reason() {
    type Damage = fn(&mut Message);
    let cases: [(Damage, Defect); 9] = [
        (|m| m.id = None, Defect::NoId),
        (|m| m.id = Some("x".into()), Defect::BadId("x".into())),
        (|m| m.kind = None, Defect::NoKind),
        (|m| m.kind = Some("#".into()), Defect::BadKind("#".into())),
        (
            |m| m.headers.set(VERSION, Value::Text("1".into())),
            Defect::NoVersion,
        ),
        (
            |m| m.headers.set(VERSION, Value::Integer(0)),
            Defect::BadVersion(0),
        ),
        (
            |m| m.correlation_id = Some("?".into()),
            Defect::BadCorrelationId("?".into()),
        ),
        (
            |m| m.headers.set(CAUSATION_ID, Value::Integer(1)),
            Defect::BadCausationId,
        ),
        (
            |m| m.headers.set(COORDINATION, Value::Text("both".into())),
            Defect::BadCoordination,
        ),
    ];
    for (damage, defect) in cases {
        let mut message = envelope().to_message();
        damage(&mut message);
        assert_eq!(Envelope::parse(&message), Err(defect));
    }
}

#[test]
fn a_broken_trace_context_starts_a_new_trace_and_is_no_defect() {
    let mut message = envelope().to_message();
    message
        .headers
        .set(TRACEPARENT, Value::Text("garbage".into()));
    let parsed = Envelope::parse(&message).expect("still an envelope");
    assert_eq!(parsed.trace, None);
}
