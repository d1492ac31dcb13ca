//! One appeal in the hands of an act: found, admitted, locked, and everything an event of its log brings with it (the
//! row that lists read, what falls due, the figures, the cards in other feeds), written in the same transaction. Which
//! acts there are, the files beside this one know.

use std::collections::BTreeSet;
use std::sync::Arc;

use domain::actor::{Actor, Kind, Person};
use domain::appeal::card::{Card, Named};
use domain::appeal::event::{Employee, Event, Fact};
use domain::appeal::lane::Lane;
use domain::appeal::routing::desks;
use domain::appeal::state::{State, WrongState};
use domain::appeal::{Appeal, BrokenLog};
use domain::author::Author;
use domain::event::Taken;
use domain::feed::{Body, Feed};
use domain::figures;
use domain::grant::{Role, Scope};
use domain::id::{AccountId, AppealId, OrganisationId};
use domain::moment::Moment;
use domain::policy::{Act, Appealed, Target, admit};
use domain::sla::clock::{self, Clock, ClockFault};
use domain::sla::ladder;
use domain::sla::working::NeverOpens;
use store::appeal::Row;
use store::due::{Due, What};
use store::feed::{Draft, Outcome};

use crate::acts::Acts;
use crate::acts::catalogue::RoomEntry;
use crate::acts::error::{ActError, ActResult};
use crate::acts::unit::Unit;

/// An appeal that nobody else changes until the unit of work ends.
pub(crate) struct Held {
    /// The unit of work.
    pub unit: Unit,
    /// The appeal's room.
    pub room: Arc<RoomEntry>,
    /// The appeal as it stands.
    pub appeal: Appeal,
    /// As lists know it.
    pub row: Row,
    /// Its log.
    pub events: Vec<Event>,
    found: Appeal,
    fresh: Vec<Event>,
    drafts: Vec<Draft>,
}

/// Who did something, and what the audit calls it.
pub(crate) struct Deed<'a> {
    /// Who; nobody when it was the server.
    pub by: Option<AccountId>,
    /// What, `appeal.accept`.
    pub act: &'static str,
    /// Why, where somebody said.
    pub reason: &'a str,
}

impl Acts {
    /// The appeal with this id as lists know it, and its room.
    ///
    /// # Errors
    /// [`ActError::Denied`] when there is none; those of the store.
    pub(crate) async fn appeal_row(&self, id: &str) -> ActResult<(Row, Arc<RoomEntry>)> {
        let id: AppealId = id.parse().map_err(|_| ActError::not_found())?;
        let row = store::appeal::rows(&self.store, &[id]).await?.pop().ok_or_else(ActError::not_found)?;
        let room = self.catalogue().room(row.room).ok_or_else(ActError::not_found)?;
        Ok((row, room))
    }

    /// Locks the appeal with this id for `act` of `person`.
    ///
    /// # Errors
    /// [`ActError::Denied`]; those of the store.
    pub(crate) async fn hold(&self, person: &Person, act: Act, id: &str) -> ActResult<Held> {
        let (row, room) = self.appeal_row(id).await?;
        let actor = Actor::Person(person.clone());
        let admitted = admit(&actor, act, Target::Appeal(appealed(&row, &room)))?;
        let held = self.lock(self.writer.begin(admitted).await?, row.id, room).await?;
        // It may have found another owner before it was locked.
        admit(&actor, act, Target::Appeal(appealed(&held.row, &held.room)))?;
        Ok(held)
    }

    /// Locks an appeal for something the server does by itself; `None` when it is gone.
    ///
    /// # Errors
    /// Those of the store.
    pub(crate) async fn hold_for_server(&self, id: AppealId) -> ActResult<Option<Held>> {
        let Some(row) = store::appeal::rows(&self.store, &[id]).await?.pop() else { return Ok(None) };
        let Some(room) = self.catalogue().room(row.room) else { return Ok(None) };
        Ok(Some(self.lock(self.writer.begin_as_operator().await?, id, room).await?))
    }

    async fn lock(&self, mut unit: Unit, id: AppealId, room: Arc<RoomEntry>) -> ActResult<Held> {
        let found = store::appeal::lock(&mut unit.tx, id).await?;
        let (row, events) = found.ok_or_else(ActError::not_found)?;
        let appeal = Appeal::fold(&events)?;
        let (found, fresh, drafts) = (appeal.clone(), Vec::new(), Vec::new());
        Ok(Held { unit, room, appeal, row, events, found, fresh, drafts })
    }

