//! The states of an appeal and what each act makes of them: the contract's paragraph "States and acts", and nothing
//! else. A state carries its facts, so that an answered appeal without an answerer and a moment cannot be written
//! down; a transition consumes the state it starts from. Who may do an act is the policy's question.

use serde::{Deserialize, Serialize};

use crate::appeal::event::{Act, Employee, Event, Fact, Writer};
use crate::appeal::outcome::{Outcome, Score};
use crate::id::{AccountId, AppealId};
use crate::moment::Moment;

/// A final answer and the resident's rating of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FinalAnswer {
    /// Who gave it.
    pub by: Employee,
    /// When.
    pub at: Moment,
    /// What they say came of the appeal.
    pub outcome: Outcome,
    /// How the resident rated it; at most once.
    pub rating: Option<Score>,
}

/// The state of an appeal with the facts that make it so.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum State {
    /// Nobody has taken it.
    New,
    /// An employee has it and has not yet spoken.
    Accepted {
        /// Since when.
        at: Moment,
    },
    /// Staff have spoken, or the resident has replied.
    InWork {
        /// Since when.
        at: Moment,
    },
    /// The resident owes a reply.
    WaitingForResident {
        /// Who asked.
        asked_by: Employee,
        /// When.
        at: Moment,
    },
    /// The final answer is given.
    Answered(FinalAnswer),
    /// The resident confirmed it.
    Confirmed {
        /// The answer confirmed.
        answer: FinalAnswer,
        /// When.
        at: Moment,
    },
    /// The resident contested it; the next cycle has begun and nobody has spoken in it yet.
    Contested {
        /// The answer contested.
        answer: FinalAnswer,
        /// When.
        at: Moment,
    },
    /// The resident stayed silent after it.
    ClosedSilent {
        /// The answer nobody spoke to.
        answer: FinalAnswer,
        /// When.
        at: Moment,
    },
    /// Staff or a moderator refused it.
    Refused {
        /// Who.
        by: AccountId,
        /// When.
        at: Moment,
        /// Why.
        reason: String,
    },
    /// The resident took it back.
    Withdrawn {
        /// When.
        at: Moment,
    },
    /// It goes on as another appeal.
    Merged {
        /// Which.
        into: AppealId,
        /// When.
        at: Moment,
    },
}

/// A state without its facts: what rows, filters and answers name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StateKind {
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

impl StateKind {
    /// Every kind, in the order tables print them.
    pub const ALL: [Self; 11] = [
        Self::New,
        Self::Accepted,
        Self::InWork,
        Self::WaitingForResident,
        Self::Answered,
        Self::Confirmed,
        Self::Contested,
        Self::ClosedSilent,
        Self::Refused,
        Self::Withdrawn,
        Self::Merged,
    ];

    /// The word in the API and the database.
    pub const fn word(self) -> &'static str {
        match self {
            Self::New => "new",
            Self::Accepted => "accepted",
            Self::InWork => "in_work",
            Self::WaitingForResident => "waiting_for_resident",
            Self::Answered => "answered",
            Self::Confirmed => "confirmed",
            Self::Contested => "contested",
            Self::ClosedSilent => "closed_silent",
            Self::Refused => "refused",
            Self::Withdrawn => "withdrawn",
            Self::Merged => "merged",
        }
    }

    /// The kind with this word.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.word() == word)
    }

    /// Whether staff owe something, or wait for the resident's reply.
    pub const fn is_open(self) -> bool {
        matches!(self, Self::New | Self::Accepted | Self::InWork | Self::WaitingForResident | Self::Contested)
    }

    /// Whether nothing can happen to it any more.
    pub const fn takes_nothing(self) -> bool {
        matches!(self, Self::Refused | Self::Withdrawn | Self::Merged)
    }
}

/// Why an act cannot be done to an appeal as it stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum WrongState {
    /// The act does not exist in this state.
    #[error("an appeal that is {} does not take \"{}\"", .state.word(), .act.word())]
    State {
        /// The state the appeal is in.
        state: StateKind,
        /// What was tried.
        act: Act,
    },
    /// This final answer has its rating.
    #[error("this final answer is rated already")]
    AlreadyRated {
        /// The state the appeal is in.
        state: StateKind,
    },
}

impl WrongState {
    /// The stable code of the fault.
    pub const fn code(self) -> &'static str {
        match self {
            Self::State { .. } => "wrong_state",
            Self::AlreadyRated { .. } => "already_done",
        }
    }

    /// The state the appeal is in.
    pub const fn state(self) -> StateKind {
        match self {
            Self::State { state, .. } | Self::AlreadyRated { state } => state,
        }
    }
}

