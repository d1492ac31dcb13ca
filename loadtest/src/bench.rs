//! `bench`: the figures of one server, each beside its yardstick, in a few minutes. It starts a server on SQLite
//! with people of its own, runs the other commands against it one after the other, and writes once more on PostgreSQL.

use std::path::{Path, PathBuf};

use clap::Args;
use tempfile::TempDir;

use crate::node::Node;
use crate::population::{self, Made};
use crate::postgres::Postgres;
use crate::report;

/// People beside the members of the largest room: those who go on writing in a storm.
const SPARE: u32 = 100;
const ROOMS: u32 = 460;
const POSTS_ON_SQLITE: &str = "posts --goal-rate 10000 --goal-p99-ms 100";
const POSTS_ON_POSTGRES: &str = "posts --goal-rate 5000 --goal-p99-ms 100";

/// What to run.
#[derive(Args)]
pub struct Options {
    /// The server's program; the one beside this when left out.
    #[arg(long)]
    medchat: Option<PathBuf>,
    /// How many people the large parts have; the small room of the fan-out has a tenth.
    #[arg(long, default_value_t = 10_000, value_parser = clap::value_parser!(u32).range(100..=19_000))]
    members: u32,
}

/// The parts on SQLite, as one would type them.
fn parts(members: u32) -> [String; 5] {
    let few = members / 10;
    [
        format!("idle --members {members} --goal-bytes 2500"),
        format!("fanout --members {few},{members} --yardstick --goal-cost-ratio 1.3"),
        format!("reconnect-storm --members {members} --goal-seconds 15"),
        "slow-reader".into(),
        POSTS_ON_SQLITE.into(),
    ]
}

/// The command lines of all parts for a server at `url`; `run` runs one and says whether it was good.
///
/// # Errors
/// When something could not be tried.
pub async fn run<F>(options: &Options, run: impl Fn(Vec<String>) -> F) -> anyhow::Result<bool>
where
    F: Future<Output = anyhow::Result<bool>>,
{
    let medchat = population::medchat(options.medchat.as_deref())?;
    let folder = TempDir::with_prefix("medchat-bench-")?;
    let mut all_good = true;
    let residents = options.members + SPARE;
    let (made, node) = sqlite(&folder.path().join("sqlite"), &medchat, residents).await?;
    for part in parts(options.members) {
        report::say(&format!("\nSQLite: {part}"));
        all_good &= run(arguments(&part, &node, &made)).await?;
    }
    node.kill().await?;
    let (made, node, _postgres) = postgres(&folder.path().join("postgres"), &medchat).await?;
    report::say(&format!("\nPostgreSQL: {POSTS_ON_POSTGRES}"));
    all_good &= run(arguments(POSTS_ON_POSTGRES, &node, &made)).await?;
    Ok(all_good)
}

fn arguments(part: &str, node: &Node, made: &Made) -> Vec<String> {
    let url = format!("http://{}", node.address);
    let tokens = made.tokens.display().to_string();
    let more = ["--url".into(), url, "--tokens".into(), tokens];
    ["loadtest"].into_iter().chain(part.split(' ')).map(str::to_owned).chain(more).collect()
}

async fn sqlite(folder: &Path, medchat: &Path, residents: u32) -> anyhow::Result<(Made, Node)> {
    let config = population::write_config(folder)?;
    let environment = quiet().to_vec();
    let sizes = population::sizes(ROOMS);
    let made = population::make(folder, medchat.into(), config, residents, &sizes, &environment).await?;
    let node = Node::start(medchat, &made.config, &environment).await?;
    Ok((made, node))
}

async fn postgres(folder: &Path, medchat: &Path) -> anyhow::Result<(Made, Node, Postgres)> {
    let config = population::write_config(folder)?;
    open_to_all(folder)?;
    let postgres = Postgres::start(folder, 100).await?;
    let database = ("MEDCHAT_DATABASE_URL".into(), postgres.url.clone());
    let environment: Vec<(String, String)> = quiet().into_iter().chain([database]).collect();
    let sizes = population::sizes(ROOMS);
    let made = population::make(folder, medchat.into(), config, SPARE, &sizes, &environment).await?;
    let node = Node::start(medchat, &made.config, &environment).await?;
    Ok((made, node, postgres))
}

/// Any free port, nothing beside the figures on the terminal, and one thread as the yardstick has: a machine is filled by
/// more nodes, and two threads that share two processors with the crowd would measure how they wait for each other.
fn quiet() -> [(String, String); 3] {
    [("MEDCHAT_LISTEN", "127.0.0.1:0"), ("MEDCHAT_LOG", "error"), ("MEDCHAT_THREADS", "1")]
        .map(|(name, value)| (name.into(), value.into()))
}

/// PostgreSQL runs as somebody else when we are root, and must find its way.
fn open_to_all(folder: &Path) -> anyhow::Result<()> {
    use std::os::unix::fs::PermissionsExt as _;
    for folder in folder.ancestors().take(2) {
        std::fs::set_permissions(folder, std::fs::Permissions::from_mode(0o755))?;
    }
    Ok(())
}
