//! What travels between the server and its clients. Serde shapes alone: no behaviour, no framework. Ids and
//! instants are strings here, since clients treat both as opaque; `domain` gives the enumerations.
//!
//! The TypeScript twin of this crate is `web/wire/generated.ts`, the JSON Schema of the socket is
//! `web/wire/socket.schema.json`; `tests/artefacts.rs` writes both and fails when they are stale.
#![deny(missing_docs)]

pub mod appeal;
pub mod appeal_act;
pub mod audit;
pub mod close;
pub mod figures;
pub mod frame;
pub mod grant;
pub mod message;
pub mod notice;
pub mod page;
pub mod person;
pub mod problem;
pub mod region;
pub mod room;
pub mod roster;
pub mod session;
pub mod typescript;
pub mod verification;
