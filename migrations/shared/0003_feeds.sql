-- Feeds and their entries: the only record of what was said. `feeds.head` is raised in the transaction that
-- inserts the entries, so the numbers of a feed are 1…head at every committed moment. A database sequence
-- would burn numbers. An entry is never deleted; `hidden` makes readers get a placeholder for its text.
-- `cids` remembers every client-chosen name of a try for ever; without an entry the try is barred.

create table feeds (
    id      text primary key,
    epoch   text not null,
    head    bigint not null,
    last_at bigint not null
);

create index feeds_by_change on feeds (last_at);

create table entries (
    feed        text not null references feeds (id),
    seq         bigint not null,
    id          text not null unique,
    at          bigint not null,
    kind        text not null check (kind in ('message', 'edit', 'hide')),
    author      text not null references accounts (id),
    author_kind text not null,
    alias       text not null,
    signature   text,
    target      text,
    text        text not null,
    cid         text,
    hidden      boolean not null,
    primary key (feed, seq)
);

create index entries_by_target on entries (target) where target is not null;

create table cids (
    author text not null references accounts (id),
    cid    text not null,
    digest text not null,
    entry  text,
    primary key (author, cid)
);

create table members (
    room      text not null references rooms (id),
    account   text not null references accounts (id),
    joined_at bigint not null,
    primary key (room, account)
);

create index members_of_account on members (account);

create table cursors (
    account text not null references accounts (id),
    feed    text not null references feeds (id),
    seq     bigint not null,
    primary key (account, feed)
);

create table audit (
    id     text primary key,
    at     bigint not null,
    actor  text,
    act    text not null,
    target text not null,
    reason text not null
);

create index audit_by_time on audit (at);
