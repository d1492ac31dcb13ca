//! Reading an appeal: whole, or its state by number and code. What one may not read is absent, and staff who read a
//! private lane leave an audit row.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use domain::actor::{Actor, Person};
use domain::appeal::Appeal;
use domain::appeal::card::{Card, Named};
use domain::appeal::code::StatusCode;
use domain::appeal::event::{Act as Done, Employee, Event, Fact, Writer};
use domain::appeal::lane::Lane;
use domain::appeal::number::AppealNumber;
use domain::appeal::outcome::{Outcome, Score};
use domain::author::Author;
use domain::feed::{Feed, Head};
use domain::id::{AccountId, EntryId, OrganisationId};
use domain::message::Message;
use domain::moment::Moment;
use domain::policy::{Act, Target, admit};
use domain::sla::clock;
use store::appeal::Row;

use crate::acts::Acts;
use crate::acts::appeal::{appealed, author_of, card};
use crate::acts::catalogue::RoomEntry;
use crate::acts::error::{ActError, ActResult};

/// How many messages of a lane come with an appeal.
const LAST: u32 = 100;

/// An appeal as somebody sees it.
pub struct AppealView {
    /// How it stands.
    pub card: Card,
    /// Who opened it.
    pub author: Author,
    /// What happened, as far as one may know.
    pub events: Vec<Event>,
    /// The names of the employees in it; empty for whoever may not know who did what.
    pub names: HashMap<AccountId, String>,
    /// The names of the organisations in it.
    pub organisations: HashMap<OrganisationId, String>,
    /// Whether one may know who did what and why.
    pub insider: bool,
    /// The public lane.
    pub public: LaneView,
    /// The private lane, for those who may read it.
    pub private: Option<LaneView>,
    /// The rating of the last final answer.
    pub rating: Option<Score>,
    /// For the author: what shows its state without signing in.
    pub status_code: Option<StatusCode>,
    /// The messages of the room it was made from.
    pub from: Vec<EntryId>,
    /// What one may do to it now, by the names of the routes.
    pub may: Vec<&'static str>,
    /// The zone its times are meant in.
    pub time_zone: String,
}

/// A lane.
pub struct LaneView {
    /// Its feed.
    pub feed: Feed,
    /// How far it has come.
    pub head: Head,
    /// Its last messages, oldest first.
    pub messages: Vec<Message>,
}

/// An appeal's state, for whoever holds its number and code.
pub struct Status {
    /// How it stands.
    pub card: Card,
    /// The room's title.
    pub room: String,
    /// The zone its times are meant in.
    pub time_zone: String,
}

impl Acts {
    /// One appeal as `actor` sees it. Staff who get its private lane leave an audit row.
    ///
    /// # Errors
    /// [`ActError::Denied`] when it does not exist for `actor`; those of the store.
    pub async fn appeal(&self, actor: &Actor, id: &str) -> ActResult<AppealView> {
        let (row, room) = self.appeal_row(id).await?;
        let view = self.view(actor, &row, &room).await?;
        self.note_reading(actor, &row, &view).await?;
        Ok(view)
    }

    /// One appeal after an act of `person`, which the audit knows already.
    ///
    /// # Errors
    /// As [`Acts::appeal`].
    pub async fn appeal_after_act(&self, person: &Person, id: &str) -> ActResult<AppealView> {
        let (row, room) = self.appeal_row(id).await?;
        self.view(&Actor::Person(person.clone()), &row, &room).await
    }

    async fn view(&self, actor: &Actor, row: &Row, room: &Arc<RoomEntry>) -> ActResult<AppealView> {
        admit(actor, Act::Read, Target::Appeal(appealed(row, room)))?;
        let found = store::appeal::find(&self.store, row.id).await?;
        let (row, events) = found.ok_or_else(ActError::not_found)?;
        let target = appealed(&row, room);
        let appeal = Appeal::fold(&events)?;
        let own = actor.person().is_some_and(|person| person.account == row.author);
        let insider = own || self.sees_a_desk(actor, &row, room);
        let private = if admit(actor, Act::Read, Target::PrivateLane(target)).is_ok() {
            Some(self.lane(&row, Lane::Private).await?)
        } else {
            None
        };
        let names = if insider { self.names_in(&events).await? } else { HashMap::new() };
        let card = self.card_for(&row, &appeal, &events, room, &names, insider && !own)?;
        let known = |event: &Event| insider || is_public(&event.fact);
        Ok(AppealView {
            card,
            author: author_of(&row),
            organisations: self.organisations_in(&events),
            events: events.iter().filter(|event| known(event)).cloned().collect(),
            names,
            insider,
            public: self.lane(&row, Lane::Public).await?,
            private,
            rating: appeal.state().answer().and_then(|answer| answer.rating),
            status_code: own.then(|| self.status_code(row.id)),
            from: row.from.clone(),
            may: may(actor, &appeal, Target::Appeal(target), self.sources.now()),
            time_zone: self.zone_of(&row),
        })
    }

