//! Opening an appeal: a question becomes a number, two lanes, an organisation that owes an answer, and clocks. What is
//! personal in the question stays in the private lane.

use domain::actor::{Actor, Person};
use domain::appeal::Appeal;
use domain::appeal::card::excerpt;
use domain::appeal::code::StatusCode;
use domain::appeal::event::{Event, Fact};
use domain::appeal::lane::{Lane, Placement};
use domain::appeal::number::AppealNumber;
use domain::appeal::routing::addressee;
use domain::appeal::state::StateKind;
use domain::feed::{Body, Feed};
use domain::id::{AppealId, EntryId, OrganisationId};
use domain::message::Cid;
use domain::pii;
use domain::policy::{Act, Admitted};
use domain::sla::clock::{self, Reading};
use domain::text::MessageText;
use domain::topic::Topic;
use store::appeal::Row;
use store::feed::Outcome;

use crate::acts::Acts;
use crate::acts::appeal::{Deed, Held, author_of};
use crate::acts::catalogue::RoomEntry;
use crate::acts::error::{ActError, ActResult};
use crate::acts::post::{parse_cid, parse_text};

/// How many messages of the room an appeal may be made from.
const MOST_MESSAGES: usize = 20;

/// A question to a clinic, as sent.
#[derive(Debug, Clone, Default)]
pub struct Question {
    /// The client's name for this try.
    pub cid: String,
    /// The room's id.
    pub room: String,
    /// The organisation asked.
    pub organisation: Option<String>,
    /// What it is about.
    pub category: Option<String>,
    /// The question.
    pub text: String,
    /// Details for the private lane.
    pub private_text: Option<String>,
    /// Own messages of the room it is made from.
    pub from: Vec<String>,
}

/// An appeal that was opened, and whether it was opened just now.
pub struct Opened {
    /// The appeal.
    pub id: AppealId,
    /// Its number.
    pub number: AppealNumber,
    /// What shows its state with the number.
    pub status_code: StatusCode,
    /// Its state.
    pub state: StateKind,
    /// Its clocks.
    pub clocks: Vec<Reading>,
    /// `false` when the same try had opened it before.
    pub fresh: bool,
}

/// A question that was read and found fit.
struct Fit {
    cid: Cid,
    digest: String,
    organisation: Option<OrganisationId>,
    named: Option<OrganisationId>,
    category: Topic,
    text: MessageText,
    private: Option<MessageText>,
    from: Vec<EntryId>,
}

impl Acts {
    /// Opens an appeal; answers when it is durable.
    ///
    /// # Errors
    /// Any [`ActError`]; nothing was stored then.
    pub async fn open_appeal(&self, person: &Person, question: Question) -> ActResult<Opened> {
        self.limits.post(person.account)?;
        let actor = Actor::Person(person.clone());
        let room = self.visible_room(&actor, &question.room)?;
        let admitted = self.admit_to_room(&actor, Act::OpenAppeal, &room).await?;
        let fit = self.fit(person, &room, question).await?;
        if let Some(opened) = self.opened_before(person, &fit).await? {
            return Ok(opened);
        }
        if let Some(closed) = self.closed_to(person, &room) {
            return Err(closed);
        }
        if fit.private.is_some() || pii::is_personal(fit.text.as_str()) {
            self.vault.prepare(person.account).await?;
        }
        match self.begin_appeal(person, admitted, &room, &fit).await? {
            Outcome::Fresh(written) => self.opened_as(written.feed, true).await,
            Outcome::Repeated(written) => self.opened_as(written.feed, false).await,
            Outcome::Conflict => Err(ActError::CidConflict),
        }
    }

    async fn begin_appeal(
        &self,
        person: &Person,
        admitted: Admitted,
        room: &std::sync::Arc<RoomEntry>,
        fit: &Fit,
    ) -> ActResult<Outcome> {
        let mut unit = self.writer.begin(admitted).await?;
        let placement = Placement::of(fit.text.as_str(), Some(Lane::Public));
        let row = self.row(&mut unit, person, room, fit, &placement).await?;
        for lane in [Lane::Public, Lane::Private] {
            self.create_feed(&mut unit, Feed::Appeal(row.id, lane)).await?;
        }
        if let Some(clinic) = fit.named {
            store::clinic::remember(&mut unit.tx, person.account, clinic).await?;
        }
        let fact = Fact::Opened {
            author: person.account,
            room: row.room,
            category: fit.category,
            organisation: fit.organisation,
        };
        let first = Event { at: unit.now, fact };
        let mut held = Held::opening(unit, room.clone(), row, first)?;
        let author = author_of(&held.row);
        let attempt = Some((fit.cid.clone(), fit.digest.clone()));
        let entry = self.sources.id();
        self.put(&mut held, &placement, fit.text.as_str(), entry, author.clone(), attempt).await?;
        if let Some(private) = &fit.private {
            self.put_privately(&mut held, private.as_str(), author).await?;
        }
        let deed = Deed { by: Some(person.account), act: "appeal.open", reason: "" };
        let outcomes = self.finish(held, deed).await?;
        Ok(outcomes.into_iter().next().unwrap_or(Outcome::Conflict))
    }

