//! The guard: what a message is, and what becomes of it here. A text is brought into one spelling (`normal`), taken apart
//! (`features`, `lexicon`), scored by a linear model (`model`), and decided on by rules and the region's list
//! (`decision`). Pure; personal data is `pii`'s business.

pub mod corpus;
pub mod decision;
pub mod features;
pub mod lexicon;
pub mod model;
pub mod normal;
pub mod signs;

pub use corpus::Label;
pub use decision::{Reason, Triage, Verdict, triage};

#[cfg(test)]
mod tests;
