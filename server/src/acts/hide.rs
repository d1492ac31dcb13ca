//! Hiding what somebody said. Everyone sees the reason and a placeholder; the audit keeps who did it.

use domain::actor::{Actor, Person};
use domain::feed::{Body, Feed};
use domain::policy::Act;
use domain::text::clean;
use store::entry::Written;
use store::feed::{Draft, Outcome};

use crate::acts::Acts;
use crate::acts::error::{ActError, ActResult};

/// The longest reason, in characters.
const LONGEST_REASON: usize = 500;

impl Acts {
    /// Hides a message.
    ///
    /// # Errors
    /// [`ActError::AlreadyDone`] when it is hidden; any other [`ActError`].
    pub async fn hide(&self, person: &Person, room: &str, message: &str, reason: &str) -> ActResult<Written> {
        self.limits.change(person.account)?;
        let actor = Actor::Person(person.clone());
        let entry = self.visible_room(&actor, room)?;
        let target = message.parse().map_err(|_| ActError::not_found())?;
        let admitted = self.admit_to_room(&actor, Act::Hide, &entry).await?;
        let reason = parse_reason(reason)?;
        let feed = Feed::Room(entry.room.id);
        let author = self.author(person, &entry).await?;

        let mut unit = self.writer.begin(admitted).await?;
        let found = store::entry::lock_message(&mut unit.tx, feed, target).await?;
        match found.ok_or_else(ActError::not_found)?.body {
            Body::Message { text: None } => return Err(ActError::AlreadyDone),
            Body::Message { text: Some(_) } => {}
            _ => return Err(ActError::not_found()),
        }
        store::entry::hide(&mut unit.tx, target).await?;
        let body = Body::Hide { target, reason: reason.clone() };
        let draft = Draft { feed, id: self.sources.id(), author, body, attempt: None };
        let outcome = unit.append(&[draft]).await?.pop();
        let Some(Outcome::Fresh(written)) = outcome else { return Err(ActError::CidConflict) };
        unit.audit(Some(person.account), "message.hide", format!("message:{target}"), &reason).await?;
        unit.commit().await?;
        Ok(written)
    }
}

/// Reads a reason: cleaned, 1 to 500 characters.
///
/// # Errors
/// [`ActError::Invalid`].
pub(crate) fn parse_reason(reason: &str) -> ActResult<String> {
    let reason = clean(reason);
    match reason.chars().count() {
        0 => Err(ActError::invalid("reason", "empty", "a reason is needed")),
        1..=LONGEST_REASON => Ok(reason),
        _ => Err(ActError::invalid("reason", "too_long", "a reason has at most 500 characters")),
    }
}
