-- Rights that were taken away, written in the transaction that takes them. A node that did not hear of one, because the
-- bus was away, finds it here within two seconds and closes what must be closed. Rows are forgotten after an hour.

create table takings (
    id      text primary key,
    at      bigint not null,
    account text not null references accounts (id),
    session text,
    feed    text
);

create index takings_by_time on takings (at);
