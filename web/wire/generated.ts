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

export type AppealState = "new" | "accepted" | "in_work" | "waiting_for_resident" | "answered" | "confirmed" | "contested" | "closed_silent" | "refused" | "withdrawn" | "merged";

export type Lane = "public" | "private";

export type Outcome = "resolved" | "explained" | "redirected" | "unfounded";

export type ClockKind = "first_answer" | "final_answer";

export type Clock = { 
/**
 * What it waits for.
 */
kind: ClockKind, 
/**
 * The cycle, from 1; each contest begins the next.
 */
cycle: number, 
/**
 * When it began to count: at the next opening, for what was written outside the hours.
 */
started_at: string, 
/**
 * When it is due; while it is paused, the due moment it had before.
 */
due_at: string, 
/**
 * Whether it waits for the resident.
 */
paused: boolean, 
/**
 * When what it waits for happened.
 */
stopped_at: string | null, 
/**
 * Whether the promise was broken. It can break later: compare `due_at`.
 */
breached: boolean, };

export type Named = { 
/**
 * The id.
 */
id: string, 
/**
 * The name.
 */
name: string, };

export type AppealCard = { 
/**
 * The id.
 */
id: string, 
/**
 * The number, to be said on the phone.
 */
number: string, 
/**
 * The state.
 */
state: AppealState, 
/**
 * The cycle, from 1.
 */
cycle: number, 
/**
 * One of the eleven accepted topics.
 */
category: string, 
/**
 * The room's id.
 */
room: string, 
/**
 * Who owes the answer; `null` while every desk of the room does.
 */
organisation: Named | null, 
/**
 * Who opened it.
 */
author: Author, 
/**
 * The employee who has it; told to the organisation and its region's curators alone.
 */
assignee?: Named, 
/**
 * The clocks, cycle by cycle.
 */
clocks: Array<Clock>, 
/**
 * The beginning of the public text, at most 280 characters.
 */
excerpt: string, 
/**
 * Whether there is something in the private lane.
 */
has_private: boolean, 
/**
 * What the last final answer declares.
 */
outcome?: Outcome, 
/**
 * The id of the appeal it goes on as.
 */
merged_into?: string, 
/**
 * When it was opened.
 */
opened_at: string, };

export type AppealEvent = { 
/**
 * When.
 */
at: string, 
/**
 * What: `opened`, `accepted`, `assigned`, `released`, `transferred`, `messaged`, `asked`, `answered`, `refused`, `confirmed`, `contested`, `rated`, `withdrawn`, `merged`, `closed_silently`.
 */
kind: string, 
/**
 * Resident or staff, when a person did it.
 */
actor?: PersonKind, 
/**
 * The employee who did it.
 */
by?: Named, 
/**
 * The organisation they did it for.
 */
organisation?: Named, 
/**
 * To whom: an employee it is given to, an organisation it is passed to.
 */
to?: Named, 
/**
 * In which lane.
 */
lane?: Lane, 
/**
 * The id of the lane's message.
 */
message?: string, 
/**
 * Why.
 */
reason?: string, 
/**
 * What the final answer declares.
 */
outcome?: Outcome, 
/**
 * The rating, 1 to 5.
 */
score?: number, 
/**
 * The appeal it goes on as.
 */
into?: string, };

export type LaneView = { 
/**
 * The name of its feed.
 */
feed: string, 
/**
 * The history its numbers belong to.
 */
epoch: string, 
/**
 * Its highest number.
 */
head: number, 
/**
 * The highest number read by staff who owe the answer.
 */
seen: number, 
/**
 * The last 100 messages, oldest first.
 */
messages: Array<Message>, };

export type Lanes = { 
/**
 * The public lane.
 */
public: LaneView, 
/**
 * The private lane; absent for whoever may not read it.
 */
private?: LaneView, };