    /// The card as `actor` may see it.
    pub(crate) fn card_for(
        &self,
        row: &Row,
        appeal: &Appeal,
        events: &[Event],
        room: &RoomEntry,
        names: &HashMap<AccountId, String>,
        with_assignee: bool,
    ) -> ActResult<Card> {
        let clocks = clock::clocks(events, &room.opening, &room.targets)?;
        let catalogue = self.catalogue();
        let name = |id: OrganisationId| catalogue.organisation(id).map(|it| it.name.clone());
        let organisation = appeal.owner().map(|id| Named { id, name: name(id).unwrap_or_default() });
        let assignee = appeal.assignee().filter(|_| with_assignee).map(|employee| Named {
            id: employee.account,
            name: names.get(&employee.account).cloned().unwrap_or_default(),
        });
        Ok(card(row, appeal, &clocks, organisation, assignee, self.sources.now()))
    }

    /// Whether `actor` sees a desk that owes the appeal.
    pub(crate) fn sees_a_desk(&self, actor: &Actor, row: &Row, room: &RoomEntry) -> bool {
        let desks = domain::appeal::routing::desks(row.organisation.as_ref(), &room.room.organisations);
        desks.iter().any(|desk| admit(actor, Act::Read, Target::Desk(*desk, &row.region)).is_ok())
    }

    async fn lane(&self, row: &Row, lane: Lane) -> ActResult<LaneView> {
        let feed = Feed::Appeal(row.id, lane);
        let head = store::feed::head(&self.store, feed).await?.ok_or_else(ActError::not_found)?;
        let entries =
            store::entry::messages_before(&self.store, feed, head.seq.saturating_add(1), LAST).await?;
        let entries = self.vault.reveal(entries).await?;
        let mut messages: Vec<Message> =
            entries.into_iter().filter_map(|entry| Message::fold(entry, [].iter())).collect();
        messages.reverse();
        Ok(LaneView { feed, head, messages })
    }

    async fn names_in(&self, events: &[Event]) -> ActResult<HashMap<AccountId, String>> {
        let accounts: BTreeSet<AccountId> = events.iter().flat_map(|event| people_in(&event.fact)).collect();
        let accounts: Vec<AccountId> = accounts.into_iter().collect();
        Ok(store::account::names(&self.store, &accounts).await?)
    }

    fn organisations_in(&self, events: &[Event]) -> HashMap<OrganisationId, String> {
        let catalogue = self.catalogue();
        let of_fact = |fact: &Fact| match fact {
            Fact::Opened { organisation, .. } => [*organisation, None],
            Fact::Transferred { by, to, .. } => [Some(by.organisation), Some(*to)],
            other => [other.organisation(), None],
        };
        let ids: BTreeSet<OrganisationId> =
            events.iter().flat_map(|event| of_fact(&event.fact)).flatten().collect();
        let named = |id| catalogue.organisation(id).map(|organisation| (id, organisation.name.clone()));
        ids.into_iter().filter_map(named).collect()
    }

    fn zone_of(&self, row: &Row) -> String {
        let catalogue = self.catalogue();
        let region = catalogue.region(row.region.as_str());
        region.map(|region| region.region.time_zone.as_str().to_owned()).unwrap_or_default()
    }

    async fn note_reading(&self, actor: &Actor, row: &Row, view: &AppealView) -> ActResult<()> {
        let Some(person) = actor.person().filter(|person| person.account != row.author) else {
            return Ok(());
        };
        if view.private.as_ref().is_none_or(|lane| lane.messages.is_empty()) {
            return Ok(());
        }
        self.audit_reading(person, row).await
    }

    /// Writes down that a colleague read a private lane.
    pub(crate) async fn audit_reading(&self, person: &Person, row: &Row) -> ActResult<()> {
        let mut unit = self.writer.begin_as_operator().await?;
        let target = format!("appeal:{}", row.id);
        unit.audit(Some(person.account), "appeal.read_private", target, "").await?;
        Ok(unit.commit().await?)
    }

