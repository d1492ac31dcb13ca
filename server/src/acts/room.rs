//! Rooms: finding them, seeing them, joining and leaving.

use std::collections::HashMap;
use std::sync::Arc;

use domain::actor::{Actor, Person};
use domain::feed::Feed;
use domain::id::{AccountId, RoomId};
use domain::invitation::InvitationCode;
use domain::moment::Moment;
use domain::policy::{Act, Denied, Target, admit};
use domain::room::RoomKind;
use domain::sla::calendar::OpenState;
use domain::text::fold;
use store::catalogue::RoomState;
use store::read_cursor::Progress;
use store::{Store, StoreResult};

use crate::acts::Acts;
use crate::acts::catalogue::RoomEntry;
use crate::acts::error::{ActError, ActResult};
use crate::acts::read_box::Question;

/// A room as somebody sees it now.
pub struct RoomView {
    /// What does not change by the minute.
    pub entry: Arc<RoomEntry>,
    /// Members and what staff have seen.
    pub state: RoomState,
    /// Whether it is open.
    pub open: OpenState,
    /// How the asking person stands; `None` for a guest.
    pub my: Option<MyView>,
}

/// How a person stands towards a room.
pub struct MyView {
    /// Whether they are a member.
    pub member: bool,
    /// How far they have read.
    pub progress: Progress,
    /// What they may do, in the words of the API.
    pub may: Vec<&'static str>,
}

/// Which rooms are wanted.
#[derive(Debug, Clone, Default)]
pub struct Wanted {
    /// Of this region.
    pub region: Option<String>,
    /// Of this kind.
    pub kind: Option<String>,
    /// Where title, territory, region or an organisation contain these words.
    pub words: Option<String>,
    /// After this room.
    pub after: Option<String>,
    /// At most so many.
    pub limit: usize,
}

impl Acts {
    /// The rooms `actor` may see, in the order of their regions and files.
    ///
    /// # Errors
    /// Those of the store; [`ActError::Invalid`] for an unknown kind.
    pub async fn rooms(&self, actor: &Actor, wanted: &Wanted) -> ActResult<(Vec<RoomView>, Option<String>)> {
        Self::admit_to_service(actor, Act::ListRooms)?;
        let kind = match wanted.kind.as_deref() {
            None => None,
            Some(word) => Some(
                RoomKind::from_word(word)
                    .ok_or_else(|| ActError::invalid("kind", "unknown", "there is no such kind of room"))?,
            ),
        };
        let words: Vec<String> =
            wanted.words.as_deref().unwrap_or_default().split_whitespace().map(fold).collect();
        let catalogue = self.catalogue();
        let fits = |entry: &&Arc<RoomEntry>| {
            wanted.region.as_deref().is_none_or(|region| entry.room.region.as_str() == region)
                && kind.is_none_or(|kind| entry.room.kind == kind)
                && words.iter().all(|word| entry.haystack.contains(word.as_str()))
                && sees(actor, entry)
        };
        let mut found: Vec<Arc<RoomEntry>> = catalogue.rooms().filter(fits).cloned().collect();
        if let Some(after) = wanted.after.as_deref().and_then(|id| id.parse::<RoomId>().ok()) {
            let skip = found.iter().position(|entry| entry.room.id == after).map_or(0, |index| index + 1);
            found.drain(..skip);
        }
        let more = found.len() > wanted.limit;
        found.truncate(wanted.limit);
        let next = found.last().filter(|_| more).map(|entry| entry.room.id.to_string());
        Ok((self.views(actor, found).await?, next))
    }

    /// One room.
    ///
    /// # Errors
    /// [`ActError::Denied`] when it does not exist for `actor`.
    pub async fn room(&self, actor: &Actor, id: &str) -> ActResult<RoomView> {
        let entry = self.visible_room(actor, id)?;
        self.views(actor, vec![entry]).await?.pop().ok_or_else(ActError::not_found)
    }

    /// The room an invitation code opens.
    ///
    /// # Errors
    /// [`ActError::Invalid`] when the code is mistyped, not found when no room has it.
    pub async fn invitation(&self, actor: &Actor, code: &str) -> ActResult<(InvitationCode, RoomView)> {
        Self::admit_to_service(actor, Act::OpenInvitation)?;
        let code =
            InvitationCode::parse(code).map_err(|fault| ActError::invalid("code", fault.code(), fault))?;
        let entry = self.catalogue().room_of_code(code).ok_or_else(ActError::not_found)?;
        let view = self.room(actor, &entry.room.id.to_string()).await?;
        Ok((code, view))
    }

