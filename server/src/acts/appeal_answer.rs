//! What is said in an appeal: messages of either side, a question to the author, the final answer. One way for all
//! three: choose the lane, refuse what was written without seeing a colleague's words, append, let it happen.

use domain::actor::Person;
use domain::appeal::event::{Employee, Fact, Writer};
use domain::appeal::lane::{Lane, Placement};
use domain::appeal::outcome::Outcome;
use domain::author::Author;
use domain::feed::{Body, Feed};
use domain::id::EntryId;
use domain::message::{Cid, Message};
use domain::policy::Act;
use store::cid::Fate;
use store::feed::Draft;

use crate::acts::Acts;
use crate::acts::appeal::{Deed, Held, author_of};
use crate::acts::error::{ActError, ActResult};
use crate::acts::post::{Landed, landed, parse_cid, parse_text};

/// How many missing entries a refused sender is shown.
const SHOWN: u32 = 100;

/// A text for an appeal, as sent.
#[derive(Debug, Clone)]
pub struct Letter {
    /// The appeal's id.
    pub appeal: String,
    /// The lane asked for.
    pub lane: Option<Lane>,
    /// The text.
    pub text: String,
    /// Staff: the lane's head they last saw.
    pub seen: Option<u64>,
}

/// What a letter is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Purpose {
    Message,
    Question,
    FinalAnswer(Outcome),
}

/// Who writes a letter.
enum Hand {
    Author,
    Staff(Employee),
}

impl Acts {
    /// Writes a message in an appeal; answers when it is durable.
    ///
    /// # Errors
    /// [`ActError::StaleView`] when staff have written what the sender has not seen; any other [`ActError`].
    pub async fn write_to_appeal(&self, person: &Person, cid: &str, letter: Letter) -> ActResult<Landed> {
        let done = self.deliver(person, Purpose::Message, Some(cid), &letter).await;
        self.judged(person, Purpose::Message.deed(), &letter.appeal, done).await
    }

    /// Asks the author something; the final answer's clock waits for the reply.
    ///
    /// # Errors
    /// As [`Acts::write_to_appeal`].
    pub async fn ask_resident(&self, person: &Person, letter: Letter) -> ActResult<()> {
        let done = self.deliver(person, Purpose::Question, None, &letter).await;
        self.judged(person, Purpose::Question.deed(), &letter.appeal, done).await.map(|_| ())
    }

    /// Gives the final answer.
    ///
    /// # Errors
    /// As [`Acts::write_to_appeal`].
    pub async fn answer_finally(&self, person: &Person, letter: Letter, outcome: Outcome) -> ActResult<()> {
        let purpose = Purpose::FinalAnswer(outcome);
        let done = self.deliver(person, purpose, None, &letter).await;
        self.judged(person, purpose.deed(), &letter.appeal, done).await.map(|_| ())
    }

    async fn deliver(
        &self,
        person: &Person,
        purpose: Purpose,
        cid: Option<&str>,
        letter: &Letter,
    ) -> ActResult<Landed> {
        self.limits.post(person.account)?;
        let text = parse_text(&letter.text)?;
        let cid = cid.map(parse_cid).transpose()?;
        let placement = Placement::of(text.as_str(), letter.lane);
        if placement != Placement::Public {
            // The key is durable before the transaction that first uses it.
            let (row, _) = self.appeal_row(&letter.appeal).await?;
            self.vault.prepare(row.author).await?;
        }
        let mut held = self.hold(person, purpose.gate(), &letter.appeal).await?;
        let attempt = cid.map(|cid| (cid, self.digest(letter)));
        if let Some(earlier) = earlier(&mut held, person, attempt.as_ref()).await? {
            return Ok(earlier);
        }
        let hand = self.hand(person, &mut held, &placement, letter).await?;
        let entry = self.sources.id();
        let author = self.author_in(&held, person, &hand).await?;
        self.put(&mut held, &placement, text.as_str(), entry, author, attempt).await?;
        held.happen(purpose.fact(hand, &placement, entry)?)?;
        let deed = Deed { by: Some(person.account), act: purpose.deed(), reason: "" };
        let first = self.finish(held, deed).await?.into_iter().next();
        landed(first.unwrap_or(store::feed::Outcome::Conflict))
    }

    /// The digest of a letter, as it was sent.
    fn digest(&self, letter: &Letter) -> String {
        let lane = letter.lane.map_or("", Lane::word);
        self.digests.of(&["appeal", &letter.appeal, lane, &letter.text])
    }

