//! A made-up population, for load tests.

use std::fs::OpenOptions;
use std::io::{BufWriter, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};
use clap::Subcommand;
use medchat::config::Config;

use crate::command::{at_rest, lock, say};

#[derive(Subcommand)]
pub enum Population {
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

pub async fn create(config: &Config, residents: u32, tokens: &Path) -> anyhow::Result<()> {
    if !config.load_test {
        bail!("a population is made up for load tests alone: set `load_test = true` in the configuration");
    }
    let _lock = lock(config)?;
    let server = at_rest(config).await?;
    // Whoever holds a token is that person: the file is for its owner alone.
    let file = OpenOptions::new().create(true).truncate(true).write(true).mode(0o600).open(tokens);
    let mut file = BufWriter::new(file.with_context(|| tokens.display().to_string())?);
    server.acts.populate(residents, |token| writeln!(file, "{token}")).await?;
    file.flush().with_context(|| tokens.display().to_string())?;
    say(&format!("{residents} residents, a token of each in {}", tokens.display()));
    Ok(())
}
