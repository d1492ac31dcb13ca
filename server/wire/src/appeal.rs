//! Appeals: their cards, which lie in several feeds, and the whole appeal with its log and lanes. What is sent to do
//! something to one is `appeal_act`.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use ts_rs::TS;
use utoipa::ToSchema;

use crate::message::{Author, Message};

/// The states of an appeal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS, ToSchema, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum AppealState {
    /// Новое.
    New,
    /// Принято.
    Accepted,
    /// В работе.
    InWork,
    /// Ждём жителя.
    WaitingForResident,
    /// Дан финальный ответ.
    Answered,
    /// Подтверждено жителем.
    Confirmed,
    /// Оспорено жителем.
    Contested,
    /// Закрыто без отзыва.
    ClosedSilent,
    /// Отказано.
    Refused,
    /// Отозвано.
    Withdrawn,
    /// Объединено.
    Merged,
}

impl From<domain::appeal::state::StateKind> for AppealState {
    fn from(it: domain::appeal::state::StateKind) -> Self {
        match it {
            domain::appeal::state::StateKind::New => Self::New,
            domain::appeal::state::StateKind::Accepted => Self::Accepted,
            domain::appeal::state::StateKind::InWork => Self::InWork,
            domain::appeal::state::StateKind::WaitingForResident => Self::WaitingForResident,
            domain::appeal::state::StateKind::Answered => Self::Answered,
            domain::appeal::state::StateKind::Confirmed => Self::Confirmed,
            domain::appeal::state::StateKind::Contested => Self::Contested,
            domain::appeal::state::StateKind::ClosedSilent => Self::ClosedSilent,
            domain::appeal::state::StateKind::Refused => Self::Refused,
            domain::appeal::state::StateKind::Withdrawn => Self::Withdrawn,
            domain::appeal::state::StateKind::Merged => Self::Merged,
        }
    }
}

/// The two lanes of an appeal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS, ToSchema, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Lane {
    /// Открытая часть.
    Public,
    /// Закрытая часть.
    Private,
}

impl From<domain::appeal::lane::Lane> for Lane {
    fn from(it: domain::appeal::lane::Lane) -> Self {
        match it {
            domain::appeal::lane::Lane::Public => Self::Public,
            domain::appeal::lane::Lane::Private => Self::Private,
        }
    }
}

impl From<Lane> for domain::appeal::lane::Lane {
    fn from(it: Lane) -> Self {
        match it {
            Lane::Public => Self::Public,
            Lane::Private => Self::Private,
        }
    }
}

/// What a final answer declares.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS, ToSchema, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// Решено.
    Resolved,
    /// Разъяснено.
    Explained,
    /// Направлено.
    Redirected,
    /// Не подтвердилось.
    Unfounded,
}

impl From<domain::appeal::outcome::Outcome> for Outcome {
    fn from(it: domain::appeal::outcome::Outcome) -> Self {
        match it {
            domain::appeal::outcome::Outcome::Resolved => Self::Resolved,
            domain::appeal::outcome::Outcome::Explained => Self::Explained,
            domain::appeal::outcome::Outcome::Redirected => Self::Redirected,
            domain::appeal::outcome::Outcome::Unfounded => Self::Unfounded,
        }
    }
}

impl From<Outcome> for domain::appeal::outcome::Outcome {
    fn from(it: Outcome) -> Self {
        match it {
            Outcome::Resolved => Self::Resolved,
            Outcome::Explained => Self::Explained,
            Outcome::Redirected => Self::Redirected,
            Outcome::Unfounded => Self::Unfounded,
        }
    }
}

/// What a clock waits for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS, ToSchema, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ClockKind {
    /// A named employee's first message of the cycle.
    FirstAnswer,
    /// The final answer of the cycle.
    FinalAnswer,
}

