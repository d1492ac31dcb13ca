//! Changing what one said, within 15 minutes. The change is an entry of the feed; the old text stays in its
//! own entry.

use domain::actor::{Actor, Person};
use domain::feed::{Body, Feed};
use domain::message::Message;
use domain::policy::Act;
use store::feed::{Draft, Outcome};

use crate::acts::Acts;
use crate::acts::error::{ActError, ActResult};
use crate::acts::post::{Landed, Saying, landed, parse_cid, parse_text};

impl Acts {
    /// Changes one's own message.
    ///
    /// # Errors
    /// [`ActError::WrongState`] once 15 minutes have passed or a moderator hid it; any other [`ActError`].
    pub async fn edit(&self, person: &Person, message: &str, saying: Saying) -> ActResult<Landed> {
        self.limits.post(person.account)?;
        let actor = Actor::Person(person.clone());
        let entry = self.visible_room(&actor, &saying.room)?;
        let target = message.parse().map_err(|_| ActError::not_found())?;
        let admitted = self.admit_to_room(&actor, Act::Edit, &entry).await?;
        let cid = parse_cid(&saying.cid)?;
        let text = parse_text(&saying.text)?;
        let digest = self.digests.of(&["edit", message, &saying.text]);
        if let Some(landed) = self.earlier(person, &cid, &digest).await? {
            return Ok(landed);
        }
        let feed = Feed::Room(entry.room.id);
        let author = self.author(person, &entry).await?;

        let mut unit = self.writer.begin(admitted).await?;
        let found = store::entry::lock_message(&mut unit.tx, feed, target).await?;
        let message =
            found.and_then(|entry| Message::fold(entry, [].iter())).ok_or_else(ActError::not_found)?;
        if message.author.account != person.account {
            return Err(domain::policy::Denied::NotAllowed.into());
        }
        if !message.is_editable_at(unit.now) {
            let state = if message.hidden() { "hidden" } else { "settled" };
            return Err(ActError::WrongState { state, next_opening: None });
        }
        let body = Body::Edit { target, text: Some(text.as_str().to_owned()) };
        let draft = Draft { feed, id: self.sources.id(), author, body, attempt: Some((cid, digest)) };
        let outcome = unit.append(&[draft]).await?.pop().unwrap_or(Outcome::Conflict);
        unit.commit().await?;
        landed(outcome)
    }
}
