-- Answers to changes that carried an `Idempotency-Key`, kept for a day: a repeat gets the same answer. Without
-- a status the change is under way, or the process that made it died.

create table answers (
    account text not null references accounts (id),
    key     text not null,
    digest  text not null,
    at      bigint not null,
    status  bigint,
    body    text not null,
    primary key (account, key)
);

create index answers_by_age on answers (at);
