// Generated from the crate `wire`. Do not edit: change server/wire and run `make generated`.

export type PersonKind = "resident" | "staff";

export type Signature = { 
/**
 * The employee's name.
 */
name: string, 
/**
 * The employee's position.
 */
position: string, 
/**
 * The organisation they answer for.
 */
organisation: string, };

export type Author = { 
/**
 * The account.
 */
id: string, 
/**
 * Resident or staff.
 */
kind: PersonKind, 
/**
 * The name others see.
 */
alias: string, 
/**
 * Staff alone have one; the server makes it.
 */
signature?: Signature, };

export type Message = { 
/**
 * The number in the room's feed.
 */
seq: number, 
/**
 * The id.
 */
id: string, 
/**
 * When it was written.
 */
at: string, 
/**
 * Who wrote it.
 */
author: Author, 
/**
 * The text; empty when hidden.
 */
text: string, 
/**
 * Whether its author changed it.
 */
edited?: boolean, 
/**
 * Whether a moderator hid it.
 */
hidden?: boolean, 
/**
 * Why, when hidden.
 */
reason?: string, };

export type Item = { "kind": "message" } & Message;

export type PostMessage = { 
/**
 * The client's own name for this try.
 */
cid: string, 
/**
 * The text, at most 4 000 characters.
 */
text: string, 
/**
 * The author saw the emergency card and goes on.
 */
acknowledged?: boolean, };

export type EditMessage = { 
/**
 * The client's own name for this try.
 */
cid: string, 
/**
 * The new text.
 */
text: string, };

export type HideMessage = { 
/**
 * Why; shown to all readers.
 */
reason: string, };

export type Written = { 
/**
 * The number in the room's feed.
 */
seq: number, 
/**
 * The id.
 */
id: string, 
/**
 * When.
 */
at: string, };

export type Page<T> = { 
/**
 * The items.
 */
items: Array<T>, 
/**
 * Give this back for the next page; `null` on the last one.
 */
next: string | null, };

export type Okrug = { 
/**
 * Its stable key in the region's file.
 */
key: string, 
/**
 * Its name.
 */
name: string, 
/**
 * The units it covers by name; empty when it covers all but some.
 */
units: Array<string>, 
/**
 * The units it leaves out, when it covers all others.
 */
except: Array<string>, 
/**
 * The id of its medchat.
 */
room: string, };

export type TopicPolicy = { 
/**
 * Answered, in the order screens show them.
 */
accepted: Array<string>, 
/**
 * Not answered, in the order screens show them; `emergency_hospitalisation` where only that is refused.
 */
refused: Array<string>, 
/**
 * Answered as a reference question though others refuse them.
 */
reference: Array<string>, };

export type Now = { 
/**
 * Whether the acceptance window is open.
 */
open: boolean, 
/**
 * The region's civil time, `2026-11-23T12:20:00`.
 */
local_time: string, 
/**
 * When it opens next; `null` only if it never does.
 */
next_opening: string | null, 
/**
 * When it closes, while open.
 */
closes_at: string | null, 
/**
 * The name of today's holiday, when there is one.
 */
holiday: string | null, };

export type Region = { 
/**
 * `RU-KHA`.
 */
code: string, 
/**
 * The name.
 */
name: string, 
/**
 * The IANA name of its zone.
 */
time_zone: string, 
/**
 * Its territories.
 */
okrugs: Array<Okrug>, 
/**
 * What is answered.
 */
topic_policy: TopicPolicy, 
/**
 * Whether it is open now.
 */
now: Now, 
/**
 * What happens to writing outside the window: `queue` or `read_only`.
 */
outside_hours: string, };

export type RoomKind = "medchat" | "announcements" | "staff";

export type Link = { 
/**
 * `telegram` or `max`.
 */
platform: string, 
/**
 * The invitation's address.
 */
url: string, 
/**
 * Whether it has the form such addresses have.
 */
valid: boolean, };

export type My = { 
/**
 * Whether they are a member.
 */
member: boolean, 
/**
 * The highest number they have read.
 */
read: number, 
/**
 * How many messages of others came after it.
 */
unread: number, 
/**
 * What they may do here: `read`, `post`, `hide`, `join`, `leave`, `post_after_verification`.
 */
may: Array<string>, };

