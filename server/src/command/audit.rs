//! Looking into the record of who did what: also while the server runs.

use std::path::PathBuf;

use anyhow::{Context as _, bail};
use clap::Subcommand;
use medchat::acts::seal;
use medchat::app;
use medchat::auth::secrets::Secrets;
use medchat::config::Config;

use crate::command::say;

#[derive(Subcommand)]
pub enum Audit {
    /// Reads the whole record and tells what was changed, taken out, put in, cut off or put back; also while serving.
    Verify {
        /// A copy of `audit.heads` that was kept elsewhere; more than one may be named.
        #[arg(long)]
        heads: Vec<PathBuf>,
    },
}

pub async fn verify(config: &Config, copies: &[PathBuf]) -> anyhow::Result<()> {
    if let store::Address::Sqlite(path) = &config.database
        && !path.exists()
    {
        bail!("there is no database {}", path.display());
    }
    let secrets = Secrets::open(&config.secrets_dir, &app::sources())?;
    let heads = app::heads(config, &secrets)?;
    // What is signed while this reads stands on a chain that is longer by then.
    let own = heads.own().with_context(|| heads.path().display().to_string())?;
    let mut witnesses = vec![(heads.path(), own)];
    for copy in copies {
        witnesses.push((copy, heads.read(copy).with_context(|| copy.display().to_string())?));
    }
    let store = store::Store::open_with(&config.database, 1).await?;
    let signed = witnesses.iter().flat_map(|(_, witness)| witness.heads.clone()).collect();
    let found = seal::verify(&store, signed).await?;
    store.close().await;
    let mut flaws: Vec<String> = found.flaws.iter().map(ToString::to_string).collect();
    if found.slipped_in > 0 {
        flaws.push(format!("{} rows claim a moment that was sealed before they came", found.slipped_in));
    }
    for (path, witness) in &witnesses {
        flaws.extend(
            witness.foreign.iter().map(|line| {
                format!("{}: no key of this installation has signed line {line}", path.display())
            }),
        );
    }
    flaws.iter().for_each(|flaw| say(flaw));
    let heads: usize = witnesses.iter().map(|(_, witness)| witness.heads.len()).sum();
    say(&format!("{} rows sealed, {} waiting; {heads} heads signed", found.head.n, found.waiting));
    if flaws.is_empty() { Ok(()) } else { bail!("the audit is not what was sealed: {} flaws", flaws.len()) }
}
