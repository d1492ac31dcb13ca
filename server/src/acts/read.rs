//! Reading: history in pages, following a feed, and how far one has read.

use domain::actor::{Actor, Person};
use domain::event::Event;
use domain::feed::{Feed, Head};
use domain::message::Message;
use domain::policy::Act;

use crate::acts::Acts;
use crate::acts::error::{ActError, ActResult};

/// A page of a room's messages.
pub struct History {
    /// Newest first.
    pub messages: Vec<Message>,
    /// Ask for what came before this number next.
    pub next: Option<u64>,
}

impl Acts {
    /// A page of a room's messages before number `before`, newest first, in their present state.
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
        let messages = found.into_iter().filter_map(|entry| Message::fold(entry, changes.iter())).collect();
        Ok(History { messages, next: next.filter(|seq| *seq > 1) })
    }

    /// Lets somebody follow a feed, and tells how far it has come.
    ///
    /// # Errors
    /// Any [`ActError`].
    pub async fn follow(&self, person: &Person, feed: &str) -> ActResult<(Feed, Head)> {
        let feed: Feed = feed.parse().map_err(|_| ActError::not_found())?;
        let Feed::Room(room) = feed else { return Err(ActError::not_found()) };
        let actor = Actor::Person(person.clone());
        let entry = self.visible_room(&actor, &room.to_string())?;
        self.admit_to_room(&actor, Act::Subscribe, &entry).await?;
        let head = store::feed::head(&self.store, feed).await?.ok_or_else(ActError::not_found)?;
        Ok((feed, head))
    }

    /// Notes that somebody has read a feed up to `seq`. When staff who owe the room an answer have, its
    /// readers are told.
    ///
    /// # Errors
    /// Any [`ActError`].
    pub async fn mark_read(&self, person: &Person, feed: &str, seq: u64) -> ActResult<()> {
        self.limits.change(person.account)?;
        let feed: Feed = feed.parse().map_err(|_| ActError::not_found())?;
        let Feed::Room(room) = feed else { return Err(ActError::not_found()) };
        let actor = Actor::Person(person.clone());
        let entry = self.visible_room(&actor, &room.to_string())?;
        let admitted = self.admit_to_room(&actor, Act::MarkRead, &entry).await?;
        let mut unit = self.writer.begin(admitted).await?;
        let stands = store::read_cursor::advance(&mut unit.tx, person.account, feed, seq).await?;
        if person.answers_in(&entry.room) && store::read_cursor::note_seen(&mut unit.tx, feed, stands).await?
        {
            unit.tell(Event::Seen { feed, seq: stands });
        }
        unit.commit().await?;
        Ok(())
    }
}
