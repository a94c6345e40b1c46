-- The read model. A row may be a forerunner, its facts null, when the log holds a
-- later event of an order before its placement: it is shown once it is whole.
create table orders (
    order_id     uuid   primary key,
    version      bigint not null,
    status       text   not null,
    reason       text,
    coordination text   not null,
    customer     text,
    total_minor  bigint,
    lines        jsonb,
    placed_at_ms bigint
);

create index orders_of_customer on orders (customer, placed_at_ms desc, order_id desc);
create index orders_open on orders (status) where status = 'placed';

-- Who projects, and how far: one row, moved in the transaction of the projection.
create table projector (
    id             smallint primary key check (id = 1),
    epoch          bigint   not null,
    owner          text     not null,
    lease_until_ms bigint   not null,
    next_offset    bigint   not null
);

insert into projector values (1, 0, '', 0, 0);
