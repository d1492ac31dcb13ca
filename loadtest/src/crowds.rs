//! Everybody, in as many processes as the system asks for: starts them, gives orders to all, and watches how
//! things stand.

use std::collections::{BTreeMap, BTreeSet};
use std::process::Stdio;
use std::time::Duration;

use anyhow::{Context as _, bail};
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::process::{Child, ChildStdin, ChildStdout, Command};
use tokio::sync::watch;
use tokio::time::{Instant, sleep, timeout};

use crate::crowd::order::{Begin, Order, Sums, Tick, Word};
use crate::latency::Latencies;
use crate::people::Everybody;
use crate::process::Pid;
use crate::progress;

/// How often things are looked at.
const LOOK: Duration = Duration::from_millis(50);

/// Everybody.
pub struct Crowds(Vec<Crowd>);

struct Crowd {
    /// It ends with this, since its orders end.
    child: Child,
    orders: ChildStdin,
    told: watch::Receiver<Told>,
    people: u64,
}

#[derive(Default)]
struct Told {
    tick: Tick,
    /// The last sums, and how often there were some.
    sums: Option<Box<Sums>>,
    summed: u32,
    ended: bool,
}

/// Everything everybody heard, added up.
pub struct Outcome {
    /// Counts, faults, reasons.
    pub sums: Sums,
    /// Due to delivery.
    pub deliveries: Latencies,
    /// Due to delivery, in rooms reported apart.
    pub apart: Latencies,
    /// Due to delivery, of announcements.
    pub news: Latencies,
    /// Due to acknowledgement.
    pub acks: Latencies,
    /// Cut off to back.
    pub returns: Latencies,
}

impl Crowds {
    /// Starts everybody, dealt out to processes of at most `in_one`.
    ///
    /// # Errors
    /// As [`Crowds::start`].
    pub async fn of(everybody: &Everybody, in_one: u32) -> anyhow::Result<Self> {
        Self::start(everybody.deal(in_one)).await
    }

    /// Starts a process for each.
    ///
    /// # Errors
    /// When one does not start.
    pub async fn start(begins: Vec<Begin>) -> anyhow::Result<Self> {
        let program = std::env::current_exe().context("where this program is")?;
        let mut crowds = Vec::with_capacity(begins.len());
        for begin in begins {
            let mut command = Command::new(&program);
            command.arg("crowd").stdin(Stdio::piped()).stdout(Stdio::piped()).kill_on_drop(true);
            let mut child = command.spawn().context("starting a crowd")?;
            let (Some(orders), Some(words)) = (child.stdin.take(), child.stdout.take()) else {
                bail!("a crowd without a pipe")
            };
            let (tell, told) = watch::channel(Told::default());
            tokio::spawn(listen(words, tell));
            let people = begin.groups.iter().map(|group| u64::from(group.count)).sum();
            let mut crowd = Crowd { child, orders, told, people };
            crowd.order(&Order::Begin(begin)).await?;
            crowds.push(crowd);
        }
        Ok(Self(crowds))
    }

    /// Their processes.
    pub fn pids(&self) -> Vec<Pid> {
        self.0.iter().filter_map(|crowd| crowd.child.id()).collect()
    }

    /// How many people there are.
    pub fn people(&self) -> u64 {
        self.0.iter().map(|crowd| crowd.people).sum()
    }

    /// Gives an order to all.
    ///
    /// # Errors
    /// When a process is gone.
    pub async fn order(&mut self, order: &Order) -> anyhow::Result<()> {
        for crowd in &mut self.0 {
            crowd.order(order).await?;
        }
        Ok(())
    }

    /// Gives an order to one.
    ///
    /// # Errors
    /// When there is no such process, or it is gone.
    pub async fn order_one(&mut self, which: usize, order: &Order) -> anyhow::Result<()> {
        self.0.get_mut(which).context("there is no such crowd")?.order(order).await
    }

    /// How many people each process holds.
    pub fn sizes(&self) -> Vec<u32> {
        self.0.iter().map(|crowd| u32::try_from(crowd.people).unwrap_or(u32::MAX)).collect()
    }

    /// How things stand.
    ///
    /// # Errors
    /// When a process is gone.
    pub fn tick(&self) -> anyhow::Result<Tick> {
        self.teller().tick()
    }

    /// Tells how things stand to somebody else.
    pub fn teller(&self) -> Teller {
        Teller(self.0.iter().map(|crowd| crowd.told.clone()).collect())
    }

    /// Waits until things stand as wished, with a bar; `false` when patience ends first.
    ///
    /// # Errors
    /// When a process is gone.
    pub async fn until(
        &self,
        what: &'static str,
        length: u64,
        patience: Duration,
        done: impl Fn(&Tick) -> u64,
    ) -> anyhow::Result<bool> {
        let bar = progress::bar(what, length);
        let end = Instant::now() + patience;
        loop {
            let reached = done(&self.tick()?);
            bar.set_position(reached.min(length));
            if reached >= length || Instant::now() >= end {
                bar.finish_and_clear();
                return Ok(reached >= length);
            }
            sleep(LOOK).await;
        }
    }

    /// Opens everybody's socket, so many at once in each process.
    ///
    /// # Errors
    /// When not everybody is here in time.
    pub async fn open(&mut self, at_once: u32, patience: Duration) -> anyhow::Result<Duration> {
        let from = Instant::now();
        self.order(&Order::Open { at_once }).await?;
        if !self.until("sockets", self.people(), patience, |tick| tick.here).await? {
            let sums = self.finish(BTreeMap::new(), Duration::ZERO).await?.sums;
            bail!("{} of {} are here after {patience:?}: {:?}", sums.tick.here, self.people(), sums.cut);
        }
        Ok(from.elapsed())
    }

