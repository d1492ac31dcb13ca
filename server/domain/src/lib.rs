//! Values and rules of a medchat. Pure: no IO, no async, no clock, no randomness, no SQL, no JSON shapes.
//!
//! Reading order: `id`, `moment`, `source` (what is handed in) → `region`, `subject`, `territory`, `room`, `person`
//! (who and where) → `grant`, `actor`, `policy` (who may what) → `feed`, `message`, `pii` (what is said) → `appeal`,
//! `sla`, `roster` (what is owed, by whom and until when) → `figures` (how well it was kept).
//!
//! | Russian | here |
//! |---|---|
//! | субъект РФ | [`subject::Subject`], as a customer [`region::Region`] |
//! | медицинский округ, муниципальное образование | [`territory`] |
//! | медчат, комната | [`room::Room`] |
//! | житель / представитель медорганизации | [`actor::Kind`] |
//! | назначение | [`grant::Grant`] |
//! | код приглашения | [`invitation`] |
//! | код из регистратуры | [`desk_code`] |
//! | время приёма | [`sla::calendar`] |
//! | рабочее время | [`sla::working`] |
//! | обращение | [`appeal::Appeal`] |
//! | финальный ответ | [`appeal::state::FinalAnswer`] |
//! | открытая часть / закрытая часть | [`appeal::lane::Lane`] |
//! | персональные данные | [`pii`] |
//! | журнал действий | [`audit`] |
//! | перечень вопросов | [`topic::TopicPolicy`] |
#![deny(missing_docs)]

pub mod actor;
pub mod appeal;
pub mod audit;
pub mod author;
pub mod desk_code;
pub mod event;
pub mod feed;
pub mod figures;
pub mod grant;
pub mod guard;
pub mod id;
pub mod invitation;
pub mod link;
pub mod message;
pub mod moment;
pub mod notice;
pub mod person;
pub mod pii;
pub mod policy;
pub mod region;
pub mod region_file;
pub mod room;
pub mod roster;
pub mod sla;
pub mod source;
pub mod subject;
pub mod territory;
pub mod text;
pub mod topic;
pub mod verification;

mod damm;
mod reserved;