export type Appeal = { 
/**
 * What happened to it, oldest first, as far as one may know.
 */
events: Array<AppealEvent>, 
/**
 * The lanes one may read.
 */
lanes: Lanes, 
/**
 * The rating of the last final answer, 1 to 5.
 */
rating: number | null, 
/**
 * The code that shows its state without signing in; told to its author alone.
 */
status_code?: string, 
/**
 * The messages of the room it was made from.
 */
from: Array<string>, 
/**
 * What the asking person may do to it now, by the names of the routes: `accept`, `assign`, `release`, `transfer`, `messages`, `ask`, `final-answer`, `refuse`, `confirm`, `contest`, `rate`, `withdraw`, `merge`.
 */
may: Array<string>, 
/**
 * The zone its times are meant in.
 */
time_zone: string, 
/**
 * The id.
 */
id: string, 
/**
 * The number, to be said on the phone.
 */
number: string, 
/**
 * The state.
 */
state: AppealState, 
/**
 * The cycle, from 1.
 */
cycle: number, 
/**
 * One of the eleven accepted topics.
 */
category: string, 
/**
 * The room's id.
 */
room: string, 
/**
 * Who owes the answer; `null` while every desk of the room does.
 */
organisation: Named | null, 
/**
 * Who opened it.
 */
author: Author, 
/**
 * The employee who has it; told to the organisation and its region's curators alone.
 */
assignee?: Named, 
/**
 * The clocks, cycle by cycle.
 */
clocks: Array<Clock>, 
/**
 * The beginning of the public text, at most 280 characters.
 */
excerpt: string, 
/**
 * Whether there is something in the private lane.
 */
has_private: boolean, 
/**
 * What the last final answer declares.
 */
outcome?: Outcome, 
/**
 * The id of the appeal it goes on as.
 */
merged_into?: string, 
/**
 * When it was opened.
 */
opened_at: string, };

export type OpenAppeal = { 
/**
 * The client's own name for this try.
 */
cid: string, 
/**
 * The room's id.
 */
room: string, 
/**
 * The organisation asked; left out: the room's default, else every desk of the room.
 */
organisation?: string, 
/**
 * One of the eleven accepted topics; left out: `other`.
 */
category?: string, 
/**
 * The question, for the public lane; personal data in it is masked there and kept in the private lane.
 */
text: string, 
/**
 * Details for the private lane.
 */
private_text?: string, 
/**
 * Own messages of the room it is made from.
 */
from?: Array<string>, 
/**
 * The author saw the emergency card and goes on.
 */
acknowledged?: boolean, };

export type OpenedAppeal = { 
/**
 * The id.
 */
id: string, 
/**
 * The number.
 */
number: string, 
/**
 * With the number it shows the state without signing in.
 */
status_code: string, 
/**
 * The state.
 */
state: AppealState, 
/**
 * The clocks.
 */
clocks: Array<Clock>, };

export type AssignAppeal = { 
/**
 * The employee's id.
 */
staff: string, };

export type TransferAppeal = { 
/**
 * The organisation's id.
 */
organisation: string, 
/**
 * Why; the resident reads it.
 */
reason: string, };

export type PostToAppeal = { 
/**
 * The client's own name for this try.
 */
cid: string, 
/**
 * The lane; left out: public, but private where the text holds personal data.
 */
lane?: Lane, 
/**
 * The text, at most 4 000 characters.
 */
text: string, 
/**
 * Staff: the lane's head they last saw.
 */
seen?: number, 
/**
 * The author saw the emergency card and goes on.
 */
acknowledged?: boolean, };

export type AskResident = { 
/**
 * The question.
 */
text: string, 
/**
 * The lane; left out: public, but private where the text holds personal data.
 */
lane?: Lane, 
/**
 * Staff: the lane's head they last saw.
 */
seen?: number, };

export type GiveFinalAnswer = { 
/**
 * The answer.
 */
text: string, 
/**
 * What it declares.
 */
outcome: Outcome, 
/**
 * The lane; left out: public, but private where the text holds personal data.
 */
lane?: Lane, 
/**
 * Staff: the lane's head they last saw.
 */
seen?: number, };

export type RefuseAppeal = { 
/**
 * Why, and where to turn instead.
 */
reason: string, };

export type ContestAppeal = { 
/**
 * Why.
 */
reason: string, };

export type RateAppeal = { 
/**
 * From 1 to 5.
 */
score: number, 
/**
 * In one's own words.
 */
comment?: string, };

export type MergeAppeal = { 
/**
 * The id of the appeal that goes on.
 */
into: string, };

export type ActOnAppeal = Record<symbol, never>;

export type WrittenInLane = { 
/**
 * The number in the lane's feed.
 */
seq: number, 
/**
 * The id.
 */
id: string, 
/**
 * When.
 */
at: string, 
/**
 * The name of the lane's feed.
 */
feed: string, };

