//! What happens when the time of something has come: a step of the ladder is told to whom it concerns, silence closes
//! an appeal. Each happens exactly once, whatever number of nodes looks, however often one is killed, however the
//! machine's clock jumps: it is marked in the transaction that does it, and the log is folded afresh before.

use domain::appeal::event::Fact;
use domain::appeal::routing::desks;
use domain::feed::{Body, Feed};
use domain::grant::{Role, Scope};
use domain::id::{AccountId, AppealId, OrganisationId};
use domain::notice::Notice;
use domain::sla::clock::{self, Clock};
use domain::sla::ladder::{Addressee, Step};
use store::due::{Due, What};
use store::feed::Draft;

use crate::acts::Acts;
use crate::acts::appeal::{Deed, Held, author_of, dues};
use crate::acts::error::ActResult;

/// How many a node takes at once.
const AT_ONCE: u32 = 100;
/// How long nobody else looks at what a node has taken, in milliseconds: a node that dies leaves it for so long.
const LEASE: i64 = 30_000;

impl Acts {
    /// Does what has fallen due; gives how many there were.
    ///
    /// # Errors
    /// Those of the store, when nothing could be looked for. What fails alone is logged and tried again.
    pub async fn ring(&self) -> ActResult<usize> {
        let mut unit = self.writer.begin_as_operator().await?;
        let until = unit.now.plus_millis(LEASE);
        let now = unit.now;
        let taken = store::due::claim(&mut unit.tx, now, until, AT_ONCE).await?;
        unit.commit().await?;
        for due in &taken {
            if let Err(error) = self.ring_one(due).await {
                tracing::warn!(appeal.id = %due.appeal, error = %error, "what is due could not be done yet");
            }
        }
        Ok(taken.len())
    }

    async fn ring_one(&self, due: &Due) -> ActResult<()> {
        let Some(mut held) = self.hold_for_server(due.appeal).await? else { return Ok(()) };
        let clocks = clock::clocks(&held.events, &held.room.opening, &held.room.targets)?;
        if !dues(held.row.id, &held.appeal, &clocks, &held.room)?.contains(due) {
            // The row is older than the log or the hours. To fire it would lose the step for ever.
            self.recount_held(held, &clocks).await?;
            return Ok(());
        }
        let now = held.unit.now;
        if !store::due::fire(&mut held.unit.tx, due, now).await? {
            return Ok(());
        }
        match due.what {
            What::Silence { .. } => self.close_silently(held).await,
            What::Step { clock: kind, cycle, step } => {
                let clock = clocks.iter().find(|clock| clock.kind == kind && clock.cycle == cycle);
                let Some(clock) = clock else { return Ok(()) };
                self.take_step(held, clock, step).await
            }
        }
    }

    async fn close_silently(&self, mut held: Held) -> ActResult<()> {
        held.happen(Fact::ClosedSilently)?;
        let deed = Deed { by: None, act: "appeal.close_silently", reason: "" };
        self.finish(held, deed).await?;
        Ok(())
    }

    async fn take_step(&self, mut held: Held, clock: &Clock, step: Step) -> ActResult<()> {
        let notice = notice(&held, clock, step);
        let serving = &held.room.room.organisations;
        let owing = desks(held.appeal.owner().as_ref(), serving).to_vec();
        let mut feeds: Vec<Feed> = owing.iter().copied().map(Feed::Desk).collect();
        feeds.extend(self.told(&held, &owing, step).await?.into_iter().map(Feed::Person));
        if step == Step::Full {
            feeds.push(Feed::Person(held.row.author));
        }
        for feed in feeds {
            let (id, author) = (self.sources.id(), author_of(&held.row));
            let body = Body::Notice(Box::new(notice.clone()));
            held.write(Draft { feed, id, author, body, attempt: None });
        }
        let (kind, percent) = (clock.kind.word(), step.percent());
        let reason = format!("{kind} {} {percent} %", clock.cycle);
        self.finish(held, Deed { by: None, act: "appeal.clock_due", reason: &reason }).await?;
        metrics::counter!("medchat_clock_steps_total", "clock" => kind, "percent" => percent.to_string())
            .increment(1);
        Ok(())
    }