export type Room = { 
/**
 * The id.
 */
id: string, 
/**
 * The kind.
 */
kind: RoomKind, 
/**
 * The code of its region.
 */
region: string, 
/**
 * The key of its okrug; `null` for a general room and for other kinds.
 */
okrug: string | null, 
/**
 * The title.
 */
title: string, 
/**
 * A line above the title: whose medchat it is.
 */
subtitle: string | null, 
/**
 * How many residents have joined.
 */
members: number, 
/**
 * Whether the acceptance window is open.
 */
open_now: boolean, 
/**
 * When it opens next.
 */
next_opening: string | null, 
/**
 * When it closes, while open.
 */
closes_at: string | null, 
/**
 * The name of today's holiday, when there is one.
 */
holiday: string | null, 
/**
 * What a poster shows and anybody may type; `null` for a closed room.
 */
invitation_code: string | null, 
/**
 * The name of its feed.
 */
feed: string, 
/**
 * The highest number read by staff who owe this room an answer.
 */
seen: number, 
/**
 * The names of the organisations that answer here.
 */
organisations: Array<string>, 
/**
 * Its groups in messengers.
 */
links: Array<Link>, 
/**
 * How the asking person stands; absent for a guest.
 */
my?: My, };

export type Invitation = { 
/**
 * The code in its canonical form.
 */
code: string, 
/**
 * The room.
 */
room: Room, };

export type JoinRoom = Record<symbol, never>;

export type Scope = { 
/**
 * `organisation`, `room`, `region` or `federation`.
 */
kind: string, 
/**
 * The id of what the kind names, a region's code; `null` for the federation.
 */
id: string | null, };

export type Grant = { 
/**
 * The id.
 */
id: string, 
/**
 * The role.
 */
role: string, 
/**
 * Where it is held.
 */
scope: Scope, 
/**
 * The first moment it holds.
 */
from: string, 
/**
 * The first moment it holds no longer; `null` for an open end.
 */
until: string | null, };

export type ProposeGrant = { 
/**
 * The account that is to hold the role.
 */
account: string, 
/**
 * The role.
 */
role: string, 
/**
 * Where it is to be held.
 */
scope: Scope, 
/**
 * The first moment it holds; left out: the approval.
 */
from?: string, 
/**
 * The first moment it holds no longer.
 */
until?: string, };

export type GrantState = { 
/**
 * The id.
 */
id: string, 
/**
 * `pending` or `approved`.
 */
state: string, };

export type SignUp = { 
/**
 * What one signs in with.
 */
login: string, 
/**
 * The password, at least 10 characters.
 */
password: string, 
/**
 * The name others see.
 */
alias: string, };

export type Account = { 
/**
 * The id.
 */
id: string, 
/**
 * Resident or staff; fixed for ever.
 */
kind: PersonKind, 
/**
 * The name others see.
 */
alias: string, 
/**
 * Whether an accepted method has shown them to be 18 or older.
 */
verified_adult: boolean, };

export type Me = { 
/**
 * The id.
 */
id: string, 
/**
 * Resident or staff.
 */
kind: PersonKind, 
/**
 * The name others see.
 */
alias: string, 
/**
 * Whether an accepted method has shown them to be 18 or older.
 */
verified_adult: boolean, 
/**
 * Staff: what the server puts under their messages.
 */
signature?: Signature, 
/**
 * The grants that hold now or later.
 */
grants: Array<Grant>, 
/**
 * A resident's rooms; staff: all rooms their grants concern.
 */
rooms: Array<Room>, };

export type SignIn = { 
/**
 * What one signs in with.
 */
login: string, 
/**
 * The password.
 */
password: string, 
/**
 * The code of a second factor, for accounts that have one.
 */
second_factor?: string, };

export type Tokens = { 
/**
 * For the `Authorization: Bearer` header. Keep it in memory.
 */
access_token: string, 
/**
 * Seconds until it expires.
 */
expires_in: number, 
/**
 * Who signed in.
 */
account: Account, };

export type Code = "malformed" | "unauthenticated" | "token_expired" | "not_allowed" | "not_verified" | "four_eyes" | "not_found" | "method_not_allowed" | "cid_conflict" | "wrong_state" | "login_taken" | "already_done" | "too_large" | "invalid" | "rate_limited" | "dependency_down" | "storage_full" | "internal";

export type FieldError = { 
/**
 * The field's path, `text` or `scope.id`; empty when it is the whole body.
 */
field: string, 
/**
 * A word for programs.
 */
code: string, 
/**
 * A sentence for people.
 */
detail: string, };