    /// Makes durable what happened to a held appeal, and everything that follows from it. Gives what became of the
    /// drafts written into it, in their order; when one of them is not fresh, nothing was kept.
    ///
    /// # Errors
    /// Those of the store; then nothing is kept.
    pub(crate) async fn finish(&self, mut held: Held, deed: Deed<'_>) -> ActResult<Vec<Outcome>> {
        let clocks = clock::clocks(&held.events, &held.room.opening, &held.room.targets)?;
        held.keep(&clocks).await?;
        let own = held.drafts.len();
        if !held.fresh.is_empty() {
            let card = self.card(&held.row, &held.appeal, &clocks).await?;
            self.send_cards(&mut held, card);
        }
        self.make_room(&mut held).await?;
        let mut outcomes = held.unit.append(&held.drafts).await?;
        let target = format!("appeal:{}", held.row.id);
        held.unit.audit(deed.by, deed.act, target, deed.reason).await?;
        self.take_lanes_away(&mut held).await?;
        outcomes.truncate(own);
        // A try that had landed before, or was given up, must leave nothing: not even the number it took.
        if outcomes.iter().all(|outcome| matches!(outcome, Outcome::Fresh(_))) {
            held.unit.commit().await?;
        }
        Ok(outcomes)
    }

    /// The card of an appeal, as desks see it.
    pub(crate) async fn card(&self, row: &Row, appeal: &Appeal, clocks: &[Clock]) -> ActResult<Card> {
        let catalogue = self.catalogue();
        let organisation = appeal.owner().map(|id| Named {
            id,
            name: catalogue.organisation(id).map(|it| it.name.clone()).unwrap_or_default(),
        });
        let assignee = match appeal.assignee() {
            None => None,
            Some(employee) => {
                let mut names = store::account::names(&self.store, &[employee.account]).await?;
                names.remove(&employee.account).map(|name| Named { id: employee.account, name })
            }
        };
        Ok(card(row, appeal, clocks, organisation, assignee, self.sources.now()))
    }

    /// Puts the card where readers wait for it: the room when the state changed, the desks that owe the appeal or owed
    /// it until now, and its author.
    fn send_cards(&self, held: &mut Held, desk_card: Card) {
        let card = Card { assignee: None, ..desk_card.clone() };
        let author = author_of(&held.row);
        let mut put = |feed, card: &Card, opening| {
            let body = Body::Appeal { card: Box::new(card.clone()), opening };
            let (id, author) = (self.sources.id(), author.clone());
            held.drafts.push(Draft { feed, id, author, body, attempt: None });
        };
        let opening = held.events.len() == held.fresh.len();
        if opening || held.appeal.kind() != held.found.kind() {
            put(Feed::Room(held.row.room), &card, opening);
        }
        let serving = &held.room.room.organisations;
        let owing = |appeal: &Appeal| desks(appeal.owner().as_ref(), serving).to_vec();
        let now = owing(&held.appeal);
        let desks: BTreeSet<OrganisationId> = owing(&held.found).into_iter().chain(now.clone()).collect();
        for desk in desks {
            // Who has it is not the business of a desk that it has just left.
            put(Feed::Desk(desk), if now.contains(&desk) { &desk_card } else { &card }, false);
        }
        put(Feed::Person(held.row.author), &card, false);
    }

    /// Creates the feeds of drafts that are not there yet: a desk or a mailbox begins with its first entry.
    async fn make_room(&self, held: &mut Held) -> ActResult<()> {
        let late = |feed: &Feed| matches!(feed, Feed::Desk(_) | Feed::Person(_));
        let feeds: BTreeSet<Feed> = held.drafts.iter().map(|draft| draft.feed).filter(late).collect();
        for feed in feeds {
            self.create_feed(&mut held.unit, feed).await?;
        }
        Ok(())
    }

    /// Creates a feed, unless it is there. Those who followed it before know it by this history already.
    pub(crate) async fn create_feed(&self, unit: &mut Unit, feed: Feed) -> ActResult<()> {
        Ok(store::feed::create(&mut unit.tx, feed, self.epoch()).await?)
    }

