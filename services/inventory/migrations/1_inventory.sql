-- Stock. `on_hand` is what can still be reserved.
create table skus (
    sku              text   primary key,
    unit_price_minor bigint not null check (unit_price_minor >= 0),
    price_version    bigint not null,
    on_hand          bigint not null check (on_hand >= 0),
    reserved         bigint not null check (reserved >= 0),
    shipped          bigint not null check (shipped >= 0)
);

create table reservations (
    order_id uuid  primary key,
    state    text  not null check (state in ('reserved', 'released', 'dispatched', 'refused', 'voided')),
    lines    jsonb not null
);

-- Goods that came in, by the id that the idempotency key gives.
create table receipts (
    receipt_id uuid   primary key,
    sku        text   not null references skus,
    quantity   bigint not null check (quantity > 0)
);

-- Every movement, once: what the balances above add up from.
create table stock_ledger (
    cause    uuid   not null,
    kind     text   not null check (kind in ('receipt', 'reserve', 'release', 'dispatch')),
    sku      text   not null,
    quantity bigint not null check (quantity > 0),
    primary key (cause, kind, sku)
);
