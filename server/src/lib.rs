//! The server of a medchat. Imports go one way: config, observe ← auth ← vault ← live ← acts ← http | socket | ticker
//! ← app ← main; `tests/layers.rs` holds the table and fails on an arrow the other way.

pub mod acts;
pub mod app;
pub mod auth;
pub mod config;
pub mod http;
pub mod lines;
pub mod live;
pub mod observe;
pub mod open_files;
pub mod serve;
pub mod socket;
pub mod texts;
pub mod ticker;
pub mod vault;
