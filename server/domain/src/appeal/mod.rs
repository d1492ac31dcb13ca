//! An appeal: a question or complaint with a number, an owner and a promise. It is nothing but its log, folded. Its
//! two lanes are feeds, its clocks are `sla`'s, who may do what is the policy's.
//!
//! Reading order: `event` (what can happen), `state` (what each act makes of it), `outcome`, `lane`, `routing`,
//! `number` and `code` (how people name it).

pub mod card;
pub mod code;
pub mod event;
pub mod lane;
pub mod number;
pub mod outcome;
pub mod routing;
pub mod state;

use crate::appeal::event::{Act, Employee, Event, Fact};
use crate::appeal::routing::Path;
use crate::appeal::state::{State, StateKind, WrongState};
use crate::id::{AccountId, OrganisationId, RoomId};
use crate::moment::Moment;
use crate::topic::Topic;

/// An appeal as its log says it stands. Only folding makes one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Appeal {
    author: AccountId,
    room: RoomId,
    category: Topic,
    opened_at: Moment,
    last_at: Moment,
    state: State,
    cycle: u32,
    assignee: Option<Employee>,
    path: Path,
}

/// Why events are no log of an appeal. It is corrupt data, never a person's mistake.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BrokenLog {
    /// The first event does not open it, or there is none.
    #[error("the log of an appeal begins with its opening")]
    NotOpened,
    /// An event could not happen after those before it.
    #[error("event {place} of the log cannot have happened")]
    Impossible {
        /// Its place, from 0.
        place: usize,
        /// Why not.
        source: WrongState,
    },
}

impl Appeal {
    /// The appeal that `first` opens; `None` when it opens none.
    pub fn open(first: &Event) -> Option<Self> {
        let Fact::Opened { author, room, category, organisation } = &first.fact else { return None };
        Some(Self {
            author: *author,
            room: *room,
            category: *category,
            opened_at: first.at,
            last_at: first.at,
            state: State::New,
            cycle: 1,
            assignee: None,
            path: Path::from(*organisation),
        })
    }

    /// Folds a whole log, oldest event first.
    ///
    /// # Errors
    /// [`BrokenLog`] when no acts could have written it.
    pub fn fold<'a>(events: impl IntoIterator<Item = &'a Event>) -> Result<Self, BrokenLog> {
        let mut events = events.into_iter().enumerate();
        let first = events.next().map(|(_, event)| event);
        let appeal = first.and_then(Self::open).ok_or(BrokenLog::NotOpened)?;
        events.try_fold(appeal, |appeal, (place, event)| {
            appeal.after(event).map_err(|source| BrokenLog::Impossible { place, source })
        })
    }

    /// The event that `fact` becomes if it may happen now: what an act appends to the log. `now` gives way to the log's
    /// last moment, so that a node whose clock lags cannot write into the past.
    ///
    /// # Errors
    /// [`WrongState`] with the state the appeal is in.
    pub fn admit(&self, now: Moment, fact: Fact) -> Result<Event, WrongState> {
        let event = Event { at: now.max(self.last_at), fact };
        self.clone().after(&event)?;
        Ok(event)
    }

    /// The appeal after `event`.
    ///
    /// # Errors
    /// [`WrongState`] when the event cannot happen to it.
    pub fn after(self, event: &Event) -> Result<Self, WrongState> {
        if self.assignee.is_none() && matches!(event.fact, Fact::Released { .. }) {
            // What nobody has, nobody gives back.
            return Err(WrongState::State { state: self.state.kind(), act: Act::Release });
        }
        let state = self.state.after(event)?;
        let mut path = self.path;
        path.acted(event.fact.organisation());
        let mut assignee = self.assignee;
        let mut cycle = self.cycle;
        match &event.fact {
            Fact::Accepted { by: to } | Fact::Assigned { to, .. } => assignee = Some(*to),
            Fact::Released { .. } => assignee = None,
            Fact::Transferred { to, .. } => {
                path.passed(*to);
                assignee = None;
            }
            Fact::Contested { .. } => cycle += 1,
            _ => {}
        }
        Ok(Self { state, path, assignee, cycle, last_at: event.at.max(self.last_at), ..self })
    }

    /// Whether another appeal may be merged into this one: an appeal that takes nothing takes no appeal either.
    ///
    /// # Errors
    /// [`WrongState`] with the state this appeal is in.
    pub fn takes_merged(&self) -> Result<(), WrongState> {
        let state = self.state.kind();
        if state.takes_nothing() { Err(WrongState::State { state, act: Act::Merge }) } else { Ok(()) }
    }

    /// Who opened it.
    pub const fn author(&self) -> AccountId {
        self.author
    }

    /// The room it belongs to.
    pub const fn room(&self) -> RoomId {
        self.room
    }

    /// Its category.
    pub const fn category(&self) -> Topic {
        self.category
    }

    /// When it was opened: the period it counts in.
    pub const fn opened_at(&self) -> Moment {
        self.opened_at
    }

    /// When something last happened to it.
    pub const fn last_at(&self) -> Moment {
        self.last_at
    }

    /// Its state with its facts.
    pub const fn state(&self) -> &State {
        &self.state
    }

    /// Its state without its facts.
    pub const fn kind(&self) -> StateKind {
        self.state.kind()
    }

    /// The number of its present cycle, from 1; each contest begins the next.
    pub const fn cycle(&self) -> u32 {
        self.cycle
    }

    /// The organisation that owes the answer; none while every desk of the room does.
    pub fn owner(&self) -> Option<OrganisationId> {
        self.path.owner()
    }

    /// The employee it is given to.
    pub const fn assignee(&self) -> Option<Employee> {
        self.assignee
    }

    /// The organisations it went through.
    pub const fn path(&self) -> &Path {
        &self.path
    }
}

#[cfg(test)]
pub(crate) mod tests;