export type AppealStatus = { 
/**
 * The number.
 */
number: string, 
/**
 * The state.
 */
state: AppealState, 
/**
 * What it is about.
 */
category: string, 
/**
 * The name of the organisation that owes the answer.
 */
organisation: string | null, 
/**
 * The room's title.
 */
room: string, 
/**
 * When it was opened.
 */
opened_at: string, 
/**
 * The clocks.
 */
clocks: Array<Clock>, 
/**
 * The zone its times are meant in.
 */
time_zone: string, };

export type Notice = { 
/**
 * When it was noticed.
 */
at: string, 
/**
 * The appeal's id.
 */
appeal: string, 
/**
 * Its number.
 */
number: string, 
/**
 * Which clock.
 */
clock: ClockKind, 
/**
 * Of which cycle.
 */
cycle: number, 
/**
 * How many hundredths of the target are used: 50, 75, 100 or 200.
 */
percent: number, 
/**
 * When what the clock waits for is due, or was.
 */
due_at: string, 
/**
 * The roles that are told; empty when it is the assignee alone.
 */
told: Array<string>, };

export type AppealItem = { 
/**
 * The number of its opening entry in the room's feed.
 */
seq: number, 
/**
 * The id.
 */
id: string, 
/**
 * The number, to be said on the phone.
 */
number: string, 
/**
 * The state.
 */
state: AppealState, 
/**
 * The cycle, from 1.
 */
cycle: number, 
/**
 * One of the eleven accepted topics.
 */
category: string, 
/**
 * The room's id.
 */
room: string, 
/**
 * Who owes the answer; `null` while every desk of the room does.
 */
organisation: Named | null, 
/**
 * Who opened it.
 */
author: Author, 
/**
 * The employee who has it; told to the organisation and its region's curators alone.
 */
assignee?: Named, 
/**
 * The clocks, cycle by cycle.
 */
clocks: Array<Clock>, 
/**
 * The beginning of the public text, at most 280 characters.
 */
excerpt: string, 
/**
 * Whether there is something in the private lane.
 */
has_private: boolean, 
/**
 * What the last final answer declares.
 */
outcome?: Outcome, 
/**
 * The id of the appeal it goes on as.
 */
merged_into?: string, 
/**
 * When it was opened.
 */
opened_at: string, };

export type Item = { "kind": "message" } & Message | { "kind": "appeal" } & AppealItem;

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
outside_hours: string, 
/**
 * Its organisations, by name.
 */
organisations: Array<Named>, 
/**
 * A year, this one or from October on the next, without a signed calendar: its days off are taken by rule.
 */
unsigned_year?: number, };

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
 * The organisations that answer here.
 */
organisations: Array<Named>, 
/**
 * The id of the organisation that gets what is asked of none.
 */
default_organisation?: string, 
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
 * `confirmed`, `missing` when it must be set up before any grant holds, or `not_needed`.
 */
second_factor: string, 
/**
 * Staff: what the server puts under their messages.
 */
signature?: Signature, 
/**
 * The grants that hold now or later.
 */
grants: Array<Grant>, 
/**
 * The organisation a resident last asked: where the next question goes unless they say otherwise.
 */
clinic?: Named, 
/**
 * A resident's rooms; staff: all rooms their grants concern.
 */
rooms: Array<Room>, };

export type Spread = { 
/**
 * The mean.
 */
mean: number | null, 
/**
 * The median.
 */
median: number | null, 
/**
 * The ninetieth percentile, nearest rank.
 */
p90: number | null, };

export type Waits = { 
/**
 * The mean.
 */
mean: number | null, 
/**
 * The median.
 */
median: number | null, 
/**
 * The ninetieth percentile, nearest rank.
 */
p90: number | null, 
/**
 * The share answered in time among those answered or overdue, 0 to 1.
 */
within: number | null, 
/**
 * The same waits in wall time.
 */
wall: Spread, };

export type Satisfaction = { 
/**
 * The mean score, 1 to 5.
 */
mean: number | null, 
/**
 * How many scores there are.
 */
responses: number, 
/**
 * Their share of all final answers, 0 to 1.
 */
rate: number | null, };

