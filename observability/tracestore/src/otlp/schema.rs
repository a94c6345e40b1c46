//! The part of OTLP that a span is made of, as tables.
//!
//! One description serves three walks: the check on the way in ([`super::check`]), the compact form
//! ([`crate::store`]'s segments) and the JSON on the way out. Names are those of the OTLP JSON encoding.

/// How a field is on the wire, and how JSON shows it.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Kind {
    /// UTF-8 text
    Text,
    /// bytes shown in base64
    Bytes,
    /// a trace or span id: bytes shown in hex
    Id,
    Bool,
    /// a JSON number
    Enum,
    /// an unsigned 32-bit number: a JSON number
    Number32,
    /// a signed 64-bit number: a JSON string
    Number64,
    Double,
    /// 32 fixed bits: a JSON number
    Flags,
    /// 64 fixed bits of nanoseconds since 1970: a JSON string
    UnixNano,
    Message(&'static Message),
}

#[derive(Debug)]
pub(crate) struct FieldSpec {
    /// below 32, so that number and one flag fit a byte of the compact form
    pub number: u8,
    pub name: &'static str,
    pub kind: Kind,
    pub repeated: bool,
}

#[derive(Debug)]
pub(crate) struct Message {
    pub name: &'static str,
    pub fields: &'static [FieldSpec],
    /// at most one field may be set
    pub one_of: bool,
}

impl Message {
    /// Fields of newer OTLP versions are unknown here; as protobuf wants, they are passed over.
    pub(crate) fn field(&self, number: u32) -> Option<&'static FieldSpec> {
        self.fields
            .iter()
            .find(|field| u32::from(field.number) == number)
    }
}

const fn one(number: u8, name: &'static str, kind: Kind) -> FieldSpec {
    FieldSpec {
        number,
        name,
        kind,
        repeated: false,
    }
}

const fn many(number: u8, name: &'static str, message: &'static Message) -> FieldSpec {
    FieldSpec {
        number,
        name,
        kind: Kind::Message(message),
        repeated: true,
    }
}

const fn message(name: &'static str, fields: &'static [FieldSpec]) -> Message {
    Message {
        name,
        fields,
        one_of: false,
    }
}

pub(crate) static ANY_VALUE: Message = Message {
    name: "AnyValue",
    one_of: true,
    fields: &[
        one(1, "stringValue", Kind::Text),
        one(2, "boolValue", Kind::Bool),
        one(3, "intValue", Kind::Number64),
        one(4, "doubleValue", Kind::Double),
        one(5, "arrayValue", Kind::Message(&ARRAY_VALUE)),
        one(6, "kvlistValue", Kind::Message(&KEY_VALUE_LIST)),
        one(7, "bytesValue", Kind::Bytes),
    ],
};

static ARRAY_VALUE: Message = message("ArrayValue", &[many(1, "values", &ANY_VALUE)]);

static KEY_VALUE_LIST: Message = message("KeyValueList", &[many(1, "values", &KEY_VALUE)]);

pub(crate) static KEY_VALUE: Message = message(
    "KeyValue",
    &[
        one(1, "key", Kind::Text),
        one(2, "value", Kind::Message(&ANY_VALUE)),
    ],
);

pub(crate) static RESOURCE: Message = message(
    "Resource",
    &[
        many(1, "attributes", &KEY_VALUE),
        one(2, "droppedAttributesCount", Kind::Number32),
        many(3, "entityRefs", &ENTITY_REF),
    ],
);

static ENTITY_REF: Message = message(
    "EntityRef",
    &[
        one(1, "schemaUrl", Kind::Text),
        one(2, "type", Kind::Text),
        FieldSpec {
            number: 3,
            name: "idKeys",
            kind: Kind::Text,
            repeated: true,
        },
        FieldSpec {
            number: 4,
            name: "descriptionKeys",
            kind: Kind::Text,
            repeated: true,
        },
    ],
);

pub(crate) static SCOPE: Message = message(
    "InstrumentationScope",
    &[
        one(1, "name", Kind::Text),
        one(2, "version", Kind::Text),
        many(3, "attributes", &KEY_VALUE),
        one(4, "droppedAttributesCount", Kind::Number32),
    ],
);

pub(crate) static SPAN: Message = message(
    "Span",
    &[
        one(1, "traceId", Kind::Id),
        one(2, "spanId", Kind::Id),
        one(3, "traceState", Kind::Text),
        one(4, "parentSpanId", Kind::Id),
        one(5, "name", Kind::Text),
        one(6, "kind", Kind::Enum),
        one(7, "startTimeUnixNano", Kind::UnixNano),
        one(8, "endTimeUnixNano", Kind::UnixNano),
        many(9, "attributes", &KEY_VALUE),
        one(10, "droppedAttributesCount", Kind::Number32),
        many(11, "events", &EVENT),
        one(12, "droppedEventsCount", Kind::Number32),
        many(13, "links", &LINK),
        one(14, "droppedLinksCount", Kind::Number32),
        one(15, "status", Kind::Message(&STATUS)),
        one(16, "flags", Kind::Flags),
    ],
);

static EVENT: Message = message(
    "Event",
    &[
        one(1, "timeUnixNano", Kind::UnixNano),
        one(2, "name", Kind::Text),
        many(3, "attributes", &KEY_VALUE),
        one(4, "droppedAttributesCount", Kind::Number32),
    ],
);

static LINK: Message = message(
    "Link",
    &[
        one(1, "traceId", Kind::Id),
        one(2, "spanId", Kind::Id),
        one(3, "traceState", Kind::Text),
        many(4, "attributes", &KEY_VALUE),
        one(5, "droppedAttributesCount", Kind::Number32),
        one(6, "flags", Kind::Flags),
    ],
);

static STATUS: Message = message(
    "Status",
    &[one(2, "message", Kind::Text), one(3, "code", Kind::Enum)],
);
