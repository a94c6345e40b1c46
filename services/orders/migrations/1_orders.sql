-- The order and its state.
create table orders (
    order_id       uuid    primary key,
    -- Of the request that placed it: the same idempotency key with another is refused.
    fingerprint    uuid    not null,
    customer       text    not null,
    status         text    not null check (status in ('placed', 'confirmed', 'rejected', 'cancelled')),
    reason         text,
    coordination   text    not null check (coordination in ('choreography', 'orchestration')),
    version        bigint  not null check (version >= 1),
    total_minor    bigint  not null check (total_minor >= 0),
    lines          jsonb   not null,
    ship_to        jsonb   not null,
    pivot_passed   boolean not null,
    captured       boolean not null,
    dispatched     boolean not null,
    cancel_attempts integer not null,
    -- The saga's deadline is this row, not a timer in memory.
    deadline_at_ms bigint,
    placed_at_ms   bigint  not null,
    terminal_at_ms bigint,
    check ((status = 'placed') = (deadline_at_ms is not null))
);

create index orders_due on orders (deadline_at_ms) where deadline_at_ms is not null;

-- A replica of inventory's catalogue, kept from its events.
create table catalogue (
    sku              text   primary key,
    unit_price_minor bigint not null check (unit_price_minor >= 0),
    version          bigint not null
);