    /// The people a step is told to, each once.
    async fn told(&self, held: &Held, owing: &[OrganisationId], step: Step) -> ActResult<Vec<AccountId>> {
        let now = held.unit.now;
        let mut told = Vec::new();
        for addressee in step.addressees() {
            match addressee {
                Addressee::Assignee => told.extend(held.appeal.assignee().map(|employee| employee.account)),
                Addressee::Holder(Role::Curator) => {
                    let region = Scope::Region(held.row.region.clone());
                    told.extend(store::grant::holders(&self.store, Role::Curator, &region, now).await?);
                }
                Addressee::Holder(role) => {
                    for organisation in owing {
                        let scope = Scope::Organisation(*organisation);
                        told.extend(store::grant::holders(&self.store, *role, &scope, now).await?);
                    }
                }
            }
        }
        told.sort_unstable();
        told.dedup();
        Ok(told)
    }

    /// Counts again what falls due for all open appeals: after a change of calendars, hours or targets. A promise that
    /// moved leaves its old value in the audit.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn recount(&self) -> ActResult<usize> {
        let (mut after, mut moved) = (None, 0);
        loop {
            let page = store::appeal::open_of(&self.store, after, AT_ONCE).await?;
            let Some(last) = page.last() else { return Ok(moved) };
            after = Some(*last);
            for id in &page {
                moved += usize::from(self.recount_one(*id).await?);
            }
        }
    }

    async fn recount_one(&self, id: AppealId) -> ActResult<bool> {
        let Some(held) = self.hold_for_server(id).await? else { return Ok(false) };
        let clocks = clock::clocks(&held.events, &held.room.opening, &held.room.targets)?;
        self.recount_held(held, &clocks).await
    }

    async fn recount_held(&self, mut held: Held, clocks: &[Clock]) -> ActResult<bool> {
        let before = held.row.due_at;
        let running = clocks.iter().filter(|clock| clock.is_running());
        let after = running.map(|clock| clock.due_at).min();
        if before == after {
            // Steps before and after that moment may be due at others.
            held.keep(clocks).await?;
            held.unit.commit().await?;
            return Ok(false);
        }
        let shown = |at: Option<domain::moment::Moment>| at.map_or_else(|| "none".into(), |at| at.rfc3339());
        let reason = format!("due {} before, {} now", shown(before), shown(after));
        self.finish(held, Deed { by: None, act: "appeal.recount", reason: &reason }).await?;
        Ok(true)
    }

    /// Counts again when calendars or settings are others than at the last count.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn recount_when_changed(&self) -> ActResult<()> {
        const FACT: &str = "counted by";
        let now = self.catalogue().fingerprint().to_owned();
        if store::fact::find(&self.store, FACT).await?.as_deref() == Some(&now) {
            return Ok(());
        }
        let moved = self.recount().await?;
        let mut unit = self.writer.begin_as_operator().await?;
        store::fact::set(&mut unit.tx, FACT, &now).await?;
        unit.commit().await?;
        if moved > 0 {
            tracing::info!(
                appeals = moved,
                "promises were counted again after a change of calendars or settings"
            );
        }
        Ok(())
    }
}

fn notice(held: &Held, clock: &Clock, step: Step) -> Notice {
    let role = |addressee: &Addressee| match addressee {
        Addressee::Assignee => None,
        Addressee::Holder(role) => Some(*role),
    };
    Notice {
        appeal: held.row.id,
        number: held.row.number,
        clock: clock.kind,
        cycle: clock.cycle,
        step,
        due_at: clock.due_at,
        told: step.addressees().iter().filter_map(role).collect(),
    }
}
