//! Saying something in a room, and giving up a try to.

use domain::actor::{Actor, Kind, Person};
use domain::author::Author;
use domain::feed::{Body, Feed};
use domain::grant::Scope;
use domain::id::OrganisationId;
use domain::message::Cid;
use domain::person::Signature;
use domain::policy::Act;
use domain::region::OutsideHours;
use domain::room::RoomKind;
use domain::text::MessageText;
use store::cid::Fate;
pub use store::entry::Written;
use store::feed::{Draft, Outcome};

use crate::acts::Acts;
use crate::acts::catalogue::RoomEntry;
use crate::acts::error::{ActError, ActResult};
use crate::acts::post_box::Receipt;

/// Something a person wants to say.
#[derive(Debug, Clone)]
pub struct Saying {
    /// The room's id, as sent.
    pub room: String,
    /// The client's name for this try, as sent.
    pub cid: String,
    /// The text, as sent.
    pub text: String,
}

/// Where it landed, and whether it landed just now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Landed {
    /// Where.
    pub written: Written,
    /// `false` when the same try had landed before.
    pub fresh: bool,
}

/// What became of a try that is given up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum GivenUp {
    /// It is barred for ever.
    Barred,
    /// It had landed here.
    Landed(Written),
}

impl Acts {
    /// Says something in a room; answers when it is durable.
    ///
    /// # Errors
    /// Any [`ActError`]; nothing was stored then.
    pub async fn post(&self, person: &Person, saying: Saying) -> ActResult<Landed> {
        self.hand_in(person, saying).await?.await
    }

    /// Says something in a room without waiting until it is durable: the receipt tells. What one person hands in one
    /// after the other lands in that order.
    ///
    /// # Errors
    /// Any [`ActError`]; nothing was stored then.
    pub async fn hand_in(&self, person: &Person, saying: Saying) -> ActResult<Receipt> {
        self.limits.post(person.account)?;
        let actor = Actor::Person(person.clone());
        let entry = self.visible_room(&actor, &saying.room)?;
        let admitted = self.admit_to_room(&actor, Act::Post, &entry).await?;
        let cid = parse_cid(&saying.cid)?;
        let text = parse_text(&saying.text)?;
        let digest = self.digests.of(&["post", &saying.room, &saying.text]);
        if let Some(closed) = self.closed_to(person, &entry) {
            let before = self.earlier(person, &cid, &digest).await?;
            return before.map(|landed| Receipt::of(landed.written)).ok_or(closed);
        }
        let draft = Draft {
            feed: Feed::Room(entry.room.id),
            id: self.sources.id(),
            author: self.author(person, &entry).await?,
            body: Body::Message { text: Some(text.as_str().to_owned()) },
            attempt: Some((cid, digest)),
        };
        self.posts.hand_in(admitted, draft)
    }

    /// Gives up a try: it is barred for ever, unless it had landed.
    ///
    /// # Errors
    /// Any [`ActError`].
    pub async fn cancel(&self, person: &Person, cid: &str) -> ActResult<GivenUp> {
        self.limits.change(person.account)?;
        let cid = parse_cid(cid)?;
        let admitted = Self::admit_to_service(&Actor::Person(person.clone()), Act::Cancel)?;
        let mut unit = self.writer.begin(admitted).await?;
        let fate = store::cid::bar(&mut unit.tx, person.account, &cid).await?;
        unit.commit().await?;
        Ok(match fate {
            Fate::Barred => GivenUp::Barred,
            Fate::Written { written, .. } => GivenUp::Landed(written),
        })
    }

    /// In a region that is read-only outside its hours, residents wait for the next opening.
    pub(crate) fn closed_to(&self, person: &Person, entry: &RoomEntry) -> Option<ActError> {
        let applies = person.kind == Kind::Resident
            && entry.room.kind == RoomKind::Medchat
            && entry.outside_hours == OutsideHours::ReadOnly;
        let state = applies.then(|| entry.opening.at(self.sources.now()))?;
        (!state.open).then_some(ActError::WrongState { state: "closed", next_opening: state.next_opening })
    }

    /// What the same try with the same content had made before, if it had.
    pub(crate) async fn earlier(
        &self,
        person: &Person,
        cid: &Cid,
        digest: &str,
    ) -> ActResult<Option<Landed>> {
        match store::cid::look_up(&self.store, person.account, cid).await? {
            None => Ok(None),
            Some(Fate::Written { digest: before, written }) if before == digest => {
                Ok(Some(Landed { written, fresh: false }))
            }
            Some(_) => Err(ActError::CidConflict),
        }
    }

    /// The author as readers of this room will see one.
    pub(crate) async fn author(&self, person: &Person, entry: &RoomEntry) -> ActResult<Author> {
        let signature = match person.kind {
            Kind::Resident => None,
            Kind::Staff => self.signature(person, Some(entry)).await?,
        };
        Ok(Author { account: person.account, kind: person.kind, alias: person.alias.clone(), signature })
    }

    /// What the server puts under a staff message: the organisation is the one whose grant covers the room.
    pub(crate) async fn signature(
        &self,
        person: &Person,
        entry: Option<&RoomEntry>,
    ) -> ActResult<Option<Signature>> {
        let covers = |scope: &Scope| entry.is_none_or(|entry| scope.covers(&entry.room));
        let organisation = person.holding().find_map(|grant| match &grant.scope {
            scope @ Scope::Organisation(id) if covers(scope) => Some(*id),
            _ => None,
        });
        self.signature_for(person, organisation).await
    }

    /// What the server puts under what a person writes for `organisation`.
    pub(crate) async fn signature_for(
        &self,
        person: &Person,
        organisation: Option<OrganisationId>,
    ) -> ActResult<Option<Signature>> {
        let Some(account) = store::account::by_id(&self.store, person.account).await? else {
            return Ok(None);
        };
        let catalogue = self.catalogue();
        let organisation = organisation.and_then(|id| catalogue.organisation(id));
        Ok(Some(Signature {
            name: account.name.unwrap_or(account.alias),
            position: account.position.unwrap_or_default(),
            organisation: organisation
                .map(|organisation| organisation.name.clone())
                .or(account.employer)
                .unwrap_or_default(),
        }))
    }
}

/// Reads a cid.
///
/// # Errors
/// [`ActError::Invalid`].
pub fn parse_cid(cid: &str) -> ActResult<Cid> {
    Cid::new(cid).map_err(|error| ActError::invalid("cid", "not_a_cid", error))
}

pub(crate) fn parse_text(text: &str) -> ActResult<MessageText> {
    MessageText::new(text).map_err(|fault| ActError::invalid("text", fault.code(), fault))
}

pub(crate) fn landed(outcome: Outcome) -> ActResult<Landed> {
    match outcome {
        Outcome::Fresh(written) => Ok(Landed { written, fresh: true }),
        Outcome::Repeated(written) => Ok(Landed { written, fresh: false }),
        Outcome::Conflict => Err(ActError::CidConflict),
    }
}