export type Tally = { 
/**
 * How many appeals.
 */
appeals: number, 
/**
 * Those whose last final answer says they are resolved.
 */
declared: number, 
/**
 * Those confirmed by the resident.
 */
confirmed: number, 
/**
 * Those contested at least once.
 */
contested: number, 
/**
 * Those closed after silence.
 */
silent: number, 
/**
 * The waits for the first answer.
 */
first_answer: Waits, 
/**
 * The waits for the final answer.
 */
final_answer: Waits, 
/**
 * The scores.
 */
satisfaction: Satisfaction, };

export type Group = { 
/**
 * The id, category or first day of what is grouped.
 */
key: string, 
/**
 * Its name.
 */
name: string, 
/**
 * How many appeals.
 */
appeals: number, 
/**
 * Those whose last final answer says they are resolved.
 */
declared: number, 
/**
 * Those confirmed by the resident.
 */
confirmed: number, 
/**
 * Those contested at least once.
 */
contested: number, 
/**
 * Those closed after silence.
 */
silent: number, 
/**
 * The waits for the first answer.
 */
first_answer: Waits, 
/**
 * The waits for the final answer.
 */
final_answer: Waits, 
/**
 * The scores.
 */
satisfaction: Satisfaction, };

export type Figures = { 
/**
 * Group by group, where `by` asked for it.
 */
groups: Array<Group>, 
/**
 * The zone in which days begin and end.
 */
time_zone: string, 
/**
 * When it was counted.
 */
counted_at: string, 
/**
 * What was counted, in the words of the filters; what was left out there was limited to what one may ask.
 */
filter: Filter, 
/**
 * How many appeals.
 */
appeals: number, 
/**
 * Those whose last final answer says they are resolved.
 */
declared: number, 
/**
 * Those confirmed by the resident.
 */
confirmed: number, 
/**
 * Those contested at least once.
 */
contested: number, 
/**
 * Those closed after silence.
 */
silent: number, 
/**
 * The waits for the first answer.
 */
first_answer: Waits, 
/**
 * The waits for the final answer.
 */
final_answer: Waits, 
/**
 * The scores.
 */
satisfaction: Satisfaction, };

export type Filter = { 
/**
 * Regions, by code.
 */
regions: Array<string>, 
/**
 * Organisations, by id; empty: all.
 */
organisations: Array<string>, 
/**
 * The room's id.
 */
room: string | null, 
/**
 * The category.
 */
category: string | null, 
/**
 * The first moment.
 */
from: string | null, 
/**
 * The first moment no longer counted.
 */
to: string | null, };

export type Colleague = { 
/**
 * The account's id.
 */
id: string, 
/**
 * The name.
 */
name: string, 
/**
 * The position.
 */
position: string, 
/**
 * The roles held in the organisation.
 */
roles: Array<string>, 
/**
 * How many open appeals they have.
 */
open_appeals: number, };

export type Shift = { 
/**
 * The id.
 */
id: string, 
/**
 * The employee's id.
 */
staff: string, 
/**
 * The first moment of duty.
 */
from: string, 
/**
 * The first moment off duty.
 */
until: string, };

export type Roster = { 
/**
 * The organisation's id.
 */
organisation: string, 
/**
 * Its name.
 */
name: string, 
/**
 * The zone its times are meant in.
 */
time_zone: string, 
/**
 * Who answers for it, by name.
 */
people: Array<Colleague>, 
/**
 * The shifts asked for, in order of time.
 */
shifts: Array<Shift>, 
/**
 * The hours in which somebody should be there: each opening and closing of the organisation's rooms in the time asked for.
 */
open: Array<Stretch>, 
/**
 * Whether the asking person keeps the roster.
 */
may_keep: boolean, };

export type Stretch = { 
/**
 * Its first moment.
 */
from: string, 
/**
 * The first moment after it.
 */
until: string, };

export type AddShift = { 
/**
 * The employee's id.
 */
staff: string, 
/**
 * The first moment of duty.
 */
from: string, 
/**
 * The first moment off duty.
 */
until: string, };

export type AuditActor = { 
/**
 * The account's id.
 */
id: string, 
/**
 * The name colleagues know, a resident's public name.
 */
name: string, };

