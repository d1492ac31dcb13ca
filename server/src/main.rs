//! The commands of `medchat`. Each is a few lines: read the configuration, open what is needed, call one
//! thing. Exit status 0 done, 1 refused or failed with one clear line, 2 bad usage.

use std::fs::OpenOptions;
use std::io::{BufWriter, Read as _, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context as _, anyhow, bail};
use clap::{Parser, Subcommand};
use domain::grant::{Role, Scope};
use domain::region::RegionCode;
use domain::region_file::RegionPlan;
use medchat::acts::account::NewStaff;
use medchat::acts::provision;
use medchat::acts::unit::Writer;
use medchat::app::{self, Ground, Server};
use medchat::auth::secrets::Secrets;
use medchat::config::{self, Config};
use medchat::live::bus::Bus;
use medchat::observe::trace;
use medchat::{lines, open_files, serve};
use tokio::signal::unix::{SignalKind, signal};

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
        command: AccountCommand,
    },
    /// A made-up population, for load tests.
    Population {
        #[command(subcommand)]
        command: PopulationCommand,
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

#[derive(Subcommand)]
enum PopulationCommand {
    /// Makes up verified residents without password, each a member of one medchat by the region file's `weight`,
    /// and writes a token of each, valid for two hours. Needs `load_test = true` in the configuration.
    Create {
        /// How many.
        #[arg(long, value_parser = clap::value_parser!(u32).range(1..=10_000_000))]
        residents: u32,
        /// Where to write the tokens, one a line and nothing else on it; neighbours there are neighbours in a room.
        #[arg(long)]
        tokens: PathBuf,
    },
}

#[derive(Subcommand)]
enum AccountCommand {
    /// Opens a staff account; the password comes from standard input.
    Create {
        /// What they sign in with.
        #[arg(long)]
        login: String,
        /// The role they hold.
        #[arg(long)]
        role: String,
        /// Where: `organisation:RU-KHA/KEY`, `room:RU-KHA/KEY`, `region:RU-KHA` or `federation`.
        #[arg(long)]
        scope: String,
        /// The name under their messages; the login when left out.
        #[arg(long)]
        name: Option<String>,
        /// The position under their messages.
        #[arg(long, default_value = "")]
        position: String,
        /// Whom they work for, when it is no organisation of the regions.
        #[arg(long)]
        employer: Option<String>,
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
        return runtime(1)?.block_on(command(arguments));
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

async fn command(arguments: Arguments) -> anyhow::Result<()> {
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
            provision(&config::read(file, false)?, &paths, dry_run).await
        }
        Command::Account { command } => {
            // Nobody who listens is concerned by a new account.
            let config = Config { bus: None, ..config::read(file, false)? };
            create_account(&config, command).await
        }
        Command::Population { command: PopulationCommand::Create { residents, tokens } } => {
            create_population(&config::read(file, false)?, residents, &tokens).await
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

async fn provision(config: &Config, paths: &[PathBuf], dry_run: bool) -> anyhow::Result<()> {
    let plans = read_plans(paths)?;
    let _lock = lock(config)?;
    let (store, _) = app::open_stores(config).await?;
    let writer = writer(&store);
    let changes = provision::provision(&store, &writer, &app::sources(), &plans, dry_run).await?;
    for change in &changes {
        say(&format!("{} {}", change.sign, change.what));
    }
    if !changes.iter().any(|change| matches!(change.sign, '+' | '~')) {
        say("nothing to change");
    }
    Ok(())
}

/// Reads region files and those in folders; a file with a fault is refused whole, with all its faults.
fn read_plans(paths: &[PathBuf]) -> anyhow::Result<Vec<RegionPlan>> {
    let mut files = Vec::new();
    for path in paths {
        if path.is_dir() {
            let entries = std::fs::read_dir(path).with_context(|| path.display().to_string())?;
            let mut inside: Vec<PathBuf> =
                entries.filter_map(|entry| entry.ok().map(|entry| entry.path())).collect();
            inside.retain(|path| path.extension().is_some_and(|ending| ending == "toml"));
            inside.sort();
            files.extend(inside);
        } else {
            files.push(path.clone());
        }
    }
    let mut plans = Vec::new();
    let mut faults = Vec::new();
    for file in &files {
        let text = std::fs::read_to_string(file).with_context(|| file.display().to_string())?;
        match domain::region_file::read(&text) {
            Ok(plan) => plans.push(plan),
            Err(found) => faults.extend(found.iter().map(|fault| format!("{}: {fault}", file.display()))),
        }
    }
    if !faults.is_empty() {
        bail!("{}", faults.join("\n"));
    }
    if plans.is_empty() {
        bail!("there is no region file in what was named");
    }
    Ok(plans)
}

async fn create_account(config: &Config, command: AccountCommand) -> anyhow::Result<()> {
    let AccountCommand::Create { login, role, scope, name, position, employer } = command;
    let mut password = String::new();
    std::io::stdin().read_to_string(&mut password)?;
    let password = password.trim_end_matches(['\r', '\n']).to_owned();
    let role = Role::from_word(&role).ok_or_else(|| anyhow!("there is no role \"{role}\""))?;
    let _lock = lock(config)?;
    let sources = app::sources();
    let secrets = Secrets::open(&config.secrets_dir, &sources)?;
    let (store, keys) = app::open_stores(config).await?;
    let ground = Ground { store, keys, secrets, sources, clock_is_real: true, address: config.listen };
    let server = Server::build(config, ground).await?;
    let scope = parse_scope(&server, &scope)?;
    if !role.fits(scope.kind()) {
        bail!("a {} is not held in a scope of kind {}", role.word(), scope.kind().word());
    }
    let name = name.unwrap_or_else(|| login.clone());
    let new = NewStaff { login, password, name, position, employer, grants: vec![(role, scope)] };
    match server.acts.open_staff_account(new).await {
        Ok(id) => {
            say(&id.to_string());
            Ok(())
        }
        Err(medchat::acts::error::ActError::Invalid(faults)) => {
            let lines: Vec<String> =
                faults.iter().map(|fault| format!("{}: {}", fault.field, fault.detail)).collect();
            bail!("{}", lines.join("; "))
        }
        Err(error) => Err(error.into()),
    }
}

async fn create_population(config: &Config, residents: u32, tokens: &Path) -> anyhow::Result<()> {
    if !config.load_test {
        bail!("a population is made up for load tests alone: set `load_test = true` in the configuration");
    }
    let _lock = lock(config)?;
    let sources = app::sources();
    let secrets = Secrets::open(&config.secrets_dir, &sources)?;
    let (store, keys) = app::open_stores(config).await?;
    let ground = Ground { store, keys, secrets, sources, address: config.listen, clock_is_real: true };
    let server = Server::build(config, ground).await?;
    // Whoever holds a token is that person: the file is for its owner alone.
    let file = OpenOptions::new().create(true).truncate(true).write(true).mode(0o600).open(tokens);
    let mut file = BufWriter::new(file.with_context(|| tokens.display().to_string())?);
    server.acts.populate(residents, |token| writeln!(file, "{token}")).await?;
    file.flush().with_context(|| tokens.display().to_string())?;
    say(&format!("{residents} residents, a token of each in {}", tokens.display()));
    Ok(())
}

fn parse_scope(server: &Server, text: &str) -> anyhow::Result<Scope> {
    let unknown = || anyhow!("there is no scope \"{text}\"");
    let catalogue = server.acts.catalogue();
    let (kind, rest) = text.split_once(':').unwrap_or((text, ""));
    let scope = match (kind, rest.split_once('/')) {
        ("federation", None) if rest.is_empty() => Scope::Federation,
        ("region", None) => Scope::Region(rest.parse().map_err(|_| unknown())?),
        ("organisation" | "room", Some((region, key))) => {
            let region: RegionCode = region.parse().map_err(|_| unknown())?;
            if kind == "room" {
                let room = catalogue.room_of_key(&region, key).ok_or_else(unknown)?;
                Scope::Room(room.room.id)
            } else {
                Scope::Organisation(catalogue.organisation_of_key(&region, key).ok_or_else(unknown)?.id)
            }
        }
        _ => return Err(unknown()),
    };
    if catalogue.has_scope(&scope) { Ok(scope) } else { Err(unknown()) }
}

/// A writer for commands: nobody listens to what they do.
fn writer(store: &store::Store) -> Writer {
    Writer::new(store.clone(), Bus::Nobody, app::sources())
}

/// The embedded database belongs to one process at a time.
fn lock(config: &Config) -> anyhow::Result<Option<std::fs::File>> {
    if ![&config.database, &config.keys].iter().any(|at| matches!(at, store::Address::Sqlite(_))) {
        return Ok(None);
    }
    std::fs::create_dir_all(&config.data_dir)
        .with_context(|| format!("the data folder {}", config.data_dir.display()))?;
    let path = config.data_dir.join("lock");
    let file = std::fs::File::create(&path).with_context(|| path.display().to_string())?;
    file.try_lock()
        .map_err(|_| anyhow!("the data folder {} is used by another process", config.data_dir.display()))?;
    Ok(Some(file))
}

#[expect(clippy::print_stdout, reason = "standard output is where a command answers")]
fn say(line: &str) {
    println!("{line}");
}

#[expect(clippy::print_stdout, reason = "standard output is where a command answers")]
fn print(text: &str) {
    print!("{text}");
}

#[expect(clippy::print_stderr, reason = "standard error is where a command complains")]
fn complain(line: &str) {
    eprintln!("{line}");
}
