//! Proofs of who somebody is: passwords, tokens, digests of codes, and the secrets behind them. Knows no store and no HTTP.

pub mod digest;
pub mod password;
pub mod secrets;
pub mod token;
