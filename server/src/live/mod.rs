//! Who is listening, and how what happened reaches them. The store is the truth: whatever is missed here is
//! read from it. Knows no acts, no policy and no HTTP.

pub mod bus;
pub mod desk;
pub mod encode;
pub mod enter;
pub mod envelope;
pub mod feed;
pub mod heads;
pub mod hub;
pub mod local;
pub mod nats;
pub mod outlet;
mod tail;
