-- Messages handled: the same transaction as their effect, so that a redelivery is seen.
create table inbox (
    message_id     uuid primary key,
    kind           text   not null,
    received_at_ms bigint not null,
    traceparent    text
);
-- For pruning; BRIN because rows arrive in the order of the column.
create index inbox_received on inbox using brin (received_at_ms);

-- Messages owed to the broker: the same transaction as the events they tell of.
create table outbox (
    message_id         uuid primary key,
    exchange           text     not null,
    routing_key        text     not null,
    kind               text     not null,
    version            smallint not null,
    correlation_id     uuid,
    causation_id       uuid,
    coordination       text,
    traceparent        text,
    tracestate         text,
    occurred_at_ms     bigint   not null,
    body               bytea    not null,
    attempts           int      not null default 0,
    next_attempt_at_ms bigint   not null
);
create index outbox_due on outbox (next_attempt_at_ms);

-- A queue of short-lived rows: vacuum by count, for a share of an almost empty table means nothing.
alter table outbox set (
    autovacuum_vacuum_scale_factor = 0,
    autovacuum_vacuum_threshold = 5000,
    autovacuum_vacuum_insert_threshold = -1,
    autovacuum_analyze_scale_factor = 0,
    autovacuum_analyze_threshold = 100000
);
