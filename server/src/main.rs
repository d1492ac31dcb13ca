//! The commands of `medchat`. Each is a few lines: read the configuration, open what is needed, call one
//! thing. Exit status 0 done, 1 refused or failed with one clear line, 2 bad usage.

mod command;

use std::io::BufWriter;
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context as _, bail};
use clap::{Parser, Subcommand};
use medchat::app::{self, Ground, Server};
use medchat::auth::secrets::Secrets;
use medchat::config::{self, Config};
use medchat::observe::trace;
use medchat::{lines, open_files, serve};
use tokio::signal::unix::{SignalKind, signal};

use crate::command::account::Account;
use crate::command::audit::Audit;
use crate::command::population::Population;
use crate::command::{complain, lock, print, say};

/// A million small things that live long, and passwords that need 19 MiB for a moment: measured with both, this one
/// keeps an idle participant smaller than the system's and gives the passwords' memory back.
#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

/// A chat server made for medchats: residents ask, their hospitals answer.
#[derive(Parser)]
#[command(version)]
struct Arguments {
    /// A configuration file; the environment goes over it.
    #[arg(long, global = true)]
    config: Option<PathBuf>,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Serves, after bringing the database up to date.
    Serve {
        /// Three real regions with invented people, on loopback.
        #[arg(long)]
        demo: bool,
    },
    /// Brings the database up to date.
    Migrate,
    /// Brings regions, organisations and rooms to what files or folders say.
    Provision {
        /// Region files, or folders of them.
        #[arg(required = true)]
        paths: Vec<PathBuf>,
        /// Only shows the difference.
        #[arg(long)]
        dry_run: bool,
    },
    /// Accounts of staff.
    Account {
        #[command(subcommand)]
        command: Account,
    },
    /// The record of who did what.
    Audit {
        #[command(subcommand)]
        command: Audit,
    },
    /// A made-up population, for load tests.
    Population {
        #[command(subcommand)]
        command: Population,
    },
    /// Tells every problem of the configuration.
    Check {
        /// Prints a commented example instead.
        #[arg(long)]
        example: bool,
    },
    /// Prints the description of the API.
    Openapi,
    /// Judges messages: `{"id","region","text"}` a line in, verdict, topic, rule and masked text a line out.
    Triage,
    /// Masks personal data: `{"id","text"}` a line in, `{"id","masked"}` a line out.
    Mask,
    /// Working time.
    Sla {
        #[command(subcommand)]
        command: SlaCommand,
    },
}

#[derive(Subcommand)]
enum SlaCommand {
    /// Prints when an answer is due, in the region's local time.
    Due {
        /// The region, `RU-KHA`; one nobody knows gets the federal default and a warning.
        #[arg(long)]
        region: String,
        /// When the promise was given, in the region's local time: `2026-11-21T19:30:00`.
        #[arg(long, allow_hyphen_values = true)]
        from: String,
        /// The promise in working minutes.
        #[arg(long, allow_negative_numbers = true)]
        minutes: i64,
    },
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    match run(arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            complain(&format!("medchat: {error:#}"));
            ExitCode::FAILURE
        }
    }
}

/// Serving has as many threads as the configuration says; whatever else is asked is done on this one.
fn run(arguments: Arguments) -> anyhow::Result<()> {
    let Command::Serve { demo } = arguments.command else {
        return runtime(1)?.block_on(obey(arguments));
    };
    let config = config::read(arguments.config.as_deref(), demo)?;
    open_files::raise(config.max_sockets);
    runtime(config.threads)?.block_on(serve_people(&config))
}

fn runtime(threads: usize) -> std::io::Result<tokio::runtime::Runtime> {
    let mut builder = match threads {
        1 => tokio::runtime::Builder::new_current_thread(),
        _ => tokio::runtime::Builder::new_multi_thread(),
    };
    builder.worker_threads(threads).enable_all().build()
}

async fn obey(arguments: Arguments) -> anyhow::Result<()> {
    let file = arguments.config.as_deref();
    match arguments.command {
        Command::Serve { .. } => bail!("serving is begun elsewhere"),
        Command::Migrate => {
            let config = config::read(file, false)?;
            let _lock = lock(&config)?;
            let (store, keys) = app::open_stores(&config).await?;
            store.close().await;
            keys.close().await;
            say("the database is up to date");
            Ok(())
        }
        Command::Provision { paths, dry_run } => {
            command::provision::run(&config::read(file, false)?, &paths, dry_run).await
        }
        Command::Account { command } => {
            // Nobody who listens is concerned by a new account.
            let config = Config { bus: None, ..config::read(file, false)? };
            command::account::run(&config, command).await
        }
        Command::Audit { command: Audit::Verify { heads } } => {
            command::audit::verify(&config::read(file, false)?, &heads).await
        }
        Command::Population { command: Population::Create { residents, tokens } } => {
            command::population::create(&config::read(file, false)?, residents, &tokens).await
        }
        Command::Check { example: true } => {
            print(&config::example());
            Ok(())
        }
        Command::Check { example: false } => {
            config::read(file, false)?;
            say("the configuration has no problems");
            Ok(())
        }
        Command::Openapi => {
            let (_, api) = medchat::http::api()?;
            say(&serde_json::to_string_pretty(&api)?);
            Ok(())
        }
        Command::Triage => {
            let warn = |text: &str| complain(&format!("medchat: warning: {text}"));
            lines::triage(std::io::stdin().lock(), BufWriter::new(std::io::stdout().lock()), warn)
        }
        Command::Mask => lines::mask(std::io::stdin().lock(), BufWriter::new(std::io::stdout().lock())),
        Command::Sla { command: SlaCommand::Due { region, from, minutes } } => {
            let due = medchat::acts::due::due(&region, &from, minutes)?;
            for warning in &due.warnings {
                complain(&format!("medchat: warning: {warning}"));
            }
            say(&due.local);
            Ok(())
        }
    }
}

async fn serve_people(config: &Config) -> anyhow::Result<()> {
    trace::install(&config.log);
    let _lock = lock(config)?;
    let sources = app::sources();
    let secrets = Secrets::open(&config.secrets_dir, &sources)?;
    let (store, keys) = app::open_stores(config).await?;
    let listener = serve::listen(config.listen, config.share_port)
        .with_context(|| format!("listening on {}", config.listen))?;
    let address = listener.local_addr()?;
    let server =
        Server::build(config, Ground { store, keys, secrets, sources, clock_is_real: true, address }).await?;
    for name in &config.unknown {
        tracing::warn!(variable = %name, "this variable means nothing to medchat");
    }
    if config.load_test {
        tracing::warn!("load_test: limits per account and address are lifted");
    }
    // Whoever reads the line below may ask to stop at once.
    let mut term = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    say(&format!("listening on http://{address}"));
    if config.demo {
        say(&demo_note(&address.to_string()));
    }
    let asked = async move {
        tokio::select! {
            _ = term.recv() => {}
            _ = interrupt.recv() => {}
        }
    };
    server.run(listener, asked).await;
    Ok(())
}

fn demo_note(address: &str) -> String {
    format!(
        "demo: residents at http://{address}/, staff at http://{address}/console/\n\
         demo: password of all: {}\n\
         demo: resident1.rukha@demo … resident5.rukha@demo, guest.rukha@demo (not verified)\n\
         demo: responder.rukha@demo, chief.rukha@demo, moderator.rukha@demo, curator.rukha@demo and others\n\
         demo: the same for ruba and ruros; admin@demo, admin2@demo, auditor@demo",
        medchat::acts::demo::PASSWORD
    )
}