    /// Who writes, after whatever forbids this one to write now.
    async fn hand(
        &self,
        person: &Person,
        held: &mut Held,
        placement: &Placement,
        letter: &Letter,
    ) -> ActResult<Hand> {
        if person.account == held.row.author {
            return self.closed_to(person, &held.room).map_or(Ok(Hand::Author), Err);
        }
        let employee = held.employee(person)?;
        let feed = Feed::Appeal(held.row.id, placement.lane());
        let last = store::entry::last_of_staff(&mut held.unit.tx, feed).await?;
        match (letter.seen, last) {
            (Some(seen), Some(last)) if last > seen => {
                let entries = store::entry::after_in(&mut held.unit.tx, feed, seen, SHOWN).await?;
                let entries = self.vault.reveal(entries).await?;
                let missing = entries.into_iter().filter_map(|entry| Message::fold(entry, [].iter()));
                Err(ActError::StaleView(missing.collect()))
            }
            _ => Ok(Hand::Staff(employee)),
        }
    }

    /// The writer as readers will see them.
    async fn author_in(&self, held: &Held, person: &Person, hand: &Hand) -> ActResult<Author> {
        match hand {
            Hand::Author => Ok(author_of(&held.row)),
            Hand::Staff(employee) => {
                let signature = self.signature_for(person, Some(employee.organisation)).await?;
                let (account, kind, alias) = (person.account, person.kind, person.alias.clone());
                Ok(Author { account, kind, alias, signature })
            }
        }
    }

    /// Puts a text where it belongs: one entry or, where its personal data was masked, one in each lane.
    pub(crate) async fn put(
        &self,
        held: &mut Held,
        placement: &Placement,
        text: &str,
        entry: EntryId,
        author: Author,
        attempt: Option<(Cid, String)>,
    ) -> ActResult<()> {
        let id = held.row.id;
        let public = |text: &str| Body::Message { text: Some(text.to_owned()) };
        let feed = Feed::Appeal(id, placement.lane());
        let body = match placement {
            Placement::Public => public(text),
            Placement::Both { masked } => public(masked),
            Placement::Private => Body::Sealed(self.vault.seal(held.row.author, feed, entry, text).await?),
        };
        held.write(Draft { feed, id: entry, author: author.clone(), body, attempt });
        held.row.has_private |= *placement != Placement::Public;
        if matches!(placement, Placement::Both { .. }) {
            self.put_privately(held, text, author).await?;
        }
        Ok(())
    }

    /// Puts a text into the private lane, sealed with the author's key.
    pub(crate) async fn put_privately(&self, held: &mut Held, text: &str, author: Author) -> ActResult<()> {
        let (feed, id) = (Feed::Appeal(held.row.id, Lane::Private), self.sources.id());
        let body = Body::Sealed(self.vault.seal(held.row.author, feed, id, text).await?);
        held.write(Draft { feed, id, author, body, attempt: None });
        held.row.has_private = true;
        Ok(())
    }
}

impl Purpose {
    const fn gate(self) -> Act {
        match self {
            Self::Message => Act::WriteToAppeal,
            Self::Question => Act::AskResident,
            Self::FinalAnswer(_) => Act::AnswerFinally,
        }
    }

    const fn deed(self) -> &'static str {
        match self {
            Self::Message => "appeal.message",
            Self::Question => "appeal.ask",
            Self::FinalAnswer(_) => "appeal.final_answer",
        }
    }

    fn fact(self, hand: Hand, placement: &Placement, entry: EntryId) -> ActResult<Fact> {
        let (lane, personal) = (placement.lane(), *placement != Placement::Public);
        Ok(match (self, hand) {
            (Self::Message, Hand::Author) => Fact::Messaged { by: Writer::Resident, lane, entry, personal },
            (Self::Message, Hand::Staff(by)) => {
                Fact::Messaged { by: Writer::Staff(by), lane, entry, personal }
            }
            (Self::Question, Hand::Staff(by)) => Fact::Asked { by, lane, entry },
            (Self::FinalAnswer(outcome), Hand::Staff(by)) => Fact::Answered { by, outcome, lane, entry },
            // The gate lets no author pass here.
            (_, Hand::Author) => return Err(domain::policy::Denied::NotAllowed.into()),
        })
    }
}

/// What the same try with the same content had made before, if it had.
async fn earlier(
    held: &mut Held,
    person: &Person,
    attempt: Option<&(Cid, String)>,
) -> ActResult<Option<Landed>> {
    let Some((cid, digest)) = attempt else { return Ok(None) };
    match store::cid::find(&mut held.unit.tx, person.account, cid).await? {
        None => Ok(None),
        Some(Fate::Written { digest: before, written }) if before == *digest => {
            Ok(Some(Landed { written, fresh: false }))
        }
        Some(_) => Err(ActError::CidConflict),
    }
}
