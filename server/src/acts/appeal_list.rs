//! Lists of appeals: the queue of those who work on them or watch, and one's own. What may be seen decides the list
//! itself; nothing is taken out of it afterwards.

use std::collections::HashMap;
use std::sync::Arc;

use domain::actor::{Actor, Kind, Person};
use domain::appeal::Appeal;
use domain::appeal::card::Card;
use domain::appeal::state::StateKind;
use domain::author::Author;
use domain::grant::Scope;
use domain::id::{AccountId, OrganisationId};
use domain::moment::Moment;
use domain::policy::{Act, TargetKind, scopes};
use domain::topic::Topic;
use store::appeal::{Place, Row, Wanted};

use crate::acts::Acts;
use crate::acts::appeal::author_of;
use crate::acts::catalogue::RoomEntry;
use crate::acts::error::{ActError, ActResult};

/// Which appeals are wanted.
#[derive(Debug, Clone, Default)]
pub struct Queue {
    /// In one of these states, separated by commas; `open` stands for all open ones.
    pub state: Option<String>,
    /// Owed by this organisation.
    pub organisation: Option<String>,
    /// Of this room.
    pub room: Option<String>,
    /// Of this category.
    pub category: Option<String>,
    /// With a clock that is due before this moment.
    pub due_before: Option<String>,
    /// One's own: a resident's, or those a colleague has.
    pub mine: bool,
    /// Which nobody has.
    pub unassigned: bool,
    /// Of this author.
    pub author: Option<String>,
    /// Where the number or the public text contains these words.
    pub words: Option<String>,
    /// After this place.
    pub after: Option<String>,
    /// At most so many.
    pub limit: usize,
}

impl Acts {
    /// The appeals `person` works on, watches or has opened, those due first before all others; their own, the newest
    /// first.
    ///
    /// # Errors
    /// [`ActError::Invalid`] for a filter that means nothing; those of the store.
    pub async fn appeals(
        &self,
        person: &Person,
        queue: &Queue,
    ) -> ActResult<(Vec<(Card, Author)>, Option<String>)> {
        let actor = Actor::Person(person.clone());
        Self::admit_to_service(&actor, Act::ListAppeals)?;
        let wanted = self.wanted(person, queue)?;
        let after = queue.after.as_deref().map(str::parse::<Place>).transpose();
        let after =
            after.map_err(|_| ActError::invalid("after", "unknown", "this is no place in the list"))?;
        let limit = u32::try_from(queue.limit.saturating_add(1)).unwrap_or(u32::MAX);
        let mut rows = store::appeal::list(&self.store, &wanted, after.as_ref(), limit).await?;
        let more = rows.len() > queue.limit;
        rows.truncate(queue.limit);
        let next = rows.last().filter(|_| more).map(|row| Place::of(row, wanted.newest_first).to_string());
        Ok((self.cards(&actor, &rows).await?, next))
    }

    /// The cards of some appeals as `actor` sees them, in their order.
    pub(crate) async fn cards(&self, actor: &Actor, rows: &[Row]) -> ActResult<Vec<(Card, Author)>> {
        let ids: Vec<_> = rows.iter().map(|row| row.id).collect();
        let logs = store::appeal::logs(&self.store, &ids).await?;
        let assignees: Vec<AccountId> = rows.iter().filter_map(|row| row.assignee).collect();
        let staff = actor.person().is_some_and(|person| person.kind == Kind::Staff);
        let names =
            if staff { store::account::names(&self.store, &assignees).await? } else { HashMap::new() };
        let catalogue = self.catalogue();
        let mut cards = Vec::with_capacity(rows.len());
        for row in rows {
            let (Some(events), Some(room)) = (logs.get(&row.id), catalogue.room(row.room)) else { continue };
            let appeal = Appeal::fold(events)?;
            let insider = staff && self.sees_a_desk(actor, row, &room);
            cards.push((self.card_for(row, &appeal, events, &room, &names, insider)?, author_of(row)));
        }
        Ok(cards)
    }

    fn wanted(&self, person: &Person, queue: &Queue) -> ActResult<Wanted> {
        let unknown = |field: &str| ActError::invalid(field, "unknown", "there is nothing of this name");
        let staff = person.kind == Kind::Staff;
        let parse = |field, text: &Option<String>| {
            text.as_deref().map(|text| text.parse().map_err(|_| unknown(field))).transpose()
        };
        let category = queue.category.as_deref().map(|word| {
            Topic::ACCEPTED.into_iter().find(|topic| topic.key() == word).ok_or_else(|| unknown("category"))
        });
        let due_before = queue
            .due_before
            .as_deref()
            .map(|text| Moment::parse_rfc3339(text).ok_or_else(|| unknown("due_before")));
        let mut wanted = Wanted {
            states: states(queue.state.as_deref()).ok_or_else(|| unknown("state"))?,
            room: queue.room.as_deref().map(|id| id.parse().map_err(|_| unknown("room"))).transpose()?,
            organisation: parse("organisation", &queue.organisation)?,
            category: category.transpose()?,
            due_before: due_before.transpose()?,
            assignee: (staff && queue.mine).then_some(person.account),
            unassigned: queue.unassigned,
            words: queue.words.clone().filter(|words| !words.trim().is_empty()),
            newest_first: !staff || queue.author.is_some(),
            ..Wanted::default()
        };
        if staff {
            self.limit_to_sight(person, &mut wanted);
            let author = queue.author.as_deref().map(|id| id.parse().map_err(|_| unknown("author")));
            wanted.author = author.transpose()?;
        } else {
            wanted.author = Some(person.account);
        }
        Ok(wanted)
    }

    /// What staff may see in a list: the appeals of their desks, and those of the rooms they watch.
    fn limit_to_sight(&self, person: &Person, wanted: &mut Wanted) {
        let catalogue = self.catalogue();
        let sight = scopes(person, Act::Read, TargetKind::Desk);
        let desks: Vec<OrganisationId> = sight
            .iter()
            .filter_map(|scope| match scope {
                Scope::Organisation(id) => Some(*id),
                _ => None,
            })
            .collect();
        let serves = |entry: &&Arc<RoomEntry>| {
            entry.room.organisations.iter().any(|organisation| desks.contains(organisation))
        };
        wanted.desk_rooms = catalogue.rooms().filter(serves).map(|entry| entry.room.id).collect();
        wanted.desks = Some(desks);
        let moderated = scopes(person, Act::RefuseAppeal, TargetKind::Appeal);
        let watching = |scope: &&Scope| !matches!(scope, Scope::Organisation(_));
        let watched: Vec<&Scope> = sight.iter().chain(&moderated).filter(watching).collect();
        let seen = |entry: &&Arc<RoomEntry>| watched.iter().any(|scope| scope.covers(&entry.room));
        wanted.rooms = Some(catalogue.rooms().filter(seen).map(|entry| entry.room.id).collect());
    }
}

/// The states a filter names: none means all.
fn states(text: Option<&str>) -> Option<Vec<StateKind>> {
    let Some(text) = text.filter(|text| !text.is_empty()) else { return Some(Vec::new()) };
    let mut states = Vec::new();
    for word in text.split(',') {
        match word {
            "open" => states.extend(StateKind::ALL.into_iter().filter(|state| state.is_open())),
            word => states.push(StateKind::from_word(word)?),
        }
    }
    Some(states)
}
