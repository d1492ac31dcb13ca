//! `bench`: the figures of one server, each beside its yardstick, in a few minutes. It starts a server on SQLite
//! with people of its own, runs the other commands against it one after the other, and writes once more on PostgreSQL.

use std::path::{Path, PathBuf};

use clap::Args;
use tempfile::TempDir;

use crate::node::Node;
use crate::population::{self, Made};
use crate::postgres::Postgres;
use crate::report;

/// How many people: more than any part needs.
const RESIDENTS: u32 = 12_000;
const ROOMS: u32 = 460;
/// The parts, as one would type them.
const PARTS: [&str; 4] = [
    "idle --members 10000 --goal-bytes 2500",
    "fanout --members 1000,10000 --yardstick --goal-cost-ratio 1.3",
    "reconnect-storm --members 10000 --goal-seconds 15",
    "slow-reader",
];
const POSTS_ON_SQLITE: &str = "posts --goal-rate 10000 --goal-p99-ms 100";
const POSTS_ON_POSTGRES: &str = "posts --goal-rate 5000 --goal-p99-ms 100";

/// What to run.
#[derive(Args)]
pub struct Options {
    /// The server's program; the one beside this when left out.
    #[arg(long)]
    medchat: Option<PathBuf>,
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
    let (made, node) = sqlite(&folder.path().join("sqlite"), &medchat).await?;
    for part in PARTS.into_iter().chain([POSTS_ON_SQLITE]) {
        report::say(&format!("\nSQLite: {part}"));
        all_good &= run(arguments(part, &node, &made)).await?;
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

async fn sqlite(folder: &Path, medchat: &Path) -> anyhow::Result<(Made, Node)> {
    let config = population::write_config(folder)?;
    let environment = vec![listen()];
    let sizes = population::sizes(ROOMS);
    let made = population::make(folder, medchat.into(), config, RESIDENTS, &sizes, &environment).await?;
    let node = Node::start(medchat, &made.config, &environment).await?;
    Ok((made, node))
}

async fn postgres(folder: &Path, medchat: &Path) -> anyhow::Result<(Made, Node, Postgres)> {
    let config = population::write_config(folder)?;
    open_to_all(folder)?;
    let postgres = Postgres::start(folder, 100).await?;
    let environment = vec![listen(), ("MEDCHAT_DATABASE_URL".into(), postgres.url.clone())];
    let sizes = population::sizes(ROOMS);
    let made = population::make(folder, medchat.into(), config, 1000, &sizes, &environment).await?;
    let node = Node::start(medchat, &made.config, &environment).await?;
    Ok((made, node, postgres))
}

fn listen() -> (String, String) {
    ("MEDCHAT_LISTEN".into(), "127.0.0.1:0".into())
}

/// PostgreSQL runs as somebody else when we are root, and must find its way.
fn open_to_all(folder: &Path) -> anyhow::Result<()> {
    use std::os::unix::fs::PermissionsExt as _;
    for folder in folder.ancestors().take(2) {
        std::fs::set_permissions(folder, std::fs::Permissions::from_mode(0o755))?;
    }
    Ok(())
}
