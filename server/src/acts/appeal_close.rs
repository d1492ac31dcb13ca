//! What the author does with an appeal: confirm or contest the final answer, rate it, take the appeal back. That
//! silence closes one, `clock_due` knows.

use domain::actor::Person;
use domain::appeal::event::Fact;
use domain::appeal::outcome::Score;
use domain::pii;
use domain::policy::Act;
use domain::text::clean;

use crate::acts::Acts;
use crate::acts::appeal::Held;
use crate::acts::error::{ActError, ActResult};
use crate::acts::hide::parse_reason;

/// The longest comment on a rating, in characters.
const LONGEST_COMMENT: usize = 1000;

impl Acts {
    /// Confirms the final answer.
    ///
    /// # Errors
    /// Any [`ActError`].
    pub async fn confirm_answer(&self, person: &Person, id: &str) -> ActResult<()> {
        self.close(person, Act::ConfirmAnswer, id, "appeal.confirm", Fact::Confirmed).await
    }

    /// Contests the final answer; the next cycle begins.
    ///
    /// # Errors
    /// Any [`ActError`].
    pub async fn contest_answer(&self, person: &Person, id: &str, reason: &str) -> ActResult<()> {
        let reason = pii::mask(&parse_reason(reason)?);
        self.close(person, Act::ContestAnswer, id, "appeal.contest", Fact::Contested { reason }).await
    }

    /// Rates the final answer, once.
    ///
    /// # Errors
    /// [`ActError::Invalid`] for a score that is none; [`ActError::AlreadyDone`] for a second one; any other
    /// [`ActError`].
    pub async fn rate_answer(
        &self,
        person: &Person,
        id: &str,
        score: i64,
        comment: Option<&str>,
    ) -> ActResult<()> {
        let score = u8::try_from(score).ok().and_then(|score| Score::try_from(score).ok());
        let score =
            score.ok_or_else(|| ActError::invalid("score", "out_of_range", "a score is 1, 2, 3, 4 or 5"))?;
        let comment = comment.map(clean).filter(|comment| !comment.is_empty());
        if comment.as_ref().is_some_and(|comment| comment.chars().count() > LONGEST_COMMENT) {
            return Err(ActError::invalid("comment", "too_long", "a comment has at most 1000 characters"));
        }
        let comment = comment.map(|comment| pii::mask(&comment));
        self.close(person, Act::RateAnswer, id, "appeal.rate", Fact::Rated { score, comment }).await
    }

    /// Takes an appeal back.
    ///
    /// # Errors
    /// Any [`ActError`].
    pub async fn withdraw_appeal(&self, person: &Person, id: &str) -> ActResult<()> {
        self.close(person, Act::WithdrawAppeal, id, "appeal.withdraw", Fact::Withdrawn).await
    }

    async fn close(
        &self,
        person: &Person,
        gate: Act,
        id: &str,
        act: &'static str,
        fact: Fact,
    ) -> ActResult<()> {
        let done = self.work(person, gate, id, act, "", |held: &mut Held| held.happen(fact)).await;
        self.judged(person, act, id, done).await
    }
}
