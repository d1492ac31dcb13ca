//! Reading: history in pages, following a feed, and how far one has read. One gate for every kind of feed.

use std::collections::HashMap;

use domain::actor::{Actor, Person};
use domain::appeal::card::Card;
use domain::appeal::lane::Lane;
use domain::author::Author;
use domain::event::Event;
use domain::feed::{Body, Entry, Feed, Head};
use domain::id::AppealId;
use domain::message::Message;
use domain::moment::Moment;
use domain::policy::{Act, Admitted, Target, admit};
use store::{Store, StoreResult};

use crate::acts::Acts;
use crate::acts::appeal::appealed;
use crate::acts::error::{ActError, ActResult};
use crate::acts::read_box::Question;

/// A page of a room's history.
pub struct History {
    /// Newest first.
    pub items: Vec<Item>,
    /// Ask for what came before this number next.
    pub next: Option<u64>,
}

/// Something in a room's history, in its present state.
pub enum Item {
    /// A message.
    Message(Message),
    /// An appeal, at the entry that opened it.
    Appeal {
        /// The entry's number.
        seq: u64,
        /// How it stands.
        card: Box<Card>,
        /// Who opened it.
        author: Author,
    },
}

impl Acts {
    /// A page of a room's messages and appeals before number `before`, newest first, in their present state.
    ///
    /// # Errors
    /// Any [`ActError`].
    pub async fn history(
        &self,
        actor: &Actor,
        room: &str,
        before: Option<u64>,
        limit: u32,
    ) -> ActResult<History> {
        let entry = self.visible_room(actor, room)?;
        self.admit_to_room(actor, Act::Read, &entry).await?;
        let feed = Feed::Room(entry.room.id);
        let found =
            store::entry::messages_before(&self.store, feed, before.unwrap_or(u64::MAX), limit).await?;
        let next = (found.len() >= limit as usize).then(|| found.last().map(|entry| entry.seq)).flatten();
        let ids: Vec<_> = found.iter().map(|entry| entry.id).collect();
        let changes = store::entry::changes_of(&self.store, feed, &ids).await?;
        let mut cards = self.cards_among(actor, &found).await?;
        let items = found.into_iter().filter_map(|entry| match &entry.body {
            Body::Appeal { card, .. } => {
                let (card, author) = cards.remove(&card.id)?;
                Some(Item::Appeal { seq: entry.seq, card: Box::new(card), author })
            }
            _ => Message::fold(entry, changes.iter()).map(Item::Message),
        });
        Ok(History { items: items.collect(), next: next.filter(|seq| *seq > 1) })
    }

    /// The appeals opened by some entries, as they stand now.
    async fn cards_among(
        &self,
        actor: &Actor,
        entries: &[Entry],
    ) -> ActResult<HashMap<AppealId, (Card, Author)>> {
        let opened = entries.iter().filter_map(|entry| match &entry.body {
            Body::Appeal { card, .. } => Some(card.id),
            _ => None,
        });
        let ids: Vec<AppealId> = opened.collect();
        if ids.is_empty() {
            return Ok(HashMap::new());
        }
        let rows = store::appeal::rows(&self.store, &ids).await?;
        let cards = self.cards(actor, &rows).await?;
        Ok(cards.into_iter().map(|(card, author)| (card.id, (card, author))).collect())
    }

    /// Lets somebody follow a feed, and tells how far it has come. A colleague who follows a private lane leaves an
    /// audit row.
    ///
    /// # Errors
    /// Any [`ActError`].
    pub async fn follow(&self, person: &Person, feed: &str) -> ActResult<(Feed, Head)> {
        let feed: Feed = feed.parse().map_err(|_| ActError::not_found())?;
        let admitted = self.admit_to_feed(person, Act::Subscribe, feed).await?;
        if let Some(head) = self.boxes.heads.ask(feed).await? {
            return Ok((feed, head));
        }
        // A desk or a mailbox begins with its first entry or its first reader.
        let mut unit = self.writer.begin(admitted).await?;
        self.create_feed(&mut unit, feed).await?;
        unit.commit().await?;
        let head = store::feed::head(&self.store, feed).await?.ok_or_else(ActError::not_found)?;
        Ok((feed, head))
    }

