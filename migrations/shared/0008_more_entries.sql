-- Entries learn two kinds, `appeal` and `notice`, whose text is JSON, and messages may be sealed: the text is then
-- ciphertext that only the data key of `sealed_for` opens. One engine cannot change a check, so the table is made anew.
-- For an `appeal` entry `target` is empty at the opening and names the appeal at every later change.

create table entries_made_anew (
    feed        text not null references feeds (id),
    seq         bigint not null,
    id          text not null unique,
    at          bigint not null,
    kind        text not null check (kind in ('message', 'edit', 'hide', 'appeal', 'notice')),
    author      text not null references accounts (id),
    author_kind text not null,
    alias       text not null,
    signature   text,
    target      text,
    text        text not null,
    cid         text,
    hidden      boolean not null,
    sealed_for  text references accounts (id),
    primary key (feed, seq),
    check (sealed_for is null or kind = 'message')
);

insert into entries_made_anew
    select feed, seq, id, at, kind, author, author_kind, alias, signature, target, text, cid, hidden, null from entries;

drop table entries;
alter table entries_made_anew rename to entries;

create index entries_by_target on entries (target) where target is not null;

-- How far staff who owe an answer have read is a matter of every feed, no longer of rooms alone.
alter table feeds add column seen bigint not null default 0;
update feeds set seen = (select rooms.seen from rooms where 'room:' || rooms.id = feeds.id)
    where exists (select 1 from rooms where 'room:' || rooms.id = feeds.id);
alter table rooms drop column seen;
