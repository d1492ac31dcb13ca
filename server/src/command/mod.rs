//! The commands of `medchat` that need a database, a file for each noun, and what they share: the lock of the data folder,
//! a server that is put together and does not listen, and where a command answers.

pub mod account;
pub mod audit;
pub mod population;
pub mod provision;

use anyhow::{Context as _, anyhow};
use medchat::acts::unit::Writer;
use medchat::app::{self, Ground, Server};
use medchat::auth::secrets::Secrets;
use medchat::config::Config;
use medchat::live::bus::Bus;

/// A server that is put together and does not listen.
pub async fn at_rest(config: &Config) -> anyhow::Result<Server> {
    let sources = app::sources();
    let secrets = Secrets::open(&config.secrets_dir, &sources)?;
    let (store, keys) = app::open_stores(config).await?;
    let ground = Ground { store, keys, secrets, sources, clock_is_real: true, address: config.listen };
    Server::build(config, ground).await
}

/// A writer for commands: nobody listens to what they do.
pub fn writer(store: &store::Store) -> Writer {
    Writer::new(store.clone(), Bus::Nobody, app::sources())
}

/// The embedded database belongs to one process at a time.
pub fn lock(config: &Config) -> anyhow::Result<Option<std::fs::File>> {
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
pub fn say(line: &str) {
    println!("{line}");
}

#[expect(clippy::print_stdout, reason = "standard output is where a command answers")]
pub fn print(text: &str) {
    print!("{text}");
}

#[expect(clippy::print_stderr, reason = "standard error is where a command complains")]
pub fn complain(line: &str) {
    eprintln!("{line}");
}