    /// An appeal's state for whoever holds its number and code, signed in or not.
    ///
    /// # Errors
    /// [`ActError::Invalid`] when either is mistyped, not found when they do not belong together,
    /// [`ActError::RateLimited`].
    pub async fn status(
        &self,
        actor: &Actor,
        from: std::net::IpAddr,
        number: &str,
        code: &str,
    ) -> ActResult<Status> {
        Self::admit_to_service(actor, Act::SeeStatus)?;
        let number =
            AppealNumber::parse(number).map_err(|fault| ActError::invalid("number", fault.code(), fault))?;
        let code = StatusCode::parse(code).map_err(|fault| ActError::invalid("code", fault.code(), fault))?;
        self.limits.status(from, number)?;
        let found = store::appeal::by_number(&self.store, number).await?;
        let (row, events) = found.ok_or_else(ActError::not_found)?;
        if self.status_code(row.id) != code {
            return Err(ActError::not_found());
        }
        let room = self.catalogue().room(row.room).ok_or_else(ActError::not_found)?;
        let appeal = Appeal::fold(&events)?;
        let card = self.card_for(&row, &appeal, &events, &room, &HashMap::new(), false)?;
        Ok(Status { card, room: room.title.clone(), time_zone: self.zone_of(&row) })
    }
}

/// What everybody who may read the room may know of the log: what also shows in the public lane or in the state.
const fn is_public(fact: &Fact) -> bool {
    !matches!(
        fact,
        Fact::Assigned { .. }
            | Fact::Released { .. }
            | Fact::Messaged { lane: Lane::Private, .. }
            | Fact::Rated { .. }
    )
}

/// The people a fact names.
fn people_in(fact: &Fact) -> Vec<AccountId> {
    match fact {
        Fact::Accepted { by }
        | Fact::Released { by }
        | Fact::Transferred { by, .. }
        | Fact::Messaged { by: Writer::Staff(by), .. }
        | Fact::Asked { by, .. }
        | Fact::Answered { by, .. }
        | Fact::Merged { by, .. } => vec![by.account],
        Fact::Assigned { to, by } => std::iter::once(to.account).chain(*by).collect(),
        Fact::Refused { by, .. } => vec![*by],
        _ => Vec::new(),
    }
}

/// What `actor` may do to the appeal as it stands, by the names of the routes.
fn may(actor: &Actor, appeal: &Appeal, target: Target<'_>, now: Moment) -> Vec<&'static str> {
    let Some(person) = actor.person() else { return Vec::new() };
    let acts = [
        (Act::AcceptAppeal, Done::Accept),
        (Act::AssignAppeal, Done::Assign),
        (Act::ReleaseAppeal, Done::Release),
        (Act::TransferAppeal, Done::Transfer),
        (Act::WriteToAppeal, Done::Message),
        (Act::AskResident, Done::Ask),
        (Act::AnswerFinally, Done::FinalAnswer),
        (Act::RefuseAppeal, Done::Refuse),
        (Act::ConfirmAnswer, Done::Confirm),
        (Act::ContestAnswer, Done::Contest),
        (Act::RateAnswer, Done::Rate),
        (Act::WithdrawAppeal, Done::Withdraw),
        (Act::MergeAppeals, Done::Merge),
    ];
    let possible = |(gate, done): &(Act, Done)| {
        admit(actor, *gate, target).is_ok()
            && sample(*done, person.account, appeal).is_some_and(|fact| appeal.admit(now, fact).is_ok())
    };
    acts.iter().filter(|act| possible(act)).map(|(_, done)| done.word()).collect()
}

/// A fact of each kind of act, to ask the state whether it would take it. What it says beside its kind does not count.
fn sample(done: Done, account: AccountId, appeal: &Appeal) -> Option<Fact> {
    let by = Employee { account, organisation: OrganisationId::from_uuid(account.uuid()) };
    let (lane, entry) = (Lane::Public, EntryId::from_uuid(account.uuid()));
    let (outcome, reason) = (Outcome::Explained, String::new());
    let own = account == appeal.author();
    Some(match done {
        Done::Accept => Fact::Accepted { by },
        Done::Assign => Fact::Assigned { to: by, by: None },
        Done::Release => Fact::Released { by },
        Done::Transfer => Fact::Transferred { by, to: by.organisation, reason },
        Done::Message => {
            let by = if own { Writer::Resident } else { Writer::Staff(by) };
            Fact::Messaged { by, lane, entry, personal: false }
        }
        Done::Ask => Fact::Asked { by, lane, entry },
        Done::FinalAnswer => Fact::Answered { by, outcome, lane, entry },
        Done::Refuse => Fact::Refused { by: account, organisation: None, reason },
        Done::Confirm => Fact::Confirmed,
        Done::Contest => Fact::Contested { reason },
        Done::Rate => Fact::Rated { score: Score::try_from(5).ok()?, comment: None },
        Done::Withdraw => Fact::Withdrawn,
        Done::Merge => Fact::Merged { by, into: domain::id::AppealId::from_uuid(account.uuid()) },
        Done::Open | Done::CloseSilently => return None,
    })
}
