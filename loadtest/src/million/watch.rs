//! Watches a run: who is here, what is heard, and whose memory grows, every two seconds.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::task::JoinHandle;
use tokio::time::{Instant, sleep};

use crate::crowd::order::Tick;
use crate::crowds::Teller;
use crate::million::MEMORY;
use crate::process::{self, Pid};
use crate::report::{Figure, Goal, Plot, Report, Series};

/// How often it looks. Reading `/proc` of a hundred processes costs memory of the kernel itself.
const EVERY: Duration = Duration::from_secs(2);
const GIGABYTE: f64 = 1e9;

/// Memory in bytes.
#[derive(Debug, Clone, Copy, Default)]
struct Memory {
    nodes: u64,
    postgres: u64,
    nats: u64,
    tester: u64,
    kernel: u64,
}

impl Memory {
    const fn sum(&self) -> u64 {
        self.nodes + self.postgres + self.nats + self.tester + self.kernel
    }
}

#[derive(Debug, Clone, Copy)]
struct Sample {
    at: f64,
    tick: Tick,
    memory: Memory,
}

/// Whose memory is read.
pub struct Watched {
    /// The nodes.
    pub nodes: Vec<Pid>,
    /// The first process of PostgreSQL.
    pub postgres: Pid,
    /// The bus.
    pub nats: Pid,
    /// The crowds; this process is counted with them.
    pub tester: Vec<Pid>,
    /// The kernel's memory before anything was started, in bytes.
    pub kernel_before: u64,
}

/// A watch that goes on until it is dropped.
pub struct Watch {
    samples: Arc<Mutex<Vec<Sample>>>,
    task: JoinHandle<()>,
}

/// The kernel's objects and the buffers of its sockets, in bytes.
///
/// # Errors
/// When `/proc` is not there.
pub fn kernel() -> anyhow::Result<u64> {
    let kernel = process::kernel()?;
    Ok(kernel.slab + kernel.sockets)
}

impl Watch {
    /// Begins to watch.
    pub fn begin(watched: Watched, teller: Teller) -> Self {
        let samples = Arc::new(Mutex::new(Vec::new()));
        let kept = samples.clone();
        let task = tokio::spawn(async move {
            let from = Instant::now();
            while let Ok(tick) = teller.tick() {
                let sample = Sample { at: from.elapsed().as_secs_f64(), tick, memory: read(&watched) };
                kept.lock().unwrap_or_else(PoisonError::into_inner).push(sample);
                sleep(EVERY).await;
            }
        });
        Self { samples, task }
    }

    /// Adds what was seen.
    pub fn tell(&self, report: &mut Report, most: Option<Goal>) {
        let samples = self.samples.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let peak = samples.iter().map(|sample| sample.memory).max_by_key(Memory::sum).unwrap_or_default();
        for (name, bytes) in parts(&peak) {
            report.add(Figure::new(format!("{MEMORY}: {name}"), bytes as f64 / GIGABYTE, "GB"));
        }
        let all = Figure::new(format!("{MEMORY}: all"), peak.sum() as f64 / GIGABYTE, "GB");
        report.add(all.aims(most));
        report.plots.push(over_time("Here", "people", &samples, &[("here", &|it| it.tick.here as f64)]));
        report.plots.push(rates(&samples));
        let gigabytes = |bytes: u64| bytes as f64 / GIGABYTE;
        report.plots.push(over_time(
            "Memory",
            "GB",
            &samples,
            &[
                ("nodes", &|it| gigabytes(it.memory.nodes)),
                ("PostgreSQL", &|it| gigabytes(it.memory.postgres)),
                ("NATS", &|it| gigabytes(it.memory.nats)),
                ("tester", &|it| gigabytes(it.memory.tester)),
                ("kernel", &|it| gigabytes(it.memory.kernel)),
            ],
        ));
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        self.task.abort();
    }
}

fn read(watched: &Watched) -> Memory {
    let own = std::process::id();
    Memory {
        nodes: process::memory_of(&watched.nodes),
        postgres: process::memory_of_family(watched.postgres),
        nats: process::memory_of(&[watched.nats]),
        tester: process::memory_of(&watched.tester) + process::memory_of(&[own]),
        kernel: kernel().unwrap_or_default().saturating_sub(watched.kernel_before),
    }
}

const fn parts(memory: &Memory) -> [(&'static str, u64); 5] {
    let Memory { nodes, postgres, nats, tester, kernel } = *memory;
    [("nodes", nodes), ("PostgreSQL", postgres), ("NATS", nats), ("tester", tester), ("kernel", kernel)]
}

type Line<'a> = (&'static str, &'a dyn Fn(&Sample) -> f64);

fn over_time(title: &str, up: &str, samples: &[Sample], lines: &[Line<'_>]) -> Plot {
    let line = |(name, value): &Line<'_>| Series {
        name: (*name).to_owned(),
        points: samples.iter().map(|sample| (sample.at, value(sample))).collect(),
    };
    let series = lines.iter().map(line).collect();
    Plot { title: title.into(), across: "seconds".into(), up: up.into(), series }
}

/// Deliveries a second, from one look to the next.
fn rates(samples: &[Sample]) -> Plot {
    let pairs = samples.iter().zip(samples.iter().skip(1));
    let rate = |(before, after): (&Sample, &Sample)| {
        let heard = after.tick.heard.saturating_sub(before.tick.heard) as f64;
        (after.at, heard / (after.at - before.at).max(0.001))
    };
    let series = vec![Series { name: "heard".into(), points: pairs.map(rate).collect() }];
    Plot { title: "Deliveries".into(), across: "seconds".into(), up: "a second".into(), series }
}