    /// Notes that somebody has read a feed up to `seq`. When staff who owe it an answer have, its readers are told.
    ///
    /// # Errors
    /// Any [`ActError`].
    pub async fn mark_read(&self, person: &Person, feed: &str, seq: u64) -> ActResult<()> {
        self.limits.change(person.account)?;
        let feed: Feed = feed.parse().map_err(|_| ActError::not_found())?;
        let admitted = self.admit_to_feed(person, Act::MarkRead, feed).await?;
        let owes = self.owes(person, feed).await?;
        let mut unit = self.writer.begin(admitted).await?;
        let stands = store::read_cursor::advance(&mut unit.tx, person.account, feed, seq).await?;
        if owes && store::read_cursor::note_seen(&mut unit.tx, feed, stands).await? {
            unit.tell(Event::Seen { feed, seq: stands });
        }
        unit.commit().await?;
        Ok(())
    }

    /// The gate for acts done to a feed.
    async fn admit_to_feed(&self, person: &Person, act: Act, feed: Feed) -> ActResult<Admitted> {
        let actor = Actor::Person(person.clone());
        match feed {
            Feed::Room(room) => {
                let entry = self.visible_room(&actor, &room.to_string())?;
                self.admit_to_room(&actor, act, &entry).await
            }
            Feed::Appeal(id, lane) => {
                let (row, room) = self.appeal_row(&id.to_string()).await?;
                let target = appealed(&row, &room);
                let admitted = match lane {
                    Lane::Public => admit(&actor, act, Target::Appeal(target))?,
                    Lane::Private => admit(&actor, act, Target::PrivateLane(target))?,
                };
                if (act, lane) == (Act::Subscribe, Lane::Private) && person.account != row.author {
                    self.audit_reading(person, &row).await?;
                }
                Ok(admitted)
            }
            Feed::Desk(id) => {
                let catalogue = self.catalogue();
                let organisation = catalogue.organisation(id).ok_or_else(ActError::not_found)?;
                Ok(admit(&actor, act, Target::Desk(id, &organisation.region))?)
            }
            Feed::Person(id) => Ok(admit(&actor, act, Target::Mailbox(id))?),
        }
    }

    /// Whether the person's reading means that an answer is on its way.
    async fn owes(&self, person: &Person, feed: Feed) -> ActResult<bool> {
        match feed {
            Feed::Room(room) => {
                Ok(self.catalogue().room(room).is_some_and(|entry| person.answers_in(&entry.room)))
            }
            Feed::Appeal(id, _) => {
                let (row, room) = self.appeal_row(&id.to_string()).await?;
                let target = Target::Appeal(appealed(&row, &room));
                Ok(admit(&Actor::Person(person.clone()), Act::AskResident, target).is_ok())
            }
            Feed::Desk(_) | Feed::Person(_) => Ok(false),
        }
    }

    /// Whether the person may let colleagues know that they look at an appeal, and as whom.
    ///
    /// # Errors
    /// Any [`ActError`].
    pub async fn look_at(&self, person: &Person, appeal: &str) -> ActResult<(AppealId, String)> {
        let (row, room) = self.appeal_row(appeal).await?;
        let actor = Actor::Person(person.clone());
        admit(&actor, Act::ViewAppeal, Target::Appeal(appealed(&row, &room)))?;
        let mut names = store::account::names(&self.store, &[person.account]).await?;
        Ok((row.id, names.remove(&person.account).unwrap_or_else(|| person.alias.clone())))
    }
}

impl Question for Feed {
    type Answer = Head;

    async fn read(store: &Store, _now: Moment, asked: &[Self]) -> StoreResult<HashMap<Self, Head>> {
        store::feed::heads(store, asked).await
    }
}
