create table shipments (
    order_id uuid primary key,
    state    text not null check (state in ('arranged', 'refused', 'voided')),
    country  text not null,
    postcode text not null,
    reason   text
);

-- Where we ship to.
create table service_areas (
    country text primary key
);

insert into service_areas (country) values
    ('AT'), ('BE'), ('CH'), ('DE'), ('DK'), ('EE'), ('FI'),
    ('FR'), ('GB'), ('IE'), ('NL'), ('NO'), ('SE'), ('US');