export type AuditRow = { 
/**
 * The id.
 */
id: string, 
/**
 * When.
 */
at: string, 
/**
 * Who; `null` for the server itself and for whoever holds its files.
 */
actor: AuditActor | null, 
/**
 * What, in a word: `grant.give`.
 */
act: string, 
/**
 * To what, as `kind:id`.
 */
target: string, 
/**
 * Why, as the actor said; empty where nobody is asked.
 */
reason: string, };

export type HandOutCodes = { 
/**
 * The organisation whose desk it is; may be left out by whoever has one alone.
 */
organisation?: string, 
/**
 * How many slips the sheet has, up to 48; left out: one code.
 */
count?: number, };

export type Slip = { 
/**
 * The id, for taking it back.
 */
id: string, 
/**
 * The number on the sheet, from 1 on.
 */
place: number, 
/**
 * The code, in groups as it is read aloud.
 */
code: string, };

export type Sheet = { 
/**
 * The first code.
 */
code: string, 
/**
 * The first moment they are good for nothing.
 */
expires_at: string, 
/**
 * All of them.
 */
slips: Array<Slip>, };

export type DeskCode = { 
/**
 * The id.
 */
id: string, 
/**
 * The number on its sheet.
 */
place: number, 
/**
 * The organisation whose desk it is.
 */
organisation: string, 
/**
 * When it was handed out; those of one sheet have the same moment.
 */
issued_at: string, 
/**
 * The first moment it is good for nothing.
 */
expires_at: string, 
/**
 * `open`, `redeemed`, `revoked` or `expired`.
 */
state: string, };

export type Verify = { "method": "desk_code", 
/**
 * The twelve digits, with spaces or without.
 */
code: string, };

export type Verification = { 
/**
 * Always true: nothing is kept of tries that failed.
 */
adult: boolean, 
/**
 * `desk_code`.
 */
method: string, 
/**
 * When.
 */
at: string, 
/**
 * Until when it counts; `null` for good.
 */
expires_at: string | null, };

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

export type Session = { 
/**
 * The id.
 */
id: string, 
/**
 * When one signed in.
 */
begun_at: string, 
/**
 * When its tokens were last renewed.
 */
seen_at: string, 
/**
 * On what, as the browser calls itself: `Chrome · Android`.
 */
device: string | null, 
/**
 * Whether it is the one that asks.
 */
current: boolean, };

export type SecondFactorSetup = { 
/**
 * A link for a QR code.
 */
link: string, 
/**
 * The same secret for typing.
 */
secret: string, };

export type ConfirmSecondFactor = { 
/**
 * The six digits of now.
 */
code: string, };

export type RecoveryCodes = { 
/**
 * Ten of them.
 */
codes: Array<string>, };

export type Code = "malformed" | "unauthenticated" | "second_factor_required" | "token_expired" | "not_allowed" | "not_verified" | "four_eyes" | "not_found" | "method_not_allowed" | "cid_conflict" | "stale_view" | "wrong_state" | "login_taken" | "already_done" | "code_used" | "code_expired" | "too_large" | "invalid" | "rate_limited" | "dependency_down" | "storage_full" | "internal";

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
next_opening?: string, 
/**
 * For `stale_view`: what one has not seen of the lane.
 */
missing?: Array<Message>, };

export type Viewer = { 
/**
 * Their name.
 */
name: string, 
/**
 * Whether they are writing.
 */
drafting: boolean, };

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
at: string, } | { "kind": "appeal" } & AppealCard | { "kind": "notice" } & Notice;

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
room?: string, 
/**
 * The appeal's id.
 */
appeal?: string, 
/**
 * In an appeal: the lane; left out: public, but private where the text holds personal data.
 */
lane?: Lane, 
/**
 * The text.
 */
text: string, 
/**
 * In an appeal, staff: the lane's head they last saw.
 */
seen?: number, 
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
seq: number, } | { "op": "viewing", 
/**
 * The appeal's id.
 */
appeal: string, 
/**
 * Whether a draft is being written.
 */
drafting: boolean, } | { "op": "ping" };

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
retry_after?: number, 
/**
 * For `stale_view`: what one has not seen of the lane.
 */
missing?: Array<Message>, } | { "ev": "reset", 
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
seq: number, } | { "ev": "viewing", 
/**
 * The appeal's id.
 */
appeal: string, 
/**
 * Your colleagues there.
 */
people: Array<Viewer>, } | { "ev": "closing", 
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
