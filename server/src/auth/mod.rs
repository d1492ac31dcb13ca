//! Proofs of who somebody is: passwords, tokens and the secrets behind them. Knows no store and no HTTP.

pub mod password;
pub mod secrets;
pub mod token;
