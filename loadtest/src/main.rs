//! The load tester: many people on one medchat, every delivery checked, latencies from the moment a post was
//! due. It speaks the contract alone and knows nothing of the server's insides.
//!
//! Exit status 0 all arrived once and in order, 1 something did not or could not be tried, 2 bad usage.

mod delivery;
mod fanout;
mod files;
mod person;
mod report;
mod schedule;
mod target;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::target::Target;

/// Loads a medchat. The server must run with `load_test = true` in its configuration.
#[derive(Parser)]
#[command(version)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// One room full of members; one of them posts at a fixed rate, all must get everything.
    Fanout(fanout::Options),
}

#[tokio::main]
async fn main() -> ExitCode {
    let Arguments { command: Command::Fanout(options) } = Arguments::parse();
    match run(&options).await {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            report::complain(&format!("loadtest: {error:#}"));
            ExitCode::FAILURE
        }
    }
}

async fn run(options: &fanout::Options) -> anyhow::Result<bool> {
    let target = Target::resolve(&options.url, options.i_own_this_server.as_deref()).await?;
    files::make_room_for(options.members)?;
    let report = fanout::run(options, &target).await?;
    report::print(&report);
    Ok(report.is_good())
}