    /// Joins a room; `false` when one was a member already.
    ///
    /// # Errors
    /// Any [`ActError`].
    pub async fn join(&self, person: &Person, id: &str) -> ActResult<bool> {
        self.limits.change(person.account)?;
        let actor = Actor::Person(person.clone());
        let entry = self.visible_room(&actor, id)?;
        let admitted = self.admit_to_room(&actor, Act::Join, &entry).await?;
        let feed = Feed::Room(entry.room.id);
        let mut unit = self.writer.begin(admitted).await?;
        let now = unit.now;
        let joined = store::member::join(&mut unit.tx, entry.room.id, person.account, now).await?;
        if joined {
            // What was said before one came is not unread.
            store::read_cursor::advance(&mut unit.tx, person.account, feed, u64::MAX).await?;
        }
        unit.commit().await?;
        Ok(joined)
    }

    /// Leaves a room; leaving twice is leaving once.
    ///
    /// # Errors
    /// Any [`ActError`].
    pub async fn leave(&self, person: &Person, id: &str) -> ActResult<()> {
        self.limits.change(person.account)?;
        let actor = Actor::Person(person.clone());
        let entry = self.visible_room(&actor, id)?;
        let admitted = self.admit_to_room(&actor, Act::Leave, &entry).await?;
        let mut unit = self.writer.begin(admitted).await?;
        store::member::leave(&mut unit.tx, entry.room.id, person.account).await?;
        unit.commit().await?;
        Ok(())
    }

    /// These rooms as `actor` sees them now.
    pub(crate) async fn views(
        &self,
        actor: &Actor,
        entries: Vec<Arc<RoomEntry>>,
    ) -> ActResult<Vec<RoomView>> {
        let now = self.sources.now();
        let states = store::catalogue::room_states(&self.store).await?;
        let mut my = match actor {
            Actor::Guest => HashMap::new(),
            Actor::Person(person) => self.my(person, &entries).await?,
        };
        let view = |entry: Arc<RoomEntry>| RoomView {
            state: states.get(&entry.room.id).copied().unwrap_or_default(),
            open: entry.opening.at(now),
            my: my.remove(&entry.room.id),
            entry,
        };
        Ok(entries.into_iter().map(view).collect())
    }

    async fn my(&self, person: &Person, entries: &[Arc<RoomEntry>]) -> ActResult<HashMap<RoomId, MyView>> {
        let joined = store::member::rooms_of(&self.store, person.account).await?;
        let actor = Actor::Person(person.clone());
        let counted: Vec<Feed> = entries
            .iter()
            .filter(|entry| joined.contains(&entry.room.id) || person.roles_in(&entry.room).next().is_some())
            .map(|entry| Feed::Room(entry.room.id))
            .collect();
        let progress = store::read_cursor::progress(&self.store, person.account, &counted).await?;
        let my = |entry: &Arc<RoomEntry>| {
            let member = joined.contains(&entry.room.id);
            let progress = progress.get(&Feed::Room(entry.room.id)).copied().unwrap_or_default();
            (entry.room.id, MyView { member, progress, may: may(&actor, entry, member) })
        };
        Ok(entries.iter().map(my).collect())
    }
}

impl Question for (RoomId, AccountId) {
    type Answer = ();

    async fn read(store: &Store, _now: Moment, asked: &[Self]) -> StoreResult<HashMap<Self, ()>> {
        let members = store::member::among(store, asked).await?;
        Ok(members.into_iter().map(|member| (member, ())).collect())
    }
}

fn sees(actor: &Actor, entry: &RoomEntry) -> bool {
    admit(actor, Act::SeeRoom, Target::Room { room: &entry.room, member: false }).is_ok()
}

/// What `actor` may do in a room, for clients that show no button that would be refused.
fn may(actor: &Actor, entry: &RoomEntry, member: bool) -> Vec<&'static str> {
    let target = Target::Room { room: &entry.room, member };
    let mut words = Vec::new();
    for (act, word) in [(Act::Read, "read"), (Act::Post, "post"), (Act::Hide, "hide")] {
        match admit(actor, act, target) {
            Ok(_) => words.push(word),
            Err(Denied::NotVerified) if act == Act::Post => words.push("post_after_verification"),
            Err(_) => {}
        }
    }
    for (act, word, offered) in [(Act::Join, "join", !member), (Act::Leave, "leave", member)] {
        if offered && admit(actor, act, target).is_ok() {
            words.push(word);
        }
    }
    words
}
