//! All SQL, and nothing but SQL. Two engines, one text: [`engine`] is the seam, every other file holds the
//! statements of one noun. Nothing here decides who may do what or asks for the current time.
//!
//! Reads take a [`Store`], writes take a [`Tx`]; whoever begins a [`Tx`] commits it.
#![deny(missing_docs)]

pub mod account;
pub mod answer;
pub mod appeal;
pub mod audit;
pub mod audit_chain;
pub mod catalogue;
pub mod cid;
pub mod clinic;
mod condition;
pub mod cycle;
pub mod data_key;
pub mod desk_code;
pub mod due;
pub mod engine;
pub mod entry;
pub mod error;
pub mod fact;
pub mod feed;
pub mod grant;
pub mod member;
pub mod migrate;
pub mod population;
pub mod queue;
pub mod read_cursor;
mod row;
pub mod second_factor;
pub mod session;
mod share;
pub mod shift;
pub mod taking;
#[cfg(feature = "testing")]
pub mod testing;

pub use engine::{Address, KEYS_SCHEMA, Store, Tx};
pub use error::{StoreError, StoreResult};