impl From<domain::sla::clock::ClockKind> for ClockKind {
    fn from(it: domain::sla::clock::ClockKind) -> Self {
        match it {
            domain::sla::clock::ClockKind::FirstAnswer => Self::FirstAnswer,
            domain::sla::clock::ClockKind::FinalAnswer => Self::FinalAnswer,
        }
    }
}

/// A clock of an appeal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS, ToSchema, JsonSchema)]
pub struct Clock {
    /// What it waits for.
    pub kind: ClockKind,
    /// The cycle, from 1; each contest begins the next.
    pub cycle: u32,
    /// When it began to count: at the next opening, for what was written outside the hours.
    pub started_at: String,
    /// When it is due; while it is paused, the due moment it had before.
    pub due_at: String,
    /// Whether it waits for the resident.
    pub paused: bool,
    /// When what it waits for happened.
    pub stopped_at: Option<String>,
    /// Whether the promise was broken. It can break later: compare `due_at`.
    pub breached: bool,
}

impl From<&domain::sla::clock::Reading> for Clock {
    fn from(it: &domain::sla::clock::Reading) -> Self {
        Self {
            kind: it.kind.into(),
            cycle: it.cycle,
            started_at: it.started_at.rfc3339(),
            due_at: it.due_at.rfc3339(),
            paused: it.paused,
            stopped_at: it.stopped_at.map(domain::moment::Moment::rfc3339),
            breached: it.breached,
        }
    }
}

/// Something with a name: an organisation, an employee.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS, ToSchema, JsonSchema)]
pub struct Named {
    /// The id.
    pub id: String,
    /// The name.
    pub name: String,
}

impl<I: std::fmt::Display> From<&domain::appeal::card::Named<I>> for Named {
    fn from(it: &domain::appeal::card::Named<I>) -> Self {
        Self { id: it.id.to_string(), name: it.name.clone() }
    }
}

/// The card of an appeal: what whoever may read the room may know of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS, ToSchema, JsonSchema)]
pub struct AppealCard {
    /// The id.
    pub id: String,
    /// The number, to be said on the phone.
    pub number: String,
    /// The state.
    pub state: AppealState,
    /// The cycle, from 1.
    pub cycle: u32,
    /// One of the eleven accepted topics.
    pub category: String,
    /// The room's id.
    pub room: String,
    /// Who owes the answer; `null` while every desk of the room does.
    pub organisation: Option<Named>,
    /// Who opened it.
    pub author: Author,
    /// The employee who has it; told to the organisation and its region's curators alone.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    #[ts(optional)]
    pub assignee: Option<Named>,
    /// The clocks, cycle by cycle.
    pub clocks: Vec<Clock>,
    /// The beginning of the public text, at most 280 characters.
    pub excerpt: String,
    /// Whether there is something in the private lane.
    pub has_private: bool,
    /// What the last final answer declares.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    #[ts(optional)]
    pub outcome: Option<Outcome>,
    /// The id of the appeal it goes on as.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    #[ts(optional)]
    pub merged_into: Option<String>,
    /// When it was opened.
    pub opened_at: String,
}

impl AppealCard {
    /// The card of an appeal that `author` opened.
    pub fn new(card: &domain::appeal::card::Card, author: &domain::author::Author) -> Self {
        Self {
            id: card.id.to_string(),
            number: card.number.to_string(),
            state: card.state.into(),
            cycle: card.cycle,
            category: card.category.key().into(),
            room: card.room.to_string(),
            organisation: card.organisation.as_ref().map(Named::from),
            author: author.into(),
            assignee: card.assignee.as_ref().map(Named::from),
            clocks: card.clocks.iter().map(Clock::from).collect(),
            excerpt: card.excerpt.clone(),
            has_private: card.has_private,
            outcome: card.outcome.map(Outcome::from),
            merged_into: card.merged_into.map(|id| id.to_string()),
            opened_at: card.opened_at.rfc3339(),
        }
    }
}

