-- Regions, their territory, organisations and rooms, as the region files describe them. The tables are
-- small (hundreds of rows) and change only by provisioning; the server keeps them in memory.
-- Portable types: ids and codes are text, moments are big-integer milliseconds, structured extras JSON text.

create table facts (
    name  text primary key,
    value text not null
);

create table regions (
    code      text primary key,
    number    text not null,
    name      text not null,
    time_zone text not null,
    settings  text not null
);

create table units (
    region   text not null references regions (code),
    key      text not null,
    name     text not null,
    position bigint not null,
    primary key (region, key)
);

create table organisations (
    id       text primary key,
    region   text not null references regions (code),
    key      text not null,
    name     text not null,
    invented boolean not null,
    unique (region, key)
);

create table rooms (
    id           text primary key,
    region       text not null references regions (code),
    key          text not null,
    kind         text not null check (kind in ('medchat', 'announcements', 'staff')),
    title        text not null,
    subtitle     text,
    position     bigint not null,
    cover        text,
    week         text,
    organisation text references organisations (id),
    code         text unique,
    member_count bigint not null,
    seen         bigint not null,
    created_at   bigint not null,
    unique (region, key),
    check ((kind = 'staff') = (organisation is not null))
);

create table room_links (
    room     text not null references rooms (id),
    platform text not null,
    url      text not null,
    position bigint not null,
    primary key (room, platform)
);

create table services (
    organisation text not null references organisations (id),
    room         text not null references rooms (id),
    primary key (organisation, room)
);
