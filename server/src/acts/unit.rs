//! The unit of work: one transaction, its audit rows and the events that leave when it is committed. The only
//! place that begins a transaction or announces; an announcement before the commit cannot be written.

use domain::audit::Row;
use domain::event::{Event, Taken, Taking};
use domain::feed::Entry;
use domain::id::AccountId;
use domain::moment::Moment;
use domain::policy::Admitted;
use domain::source::Sources;
use store::entry::Written;
use store::feed::{Draft, Outcome};
use store::{Store, StoreResult, Tx};

use crate::live::bus::Bus;

/// Begins units of work.
#[derive(Clone)]
pub struct Writer {
    store: Store,
    bus: Bus,
    sources: Sources,
}

/// A unit of work.
pub struct Unit {
    /// The transaction, for statements of the store.
    pub tx: Tx,
    /// The moment of the act.
    pub now: Moment,
    events: Vec<Event>,
    bus: Bus,
    sources: Sources,
}

impl Writer {
    /// A writer of `store` that announces on `bus`.
    pub const fn new(store: Store, bus: Bus, sources: Sources) -> Self {
        Self { store, bus, sources }
    }

    /// Begins the unit of an act that the gate let pass.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn begin(&self, _admitted: Admitted) -> StoreResult<Unit> {
        self.unit().await
    }

    /// Begins a unit of the operator, who holds the files of this server, or of the server itself.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn begin_as_operator(&self) -> StoreResult<Unit> {
        self.unit().await
    }

    async fn unit(&self) -> StoreResult<Unit> {
        Ok(Unit {
            tx: self.store.begin().await?,
            now: self.sources.now(),
            events: Vec::new(),
            bus: self.bus.clone(),
            sources: self.sources.clone(),
        })
    }

    /// Takes note that a right has come to its end by itself. Every node looks for these, so nobody else is told.
    pub fn notice(&self, account: AccountId) {
        self.bus.notice(Taking { id: self.sources.id(), account, what: Taken::Everything });
    }
}

impl Unit {
    /// Appends entries and collects what listeners are to be told of them: of a private feed the number alone.
    ///
    /// # Errors
    /// Those of the store; then nothing may be committed.
    pub async fn append(&mut self, drafts: &[Draft]) -> StoreResult<Vec<Outcome>> {
        let outcomes = store::feed::append(&mut self.tx, self.now, drafts).await?;
        for (draft, outcome) in drafts.iter().zip(&outcomes) {
            if let Outcome::Fresh(written) = outcome {
                self.events.push(told_of(draft, written));
            }
        }
        Ok(outcomes)
    }

    /// Takes a right away: noted for the nodes that will not hear of it, and told after the commit.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn take(&mut self, account: AccountId, what: Taken) -> StoreResult<()> {
        let taking = Taking { id: self.sources.id(), account, what };
        store::taking::add(&mut self.tx, &taking, self.now).await?;
        self.events.push(Event::Taken(taking));
        Ok(())
    }

    /// Collects something to be told after the commit.
    pub fn tell(&mut self, event: Event) {
        self.events.push(event);
    }

    /// Writes an audit row.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn audit(
        &mut self,
        actor: Option<AccountId>,
        act: &str,
        target: impl ToString,
        reason: &str,
    ) -> StoreResult<()> {
        let row = Row {
            id: self.sources.id(),
            at: self.now,
            actor,
            act: act.into(),
            target: target.to_string(),
            reason: reason.into(),
        };
        store::audit::add(&mut self.tx, &row).await
    }

    /// Makes everything durable, then tells.
    ///
    /// # Errors
    /// Those of the store; then nothing was told and nothing may be acknowledged.
    pub async fn commit(self) -> StoreResult<()> {
        self.settle().await?.tell();
        Ok(())
    }

    /// Makes everything durable, for whoever has somebody to answer before all others are told.
    ///
    /// # Errors
    /// Those of the store; then there is nothing to tell and nothing may be acknowledged.
    pub async fn settle(self) -> StoreResult<Settled> {
        if let Err(error) = self.tx.commit().await {
            if error.is_of_the_disk() {
                // After a failed sync nobody knows what is on the disk, and trying again can succeed falsely.
                // Stopping at once is the only honest answer; the next start recovers from the log.
                tracing::error!(error = %error, "the disk failed under a commit: stopping");
                std::process::exit(70);
            }
            return Err(error);
        }
        Ok(Settled { events: self.events, bus: self.bus })
    }
}

/// What is durable, and still to be told.
#[must_use = "those who listen are to be told"]
pub struct Settled {
    events: Vec<Event>,
    bus: Bus,
}

impl Settled {
    /// Tells.
    pub fn tell(self) {
        if !self.events.is_empty() {
            self.bus.announce(&self.events);
        }
    }
}

/// What listeners are told of a fresh entry.
fn told_of(draft: &Draft, written: &Written) -> Event {
    let Written { feed, seq, id, at } = written.clone();
    if feed.is_private() {
        return Event::Raised { feed, seq };
    }
    let entry = Entry { feed, seq, id, at, author: draft.author.clone(), body: draft.body.clone() };
    Event::Appended { entry: Box::new(entry), cid: draft.attempt.as_ref().map(|(cid, _)| cid.to_string()) }
}
