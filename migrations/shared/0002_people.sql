-- Accounts, what proves that a resident is an adult, grants of roles, sessions and their refresh tokens.
-- Tokens are kept as hashes only. A grant is never deleted: it is proposed, approved and revoked.

create table accounts (
    id         text primary key,
    login      text not null unique,
    password   text not null,
    kind       text not null check (kind in ('resident', 'staff')),
    alias      text not null,
    name       text,
    position   text,
    employer   text,
    created_at bigint not null,
    closed_at  bigint
);

create table verifications (
    account    text primary key references accounts (id),
    method     text not null,
    at         bigint not null,
    expires_at bigint
);

create table grants (
    id          text primary key,
    account     text not null references accounts (id),
    role        text not null,
    scope_kind  text not null check (scope_kind in ('organisation', 'room', 'region', 'federation')),
    scope_id    text,
    starts_at   bigint not null,
    ends_at     bigint,
    proposed_by text references accounts (id),
    proposed_at bigint not null,
    approved_by text references accounts (id),
    approved_at bigint,
    revoked_by  text references accounts (id),
    revoked_at  bigint,
    check ((scope_kind = 'federation') = (scope_id is null))
);

create index grants_of_account on grants (account);
create index grants_by_end on grants (ends_at) where ends_at is not null;

create table sessions (
    id         text primary key,
    account    text not null references accounts (id),
    created_at bigint not null,
    ended_at   bigint
);

create index sessions_of_account on sessions (account);

create table refresh_tokens (
    hash       text primary key,
    session    text not null references sessions (id),
    issued_at  bigint not null,
    expires_at bigint not null,
    used_at    bigint
);

create index refresh_tokens_of_session on refresh_tokens (session);