/// Something that happened to an appeal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS, ToSchema)]
pub struct AppealEvent {
    /// When.
    pub at: String,
    /// What: `opened`, `accepted`, `assigned`, `released`, `transferred`, `messaged`, `asked`, `answered`, `refused`, `confirmed`, `contested`, `rated`, `withdrawn`, `merged`, `closed_silently`.
    pub kind: String,
    /// Resident or staff, when a person did it.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    #[ts(optional)]
    pub actor: Option<crate::message::PersonKind>,
    /// The employee who did it.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    #[ts(optional)]
    pub by: Option<Named>,
    /// The organisation they did it for.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    #[ts(optional)]
    pub organisation: Option<Named>,
    /// To whom: an employee it is given to, an organisation it is passed to.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    #[ts(optional)]
    pub to: Option<Named>,
    /// In which lane.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    #[ts(optional)]
    pub lane: Option<Lane>,
    /// The id of the lane's message.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    #[ts(optional)]
    pub message: Option<String>,
    /// Why.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    #[ts(optional)]
    pub reason: Option<String>,
    /// What the final answer declares.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    #[ts(optional)]
    pub outcome: Option<Outcome>,
    /// The rating, 1 to 5.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    #[ts(optional)]
    pub score: Option<u8>,
    /// The appeal it goes on as.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    #[ts(optional)]
    pub into: Option<String>,
}

/// A lane of an appeal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS, ToSchema)]
pub struct LaneView {
    /// The name of its feed.
    pub feed: String,
    /// The history its numbers belong to.
    pub epoch: String,
    /// Its highest number.
    #[ts(type = "number")]
    pub head: u64,
    /// The highest number read by staff who owe the answer.
    #[ts(type = "number")]
    pub seen: u64,
    /// The last 100 messages, oldest first.
    pub messages: Vec<Message>,
}

/// The lanes one may read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS, ToSchema)]
pub struct Lanes {
    /// The public lane.
    pub public: LaneView,
    /// The private lane; absent for whoever may not read it.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    #[ts(optional)]
    pub private: Option<LaneView>,
}

/// An appeal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS, ToSchema)]
pub struct Appeal {
    /// How it stands.
    #[serde(flatten)]
    #[ts(flatten)]
    pub card: AppealCard,
    /// What happened to it, oldest first, as far as one may know.
    pub events: Vec<AppealEvent>,
    /// The lanes one may read.
    pub lanes: Lanes,
    /// The rating of the last final answer, 1 to 5.
    pub rating: Option<u8>,
    /// The code that shows its state without signing in; told to its author alone.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    #[ts(optional)]
    pub status_code: Option<String>,
    /// The messages of the room it was made from.
    pub from: Vec<String>,
    /// What the asking person may do to it now, by the names of the routes: `accept`, `assign`, `release`, `transfer`, `messages`, `ask`, `final-answer`, `refuse`, `confirm`, `contest`, `rate`, `withdraw`, `merge`.
    pub may: Vec<String>,
    /// The zone its times are meant in.
    pub time_zone: String,
}

/// An appeal that was just opened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS, ToSchema)]
pub struct OpenedAppeal {
    /// The id.
    pub id: String,
    /// The number.
    pub number: String,
    /// With the number it shows the state without signing in.
    pub status_code: String,
    /// The state.
    pub state: AppealState,
    /// The clocks.
    pub clocks: Vec<Clock>,
}

/// `GET /status`: an appeal's state for whoever holds its number and code.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS, ToSchema)]
pub struct AppealStatus {
    /// The number.
    pub number: String,
    /// The state.
    pub state: AppealState,
    /// What it is about.
    pub category: String,
    /// The name of the organisation that owes the answer.
    pub organisation: Option<String>,
    /// The room's title.
    pub room: String,
    /// When it was opened.
    pub opened_at: String,
    /// The clocks.
    pub clocks: Vec<Clock>,
    /// The zone its times are meant in.
    pub time_zone: String,
}