impl State {
    /// The state without its facts.
    pub const fn kind(&self) -> StateKind {
        match self {
            Self::New => StateKind::New,
            Self::Accepted { .. } => StateKind::Accepted,
            Self::InWork { .. } => StateKind::InWork,
            Self::WaitingForResident { .. } => StateKind::WaitingForResident,
            Self::Answered(_) => StateKind::Answered,
            Self::Confirmed { .. } => StateKind::Confirmed,
            Self::Contested { .. } => StateKind::Contested,
            Self::ClosedSilent { .. } => StateKind::ClosedSilent,
            Self::Refused { .. } => StateKind::Refused,
            Self::Withdrawn { .. } => StateKind::Withdrawn,
            Self::Merged { .. } => StateKind::Merged,
        }
    }

    /// The final answer of the present cycle: none once it is contested.
    pub const fn answer(&self) -> Option<&FinalAnswer> {
        match self {
            Self::Answered(answer) | Self::Confirmed { answer, .. } | Self::ClosedSilent { answer, .. } => {
                Some(answer)
            }
            _ => None,
        }
    }

    /// The state after `event`.
    ///
    /// # Errors
    /// [`WrongState`] when the event cannot happen in this state.
    pub fn after(self, event: &Event) -> Result<Self, WrongState> {
        let Event { at, fact } = event;
        let at = *at;
        let kind = self.kind();
        match (self, fact) {
            (Self::New, Fact::Accepted { .. } | Fact::Assigned { .. }) => Ok(Self::Accepted { at }),
            (state, Fact::Assigned { .. }) if kind.is_open() => Ok(state),
            (Self::Accepted { .. }, Fact::Released { .. }) => Ok(Self::New),
            (state, Fact::Released { .. }) if kind.is_open() => Ok(state),
            (_, Fact::Transferred { .. }) if kind.is_open() => Ok(Self::New),
            (state, Fact::Messaged { by, .. }) if !kind.takes_nothing() => Ok(state.after_message(*by, at)),
            (_, Fact::Asked { by, .. }) if kind.is_open() => {
                Ok(Self::WaitingForResident { asked_by: *by, at })
            }
            (_, Fact::Answered { by, outcome, .. }) if kind.is_open() => {
                Ok(Self::Answered(FinalAnswer { by: *by, at, outcome: *outcome, rating: None }))
            }
            (_, Fact::Refused { by, reason, .. }) if kind.is_open() => {
                Ok(Self::Refused { by: *by, at, reason: reason.clone() })
            }
            (_, Fact::Merged { into, .. }) if kind.is_open() => Ok(Self::Merged { into: *into, at }),
            (_, Fact::Withdrawn) if kind.is_open() && kind != StateKind::Contested => {
                Ok(Self::Withdrawn { at })
            }
            (Self::Answered(answer), Fact::Confirmed) => Ok(Self::Confirmed { answer, at }),
            (Self::Answered(answer), Fact::ClosedSilently) => Ok(Self::ClosedSilent { answer, at }),
            (Self::Answered(answer) | Self::ClosedSilent { answer, .. }, Fact::Contested { .. }) => {
                Ok(Self::Contested { answer, at })
            }
            (Self::Answered(answer), Fact::Rated { score, .. }) => {
                Ok(Self::Answered(answer.rated(*score, kind)?))
            }
            (Self::Confirmed { answer, at }, Fact::Rated { score, .. }) => {
                Ok(Self::Confirmed { answer: answer.rated(*score, kind)?, at })
            }
            (_, fact) => Err(WrongState::State { state: kind, act: fact.act() }),
        }
    }

    /// A message moves an appeal towards work and never back: "thank you" after the answer reopens nothing, and a
    /// ready-made text is nobody's work.
    fn after_message(self, by: Writer, at: Moment) -> Self {
        match (self, by) {
            (Self::New | Self::Accepted { .. } | Self::Contested { .. }, Writer::Staff(_))
            | (Self::WaitingForResident { .. }, Writer::Resident) => Self::InWork { at },
            (state, _) => state,
        }
    }
}

impl FinalAnswer {
    fn rated(self, score: Score, state: StateKind) -> Result<Self, WrongState> {
        match self.rating {
            Some(_) => Err(WrongState::AlreadyRated { state }),
            None => Ok(Self { rating: Some(score), ..self }),
        }
    }
}