    /// Waits until everybody heard everything, or patience ends, and adds up. Feeds end where posts were
    /// acknowledged last, or further where `heads` says so.
    ///
    /// # Errors
    /// When a process is gone.
    pub async fn finish(
        &mut self,
        heads: BTreeMap<String, u64>,
        patience: Duration,
    ) -> anyhow::Result<Outcome> {
        let first = self.sums(&BTreeMap::new(), Duration::ZERO).await?;
        let mut all = heads;
        for (feed, span) in first.iter().flat_map(|sums| &sums.acked) {
            let known = all.entry(feed.clone()).or_default();
            *known = span.last.max(*known);
        }
        Outcome::of(self.sums(&all, patience).await?)
    }

    async fn sums(&mut self, heads: &BTreeMap<String, u64>, patience: Duration) -> anyhow::Result<Vec<Sums>> {
        let before: Vec<u32> = self.0.iter().map(|crowd| crowd.told.borrow().summed).collect();
        let millis = u64::try_from(patience.as_millis()).unwrap_or(u64::MAX);
        self.order(&Order::Await { heads: heads.clone(), patience: millis }).await?;
        let mut all = Vec::with_capacity(self.0.len());
        for (crowd, before) in self.0.iter_mut().zip(before) {
            let next = crowd.told.wait_for(|told| told.summed > before);
            let told = timeout(patience + Duration::from_secs(60), next).await;
            let told = told.context("a crowd that does not add up")?.context("a crowd that is gone")?;
            all.extend(told.sums.as_deref().cloned());
        }
        Ok(all)
    }
}

/// Tells how things stand.
pub struct Teller(Vec<watch::Receiver<Told>>);

impl Teller {
    /// How things stand.
    ///
    /// # Errors
    /// When a process is gone.
    pub fn tick(&self) -> anyhow::Result<Tick> {
        let mut sum = Tick::default();
        for told in &self.0 {
            let told = told.borrow();
            if told.ended {
                bail!("a process with a part of the crowd has ended");
            }
            sum += told.tick;
        }
        Ok(sum)
    }
}

impl Crowd {
    async fn order(&mut self, order: &Order) -> anyhow::Result<()> {
        let mut line = serde_json::to_vec(order)?;
        line.push(b'\n');
        self.orders.write_all(&line).await.context("a process with a part of the crowd is gone")
    }
}

async fn listen(words: ChildStdout, tell: watch::Sender<Told>) {
    let mut lines = BufReader::new(words).lines();
    while let Ok(Some(line)) = lines.next_line().await {
        match serde_json::from_str(&line) {
            Ok(Word::Tick(tick)) => tell.send_modify(|told| told.tick = tick),
            Ok(Word::Sums(sums)) => tell.send_modify(|told| {
                told.sums = Some(sums);
                told.summed += 1;
            }),
            Err(_) => break,
        }
    }
    tell.send_modify(|told| told.ended = true);
}

impl Outcome {
    /// Where each feed ended for those who posted in it.
    pub fn heads(&self) -> BTreeMap<String, u64> {
        self.sums.acked.iter().map(|(feed, span)| (feed.clone(), span.last)).collect()
    }

    /// Adds up. A post that has one number in one process and another in another is a fault of its own.
    fn of(all: Vec<Sums>) -> anyhow::Result<Self> {
        let (mut deliveries, mut apart) = (Latencies::new()?, Latencies::new()?);
        let (mut acks, mut returns, mut news) = (Latencies::new()?, Latencies::new()?, Latencies::new()?);
        let mut sums = Sums::default();
        for part in all {
            deliveries.add(&part.deliveries);
            apart.add(&part.apart);
            news.add(&part.news);
            acks.add(&part.acks);
            returns.add(&part.returns);
            sums.tick += part.tick;
            sums.faults += part.faults;
            add(&mut sums.refused, part.refused);
            add(&mut sums.cut, part.cut);
            sums.numbers.extend(part.numbers);
            for (feed, span) in part.acked {
                sums.acked.entry(feed).and_modify(|known| *known = known.with(span)).or_insert(span);
            }
        }
        let pairs: BTreeSet<(u32, u64)> = sums.numbers.drain(..).collect();
        let posts: BTreeSet<u32> = pairs.iter().map(|(index, _)| *index).collect();
        sums.faults.renumbered += (pairs.len() - posts.len()) as u64;
        sums.numbers = pairs.into_iter().collect();
        Ok(Self { sums, deliveries, apart, news, acks, returns })
    }
}

fn add(sum: &mut BTreeMap<String, u64>, part: BTreeMap<String, u64>) {
    for (key, count) in part {
        *sum.entry(key).or_default() += count;
    }
}

impl std::ops::AddAssign for Tick {
    fn add_assign(&mut self, other: Self) {
        let Self { here, heard, sent, acked, refused, back, cut } = other;
        self.here += here;
        self.heard += heard;
        self.sent += sent;
        self.acked += acked;
        self.refused += refused;
        self.back += back;
        self.cut += cut;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_numbers_for_one_post_in_two_processes_are_found() {
        let sums = |numbers: &[(u32, u64)]| Sums { numbers: numbers.to_vec(), ..Sums::default() };
        let good = Outcome::of(vec![sums(&[(1, 5), (2, 6)]), sums(&[(2, 6)])]).unwrap();
        assert!(good.sums.faults.is_empty());
        let bad = Outcome::of(vec![sums(&[(1, 5)]), sums(&[(1, 6)])]).unwrap();
        assert_eq!(bad.sums.faults.renumbered, 1);
    }
}