    /// An organisation that owes the appeal no longer may not read its private lane nor know who looks at it, from the
    /// commit on: whoever passed it on and, when somebody takes what every desk owed, the others.
    async fn take_lanes_away(&self, held: &mut Held) -> ActResult<()> {
        let serving = &held.room.room.organisations;
        let (before, after) = (held.found.owner(), held.appeal.owner());
        let owing = desks(after.as_ref(), serving);
        let gone = desks(before.as_ref(), serving).iter().filter(|desk| !owing.contains(desk));
        let mut accounts = BTreeSet::new();
        for scope in gone.copied().map(Scope::Organisation) {
            for role in Role::ALL.into_iter().filter(|role| role.answers()) {
                accounts.extend(store::grant::holders(&self.store, role, &scope, held.unit.now).await?);
            }
        }
        let lane = Feed::Appeal(held.row.id, Lane::Private);
        for account in accounts {
            held.unit.take(account, Taken::Feed(lane)).await?;
        }
        Ok(())
    }

    /// Lets the audit know of an act that was refused, so that trying leaves a trace; gives the result on.
    ///
    /// # Errors
    /// The refusal itself.
    pub(crate) async fn judged<T>(
        &self,
        person: &Person,
        act: &'static str,
        appeal: &str,
        done: ActResult<T>,
    ) -> ActResult<T> {
        if let Err(error) = &done
            && let Some(code) = refusal(error)
            && let Ok(id) = appeal.parse::<AppealId>()
        {
            let mut unit = self.writer.begin_as_operator().await?;
            let reason = format!("refused: {code}");
            unit.audit(Some(person.account), act, format!("appeal:{id}"), &reason).await?;
            unit.commit().await?;
        }
        done
    }
}

impl Held {
    /// A held appeal that is just being opened.
    pub fn opening(unit: Unit, room: Arc<RoomEntry>, row: Row, first: Event) -> ActResult<Self> {
        let appeal = Appeal::open(&first).ok_or(BrokenLog::NotOpened)?;
        let (events, fresh) = (vec![first.clone()], vec![first]);
        Ok(Self { unit, room, found: appeal.clone(), appeal, row, events, fresh, drafts: Vec::new() })
    }

    /// Lets something happen to the appeal.
    ///
    /// # Errors
    /// [`ActError::WrongState`] or [`ActError::AlreadyDone`] when it cannot.
    pub fn happen(&mut self, fact: Fact) -> ActResult<()> {
        let event = self.appeal.admit(self.unit.now, fact)?;
        self.appeal = self.appeal.clone().after(&event)?;
        self.events.push(event.clone());
        self.fresh.push(event);
        Ok(())
    }

    /// Adds an entry to be appended.
    pub fn write(&mut self, draft: Draft) {
        self.drafts.push(draft);
    }

    /// The employee as whom `person` acts here: for the owner or, while there is none, for an organisation that serves
    /// the room.
    pub fn employee(&self, person: &Person) -> ActResult<Employee> {
        let serves = |id: &OrganisationId| {
            self.appeal
                .owner()
                .map_or_else(|| self.room.room.organisations.contains(id), |owner| owner == *id)
        };
        let organisation = person.holding().find_map(|grant| match &grant.scope {
            Scope::Organisation(id) if grant.role.answers() && serves(id) => Some(*id),
            _ => None,
        });
        let organisation = organisation.ok_or(ActError::Denied(domain::policy::Denied::NotAllowed))?;
        Ok(Employee { account: person.account, organisation })
    }

