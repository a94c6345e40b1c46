-- Balances: what the ledger below adds up to.
create table accounts (
    customer        text    primary key,
    available_minor bigint  not null check (available_minor >= 0),
    held_minor      bigint  not null check (held_minor >= 0),
    captured_minor  bigint  not null check (captured_minor >= 0),
    refunded_minor  bigint  not null check (refunded_minor >= 0),
    blocked         boolean not null
);

create table payments (
    order_id     uuid   primary key,
    customer     text   not null,
    amount_minor bigint not null check (amount_minor >= 0),
    state        text   not null check (state in ('held', 'released', 'captured', 'refused', 'voided'))
);

-- Money that came in, by the id that the idempotency key gives.
create table deposits (
    deposit_id   uuid   primary key,
    customer     text   not null references accounts,
    amount_minor bigint not null check (amount_minor > 0)
);

-- Double entry: the rows of one (cause, kind) sum to zero, and there is one such set at most.
create table ledger (
    cause        uuid   not null,
    kind         text   not null check (kind in ('deposit', 'hold', 'release', 'capture')),
    account      text   not null check (account in ('funding', 'available', 'held', 'captured')),
    customer     text   not null,
    amount_minor bigint not null,
    primary key (cause, kind, account)
);
