-- The audit's rows become links of a chain, moments after they are written: a link's hash covers the row and the link
-- before it. `audit_seal` is one row: how far the chain has come, and the latest moment in it; whoever seals holds it.

create table audit_links (
    n     bigint primary key,
    audit text not null unique,
    hash  text not null
);

create table audit_seal (
    id   text primary key check (id = 'seal'),
    n    bigint not null,
    hash text not null,
    at   bigint not null
);

insert into audit_seal (id, n, hash, at)
values ('seal', 0, '0000000000000000000000000000000000000000000000000000000000000000', 0);

create index audit_of_actor on audit (actor, at);
