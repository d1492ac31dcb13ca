//! The load tester: many people on one medchat, every delivery checked, latencies from the moment a post was
//! due. It speaks the contract alone and knows nothing of the server's insides.
//!
//! Exit status 0 all arrived once and in order and every stated goal is reached, 1 something did not or could
//! not be tried, 2 bad usage.

mod bench;
mod clock;
mod crowd;
mod crowds;
mod delivery;
mod fanout;
mod framing;
mod growth;
mod idle;
mod latency;
mod million;
mod node;
mod people;
mod person;
mod population;
mod postgres;
mod posts;
mod process;
mod progress;
mod report;
mod rooms;
mod rush;
mod settings;
mod slow;
mod stamp;
mod storm;
mod target;
mod yardstick;

use std::path::Path;
use std::process::ExitCode;

use clap::{Parser, Subcommand};
use tokio::signal::unix::{SignalKind, signal};

use crate::report::Report;

/// Loads a medchat. The server must run with `load_test = true` in its configuration.
#[derive(Parser)]
#[command(version)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// One room full of members; some of them post, all must get everything.
    Fanout(fanout::Options),
    /// The same with a server that does nothing else: the least it can cost.
    Yardstick(yardstick::Options),
    /// People who follow their feeds and are quiet: what one of them costs.
    Idle(idle::Options),
    /// A few who write into many rooms as fast as they are answered.
    Posts(posts::Options),
    /// Everybody loses their socket at once and wants back.
    ReconnectStorm(storm::Options),
    /// Everybody is here, and one in a hundred writes within five minutes.
    MorningRush(rush::Options),
    /// Somebody reads nothing, is closed and comes back; nobody else notices.
    SlowReader(slow::Options),
    /// Everybody at once, on nodes, a database and a bus it starts itself.
    Million(million::Options),
    /// How the cost grows with the number of people, out of reports of `million`.
    Growth(growth::Options),
    /// The figures of one server beside their yardsticks, in a few minutes.
    Bench(bench::Options),
    /// Regions, rooms and people to load with.
    Population(population::Options),
    /// A part of the people of a run: what the other commands start.
    #[command(hide = true)]
    Crowd,
    /// The yardstick's server: what the other commands start.
    #[command(hide = true)]
    BareServer,
}

fn main() -> ExitCode {
    let Arguments { command } = Arguments::parse();
    let outcome = match command {
        Command::Crowd => crowd::run().map(|()| true),
        Command::BareServer => yardstick::server::run(|address| {
            report::say(&address.to_string());
            Ok(())
        })
        .map(|()| true),
        command => tokio::runtime::Builder::new_multi_thread()
            .enable_all()
            .build()
            .map_err(anyhow::Error::from)
            .and_then(|runtime| runtime.block_on(run_until_told(command))),
    };
    match outcome {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            report::complain(&format!("loadtest: {error:#}"));
            ExitCode::FAILURE
        }
    }
}

/// Runs it, unless the process is told to end before: what it started and wrote on the disk goes with it then too.
async fn run_until_told(command: Command) -> anyhow::Result<bool> {
    let mut told = signal(SignalKind::terminate())?;
    tokio::select! {
        outcome = run(command) => outcome,
        _ = told.recv() => anyhow::bail!("told to end"),
        _ = tokio::signal::ctrl_c() => anyhow::bail!("told to end"),
    }
}

async fn run(command: Command) -> anyhow::Result<bool> {
    match command {
        Command::Fanout(options) => tell(fanout::run(&options).await?, options.report()),
        Command::Yardstick(options) => tell(yardstick::run(&options).await?, None),
        Command::Idle(options) => tell(idle::run(&options).await?, options.report()),
        Command::Posts(options) => tell(posts::run(&options).await?, options.report()),
        Command::ReconnectStorm(options) => tell(storm::run(&options).await?, options.report()),
        Command::MorningRush(options) => tell(rush::run(&options).await?, options.report()),
        Command::SlowReader(options) => tell(slow::run(&options).await?, options.report()),
        Command::Million(options) => tell(million::run(&options).await?, options.report.as_deref()),
        Command::Growth(options) => tell(growth::run(&options)?, options.report()),
        Command::Bench(options) => {
            // Each part is run as if it had been typed.
            Box::pin(bench::run(&options, async |line| {
                Box::pin(run(Arguments::try_parse_from(line)?.command)).await
            }))
            .await
        }
        Command::Population(options) => tell(population::run(&options).await?, None),
        Command::Crowd | Command::BareServer => Ok(false),
    }
}

/// Prints a report and writes it where it is wanted.
fn tell(report: Report, path: Option<&Path>) -> anyhow::Result<bool> {
    report::print(&report);
    path.map_or(Ok(()), |path| report.write(path))?;
    Ok(report.is_good())
}