    async fn row(
        &self,
        unit: &mut crate::acts::unit::Unit,
        person: &Person,
        room: &RoomEntry,
        fit: &Fit,
        placement: &Placement,
    ) -> ActResult<Row> {
        let catalogue = self.catalogue();
        let region = catalogue.region(room.room.region.as_str()).ok_or_else(ActError::not_found)?;
        let running = store::appeal::next_running(&mut unit.tx, &region.region.code).await?;
        let number = AppealNumber::new(&region.region.number, running)
            .map_err(|fault| ActError::Broken(Box::new(fault)))?;
        let shown = match placement {
            Placement::Both { masked } => masked,
            Placement::Public | Placement::Private => fit.text.as_str(),
        };
        Ok(Row {
            id: self.sources.id(),
            number,
            region: region.region.code.clone(),
            room: room.room.id,
            author: person.account,
            alias: person.alias.clone(),
            category: fit.category,
            from: fit.from.clone(),
            excerpt: excerpt(shown),
            opened_at: unit.now,
            organisation: fit.organisation,
            assignee: None,
            state: StateKind::New,
            has_private: false,
            due_at: None,
            last_at: unit.now,
            length: 0,
        })
    }

    async fn fit(&self, person: &Person, room: &RoomEntry, question: Question) -> ActResult<Fit> {
        let digest = self.digests.of(&[
            "appeal.open",
            &question.room,
            question.organisation.as_deref().unwrap_or_default(),
            question.category.as_deref().unwrap_or_default(),
            &question.text,
            question.private_text.as_deref().unwrap_or_default(),
            &question.from.join(" "),
        ]);
        let named = question.organisation.as_deref().map(|id| serving(room, id)).transpose()?;
        let private = question.private_text.as_deref().filter(|text| !text.trim().is_empty());
        Ok(Fit {
            cid: parse_cid(&question.cid)?,
            digest,
            organisation: addressee(named, room.default_organisation),
            named,
            category: question.category.as_deref().map_or(Ok(Topic::Other), category)?,
            text: parse_text(&question.text)?,
            private: private.map(parse_private).transpose()?,
            from: self.own_messages(person, room, &question.from).await?,
        })
    }

    /// The messages of the room a question is made from: the author's own.
    async fn own_messages(
        &self,
        person: &Person,
        room: &RoomEntry,
        from: &[String],
    ) -> ActResult<Vec<EntryId>> {
        let unfit =
            || ActError::invalid("from", "unknown", "an appeal is made from one's own messages of the room");
        if from.len() > MOST_MESSAGES {
            return Err(ActError::invalid("from", "too_many", "an appeal is made from at most 20 messages"));
        }
        let ids: Vec<EntryId> =
            from.iter().map(|id| id.parse()).collect::<Result<_, _>>().map_err(|_| unfit())?;
        if ids.is_empty() {
            return Ok(ids);
        }
        let found = store::entry::of_ids(&self.store, Feed::Room(room.room.id), &ids).await?;
        let own = found.iter().filter(|entry| {
            entry.author.account == person.account && matches!(entry.body, Body::Message { .. })
        });
        let own: Vec<EntryId> = own.map(|entry| entry.id).collect();
        if ids.iter().all(|id| own.contains(id)) { Ok(ids) } else { Err(unfit()) }
    }

    /// What the same try had opened before, if it had.
    async fn opened_before(&self, person: &Person, fit: &Fit) -> ActResult<Option<Opened>> {
        match self.earlier(person, &fit.cid, &fit.digest).await? {
            None => Ok(None),
            Some(landed) => self.opened_as(landed.written.feed, false).await.map(Some),
        }
    }

    async fn opened_as(&self, feed: Feed, fresh: bool) -> ActResult<Opened> {
        let Feed::Appeal(id, _) = feed else { return Err(ActError::CidConflict) };
        let found = store::appeal::find(&self.store, id).await?;
        let (row, events) = found.ok_or_else(ActError::not_found)?;
        let room = self.catalogue().room(row.room).ok_or_else(ActError::not_found)?;
        let clocks = clock::clocks(&events, &room.opening, &room.targets)?;
        let now = self.sources.now();
        Ok(Opened {
            id,
            number: row.number,
            status_code: self.status_code(id),
            state: Appeal::fold(&events)?.kind(),
            clocks: clocks.iter().map(|clock| clock.reading(now)).collect(),
            fresh,
        })
    }

    /// The code that shows the appeal's state with its number. It follows from the id and a secret of this
    /// installation, so that nothing is kept that could be stolen, and a repeated opening tells the same code.
    pub(crate) fn status_code(&self, id: AppealId) -> StatusCode {
        StatusCode::from_random(self.digests.number(&["appeal.status", &id.to_string()]))
    }
}

fn serving(room: &RoomEntry, id: &str) -> ActResult<OrganisationId> {
    let id = id.parse().ok().filter(|id| room.room.organisations.contains(id));
    id.ok_or_else(|| {
        ActError::invalid("organisation", "unknown", "this organisation does not answer in the room")
    })
}

fn category(word: &str) -> ActResult<Topic> {
    let topic = Topic::ACCEPTED.into_iter().find(|topic| topic.key() == word);
    topic.ok_or_else(|| ActError::invalid("category", "unknown", "a category is one of the accepted topics"))
}

fn parse_private(text: &str) -> ActResult<MessageText> {
    MessageText::new(text).map_err(|fault| ActError::invalid("private_text", fault.code(), fault))
}