export type Problem = { 
/**
 * Always `about:blank`: the code says more than a link would.
 */
type: string, 
/**
 * The status in words.
 */
title: string, 
/**
 * The HTTP status.
 */
status: number, 
/**
 * The code.
 */
code: Code, 
/**
 * A sentence for people.
 */
detail: string, 
/**
 * For `invalid`: what is wrong, field by field.
 */
errors?: Array<FieldError>, 
/**
 * For `wrong_state`: the state it is in.
 */
state?: string, 
/**
 * For a closed read-only room: when it opens next.
 */
next_opening?: string, };

export type Entry = { "kind": "message", 
/**
 * Its id.
 */
id: string, 
/**
 * When.
 */
at: string, 
/**
 * Who wrote it.
 */
author: Author, 
/**
 * The text; empty when hidden.
 */
text: string, 
/**
 * The author's own name for the try that made it.
 */
cid?: string, 
/**
 * Whether a moderator hid it since.
 */
hidden?: boolean, } | { "kind": "edit", 
/**
 * The message's id.
 */
target: string, 
/**
 * The new text; empty when hidden since.
 */
text: string, 
/**
 * When.
 */
at: string, } | { "kind": "hide", 
/**
 * The message's id.
 */
target: string, 
/**
 * Why.
 */
reason: string, 
/**
 * When.
 */
at: string, };

export type ClientFrame = { "op": "auth", 
/**
 * An access token.
 */
token: string, } | { "op": "subscribe", 
/**
 * The feed.
 */
feed: string, 
/**
 * Deliver everything after this number; left out: only what is new.
 */
after?: number, 
/**
 * The history `after` belongs to; left out: the present one.
 */
epoch?: string, } | { "op": "unsubscribe", 
/**
 * The feed.
 */
feed: string, } | { "op": "post", 
/**
 * The client's own name for this try.
 */
cid: string, 
/**
 * The room's id.
 */
room: string, 
/**
 * The text.
 */
text: string, 
/**
 * The author saw the emergency card and goes on.
 */
acknowledged?: boolean, } | { "op": "cancel", 
/**
 * The try.
 */
cid: string, } | { "op": "read", 
/**
 * The feed.
 */
feed: string, 
/**
 * The highest number read.
 */
seq: number, } | { "op": "ping" };

export type ServerFrame = { "ev": "hello", 
/**
 * The session.
 */
session: string, 
/**
 * The server's time.
 */
server_time: string, } | { "ev": "subscribed", 
/**
 * The feed.
 */
feed: string, 
/**
 * Its history.
 */
epoch: string, 
/**
 * Its highest number now.
 */
head: number, } | { "ev": "entry", 
/**
 * The feed.
 */
feed: string, 
/**
 * Its number there.
 */
seq: number, 
/**
 * What it says.
 */
entry: Entry, } | { "ev": "ack", 
/**
 * The try.
 */
cid: string, 
/**
 * Where it landed.
 */
feed: string, 
/**
 * Its number there.
 */
seq: number, 
/**
 * Its id.
 */
id: string, 
/**
 * When.
 */
at: string, } | { "ev": "cancelled", 
/**
 * The try.
 */
cid: string, } | { "ev": "error", 
/**
 * The try it concerns.
 */
cid?: string, 
/**
 * The feed it concerns.
 */
feed?: string, 
/**
 * The code.
 */
code: Code, 
/**
 * A sentence for people.
 */
detail: string, 
/**
 * For `rate_limited`: seconds to wait.
 */
retry_after?: number, } | { "ev": "reset", 
/**
 * The feed.
 */
feed: string, 
/**
 * Its history.
 */
epoch: string, 
/**
 * Its highest number.
 */
head: number, } | { "ev": "seen", 
/**
 * The feed.
 */
feed: string, 
/**
 * The highest number they read.
 */
seq: number, } | { "ev": "closing", 
/**
 * The shortest and the longest wait in milliseconds.
 */
retry_ms: [number, number], } | { "ev": "pong" };

export const CLOSE = {
  slow: 4001,
  cannot_continue: 4002,
  dependency_down: 4003,
  token_expired: 4004,
  too_fast: 4429,
  not_json: 4500,
  not_signed_in: 4501,
  session_ended: 4503,
  too_many_sockets: 4509,
  client_too_old: 4510,
  frame_too_big: 1009,
  draining: 1012,
  overloaded: 1013,
} as const;

export const SUBPROTOCOL = "medchat.v1";

export const MAX_FRAME = 16384;

export const MAX_SUBSCRIPTIONS = 100;
