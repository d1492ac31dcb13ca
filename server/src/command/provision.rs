//! Bringing regions, organisations and rooms to what files say.

use std::path::PathBuf;

use anyhow::{Context as _, bail};
use domain::region_file::RegionPlan;
use medchat::acts::provision;
use medchat::app;
use medchat::config::Config;

use crate::command::{lock, say, writer};

pub async fn run(config: &Config, paths: &[PathBuf], dry_run: bool) -> anyhow::Result<()> {
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
