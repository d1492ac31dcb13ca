-- Codes that registrars hand out after a look at the passport. A code is kept as a keyed digest: the file alone tells none.
-- Whose passport was looked at stands nowhere; `redeemed_by` tells whose account the code opened.

create table desk_codes (
    id           text primary key,
    digest       text not null unique,
    organisation text not null references organisations (id),
    issued_by    text not null references accounts (id),
    place        bigint not null,
    issued_at    bigint not null,
    expires_at   bigint not null,
    redeemed_by  text references accounts (id),
    redeemed_at  bigint,
    revoked_by   text references accounts (id),
    revoked_at   bigint,
    check (redeemed_at is null or revoked_at is null),
    check ((redeemed_at is null) = (redeemed_by is null)),
    check ((revoked_at is null) = (revoked_by is null))
);

create index desk_codes_of_organisation on desk_codes (organisation, issued_at);
create index desk_codes_of_registrar on desk_codes (issued_by, issued_at);
