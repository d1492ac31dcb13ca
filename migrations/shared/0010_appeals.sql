-- Appeals. The log in `appeal_events` is the only truth; a row of `appeals` says what lists need of it and is written
-- in the transaction that appends an event. `tier` and `turn` are the place in the queue: 0 and the due moment while a
-- clock runs, 1 and the opening while it is paused, 2 and minus the last moment once nobody owes anything.

create table appeal_numbers (
    region text primary key references regions (code),
    last   bigint not null
);

create table appeals (
    id           text primary key,
    number       text not null unique,
    region       text not null references regions (code),
    room         text not null references rooms (id),
    author       text not null references accounts (id),
    alias        text not null,
    category     text not null,
    from_entries text not null,
    excerpt      text not null,
    folded       text not null,
    opened_at    bigint not null,
    organisation text references organisations (id),
    assignee     text references accounts (id),
    state        text not null,
    has_private  boolean not null,
    due_at       bigint,
    last_at      bigint not null,
    length       bigint not null,
    tier         bigint not null check (tier in (0, 1, 2)),
    turn         bigint not null
);

-- The queue of everything, and what is due before a moment.
create index appeals_by_turn on appeals (tier, turn, id);
-- Newest first, over everything.
create index appeals_by_opening on appeals (opened_at, id);
-- The queue of desks, those nobody owns among them; what an employee has; what waits to be handed out.
create index appeals_of_desk on appeals (organisation, tier, turn, id);
-- The queue of rooms.
create index appeals_of_room on appeals (room, tier, turn, id);
-- What a resident opened.
create index appeals_of_author on appeals (author, opened_at, id);

create table appeal_events (
    appeal text not null references appeals (id),
    number bigint not null,
    at     bigint not null,
    kind   text not null,
    fact   text not null,
    primary key (appeal, number)
);

-- What falls due by the clock: each `what` of an appeal once, and fired once. Rows are computed from the log and come
-- and go with it; one that has fired stays, so that it is never made again.
create table dues (
    appeal       text not null references appeals (id),
    what         text not null,
    at           bigint not null,
    leased_until bigint,
    fired_at     bigint,
    primary key (appeal, what)
);

create index dues_by_time on dues (at) where fired_at is null;

-- Who is on duty for an organisation, and when.
create table shifts (
    id           text primary key,
    organisation text not null references organisations (id),
    account      text not null references accounts (id),
    starts_at    bigint not null,
    ends_at      bigint not null,
    added_by     text not null references accounts (id),
    added_at     bigint not null,
    check (starts_at < ends_at)
);

create index shifts_of_organisation on shifts (organisation, ends_at);
create index shifts_of_account on shifts (account, ends_at);
-- Which hold now, and which have just begun or ended.
create index shifts_by_end on shifts (ends_at);
create index shifts_by_start on shifts (starts_at);

-- What figures need of each cycle of an appeal. Computed from the log, kept so that figures of years read no logs.
create table cycles (
    appeal       text not null references appeals (id),
    cycle        bigint not null,
    region       text not null references regions (code),
    room         text not null references rooms (id),
    organisation text references organisations (id),
    category     text not null,
    opened_at    bigint not null,
    record       text not null,
    primary key (appeal, cycle)
);

-- Each serves one way of asking, with the period; all of them together serve alternatives.
create index cycles_of_region on cycles (region, opened_at);
create index cycles_of_organisation on cycles (organisation, opened_at);
create index cycles_of_room on cycles (room, opened_at);

-- The organisation a resident last asked by name.
create table clinics (
    account      text primary key references accounts (id),
    organisation text not null references organisations (id)
);

-- Who holds a role in an organisation, room or region; the federation has no id.
create index grants_of_scope on grants (scope_kind, coalesce(scope_id, ''));

-- The history of one appeal, grant or message is read by its target.
create index audit_of_target on audit (target);
