-- The second factor of staff. What an authenticator counts from is not here: it is made of `nonce` and a key outside the
-- database. `last_step` is the last time step a code was taken for, so that none is taken twice. A session tells on what
-- device it was begun.

create table second_factors (
    account      text primary key references accounts (id),
    nonce        text not null,
    begun_at     bigint not null,
    confirmed_at bigint,
    last_step    bigint not null
);

create table recovery_codes (
    account text not null references accounts (id),
    digest  text not null,
    used_at bigint,
    primary key (account, digest)
);

alter table sessions add column device text;