    /// Brings everything that is derived from the log in line with it.
    pub async fn keep(&mut self, clocks: &[Clock]) -> ActResult<()> {
        let (tx, row) = (&mut self.unit.tx, &mut self.row);
        let running = clocks.iter().filter(|clock| clock.is_running());
        row.due_at = running.map(|clock| clock.due_at).min();
        row.organisation = self.appeal.owner();
        row.assignee = self.appeal.assignee().map(|employee| employee.account);
        row.state = self.appeal.kind();
        row.last_at = self.appeal.last_at();
        if self.fresh.is_empty() {
            store::appeal::recount(tx, row).await?;
        }
        for event in &self.fresh {
            row.length += 1;
            if row.length == 1 {
                store::appeal::add(tx, row, event).await?;
            } else {
                store::appeal::note(tx, row, event).await?;
            }
        }
        let dues = dues(row.id, &self.appeal, clocks, &self.room)?;
        store::due::replace(tx, row.id, &dues).await?;
        let of = store::cycle::Of {
            appeal: row.id,
            region: row.region.clone(),
            room: row.room,
            organisation: row.organisation,
            category: row.category,
            opened_at: row.opened_at,
        };
        let records = figures::records(&self.events, &self.room.opening, &self.room.targets)?;
        store::cycle::replace(tx, &of, &records).await?;
        Ok(())
    }
}

/// What falls due as the clocks run now: the steps of those that have not ended, and silence after a final answer.
pub(crate) fn dues(
    appeal: AppealId,
    folded: &Appeal,
    clocks: &[Clock],
    room: &RoomEntry,
) -> Result<Vec<Due>, NeverOpens> {
    let going: Vec<Clock> = clocks.iter().filter(|clock| !clock.has_ended()).cloned().collect();
    let step = |step: ladder::DueStep| {
        let ladder::DueStep { clock, cycle, step, due_at } = step;
        Due { appeal, what: What::Step { clock, cycle, step }, at: due_at }
    };
    let mut dues: Vec<Due> = ladder::steps(&going, &room.opening).into_iter().map(step).collect();
    if let Some(at) = clock::silence_due(folded, &room.opening, &room.targets)? {
        dues.push(Due { appeal, what: What::Silence { cycle: folded.cycle() }, at });
    }
    Ok(dues)
}

/// What the gate must know of an appeal.
pub(crate) fn appealed<'a>(row: &Row, room: &'a RoomEntry) -> Appealed<'a> {
    Appealed { room: &room.room, owner: row.organisation, author: row.author }
}

/// The author of an appeal as readers see one.
pub(crate) fn author_of(row: &Row) -> Author {
    Author { account: row.author, kind: Kind::Resident, alias: row.alias.clone(), signature: None }
}

/// The card of an appeal that belongs to `organisation` and lies with `assignee`.
pub(crate) fn card(
    row: &Row,
    appeal: &Appeal,
    clocks: &[Clock],
    organisation: Option<Named<OrganisationId>>,
    assignee: Option<Named<AccountId>>,
    now: Moment,
) -> Card {
    let merged_into = match appeal.state() {
        State::Merged { into, .. } => Some(*into),
        _ => None,
    };
    Card {
        id: row.id,
        number: row.number,
        state: appeal.kind(),
        cycle: appeal.cycle(),
        category: row.category,
        room: row.room,
        organisation,
        assignee,
        clocks: clocks.iter().map(|clock| clock.reading(now)).collect(),
        excerpt: row.excerpt.clone(),
        has_private: row.has_private,
        outcome: appeal.state().answer().map(|answer| answer.outcome),
        merged_into,
        opened_at: row.opened_at,
    }
}

/// The code under which the audit notes a refusal; none for what is no refusal of this act, or no news to anybody.
const fn refusal(error: &ActError) -> Option<&'static str> {
    match error {
        ActError::Denied(domain::policy::Denied::NotAllowed) => Some("not_allowed"),
        ActError::WrongState { .. } => Some("wrong_state"),
        ActError::AlreadyDone => Some("already_done"),
        ActError::StaleView(_) => Some("stale_view"),
        ActError::CidConflict => Some("cid_conflict"),
        _ => None,
    }
}

impl From<WrongState> for ActError {
    fn from(wrong: WrongState) -> Self {
        match wrong {
            WrongState::State { state, .. } => Self::WrongState { state: state.word(), next_opening: None },
            WrongState::AlreadyRated { .. } => Self::AlreadyDone,
        }
    }
}

impl From<BrokenLog> for ActError {
    fn from(fault: BrokenLog) -> Self {
        Self::Broken(Box::new(fault))
    }
}

impl From<ClockFault> for ActError {
    fn from(fault: ClockFault) -> Self {
        Self::Broken(Box::new(fault))
    }
}

impl From<NeverOpens> for ActError {
    fn from(fault: NeverOpens) -> Self {
        Self::Broken(Box::new(fault))
    }
}
