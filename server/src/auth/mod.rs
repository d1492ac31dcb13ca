//! Proofs of who somebody is: passwords, tokens, digests of codes, and the secrets behind them. Knows no store and no HTTP.

pub mod digest;
pub mod heads;
pub mod password;
pub mod second_factor;
pub mod secrets;
pub mod token;
