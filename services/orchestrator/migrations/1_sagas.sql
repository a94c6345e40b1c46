create table sagas (
    order_id uuid  primary key,
    -- The phase inside `state`, for whoever looks.
    phase    text  not null,
    state    jsonb not null
);

create index sagas_open on sagas (phase) where phase <> 'done';
