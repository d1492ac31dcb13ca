//! `population`: regions, rooms and people to load with. Region files with rooms of realistic sizes, written to a
//! folder; `medchat provision`, an employee for each region, and `medchat population create` do the rest.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::Stdio;

use anyhow::{Context as _, ensure};
use clap::Args;
use tokio::io::AsyncWriteExt as _;
use tokio::process::Command;

use crate::report::{Figure, Report};

/// The largest room and all rooms together, when the whole programme is there.
const LARGEST: f64 = 50_000.0;
const EVERYBODY: f64 = 1_012_000.0;
/// How steep sizes fall: the next room has a third of the largest, the middle one half of the mean.
const FLATNESS: f64 = 20.0;
/// The password of the employees; they own nothing.
pub const PASSWORD: &str = "nagruzka-sotrudnikov-2026";

/// Regions that have no other file here: code, number, name, time zone.
const REGIONS: [(&str, &str, &str, &str); 10] = [
    ("RU-NVS", "54", "Новосибирская область", "Asia/Novosibirsk"),
    ("RU-SVE", "66", "Свердловская область", "Asia/Yekaterinburg"),
    ("RU-TA", "16", "Республика Татарстан", "Europe/Moscow"),
    ("RU-CHE", "74", "Челябинская область", "Asia/Yekaterinburg"),
    ("RU-SAM", "63", "Самарская область", "Europe/Samara"),
    ("RU-KDA", "23", "Краснодарский край", "Europe/Moscow"),
    ("RU-PER", "59", "Пермский край", "Asia/Yekaterinburg"),
    ("RU-KYA", "24", "Красноярский край", "Asia/Krasnoyarsk"),
    ("RU-VOR", "36", "Воронежская область", "Europe/Moscow"),
    ("RU-IRK", "38", "Иркутская область", "Asia/Irkutsk"),
];

/// What to make.
#[derive(Args)]
pub struct Options {
    /// A folder for region files, tokens and, without `--config`, a configuration and the data.
    #[arg(long)]
    folder: PathBuf,
    /// How many people.
    #[arg(long, default_value_t = 10_000, value_parser = clap::value_parser!(u32).range(1..=10_000_000))]
    residents: u32,
    /// How many rooms.
    #[arg(long, default_value_t = 460, value_parser = clap::value_parser!(u32).range(1..=10_000))]
    rooms: u32,
    /// The configuration of the server; one with `load_test = true` is made in the folder when left out.
    #[arg(long)]
    config: Option<PathBuf>,
    /// The server's program; the one beside this when left out.
    #[arg(long)]
    medchat: Option<PathBuf>,
}

/// What was made.
pub struct Made {
    /// The server's program.
    pub medchat: PathBuf,
    /// Its configuration.
    pub config: PathBuf,
    /// The tokens, one a line.
    pub tokens: PathBuf,
    /// The logins of the employees, by region.
    pub staff: Vec<String>,
}

/// Runs it.
///
/// # Errors
/// When the disk or the server's program refuses.
pub async fn run(options: &Options) -> anyhow::Result<Report> {
    let from = tokio::time::Instant::now();
    let config = match &options.config {
        Some(config) => config.clone(),
        None => write_config(&options.folder)?,
    };
    let medchat = medchat(options.medchat.as_deref())?;
    let sizes = sizes(options.rooms);
    let made = make(&options.folder, medchat, config, options.residents, &sizes, &[]).await?;
    let mut report = Report::new(format!("{} people in {} rooms", options.residents, sizes.len()));
    report.add(Figure::new("made in", from.elapsed().as_secs_f64(), "s"));
    report.notes.push(format!("tokens: {}", made.tokens.display()));
    report.notes.push(format!("employees, one a region: {}", made.staff.join(", ")));
    let (medchat, config) = (made.medchat.display(), made.config.display());
    report.notes.push(format!("serve with: {medchat} --config {config} serve"));
    Ok(report)
}

/// The server's program: the one named, or the one beside this.
///
/// # Errors
/// When there is none.
pub fn medchat(named: Option<&Path>) -> anyhow::Result<PathBuf> {
    let own = std::env::current_exe().context("where this program is")?;
    let path = named.map_or_else(|| own.with_file_name("medchat"), Path::to_owned);
    ensure!(path.is_file(), "{} is missing: build it, or name it with --medchat", path.display());
    Ok(path)
}

/// A configuration for load tests in this folder, with the data beside it.
///
/// # Errors
/// When the disk refuses.
pub fn write_config(folder: &Path) -> anyhow::Result<PathBuf> {
    std::fs::create_dir_all(folder).with_context(|| folder.display().to_string())?;
    let folder = folder.canonicalize()?;
    let path = folder.join("medchat.toml");
    let text = format!("load_test = true\ndata_dir = {:?}\n", folder.join("data"));
    std::fs::write(&path, text).with_context(|| path.display().to_string())?;
    Ok(path)
}

/// Sizes of rooms, largest first: one of fifty thousand, the mean 2 200, most of them small.
pub fn sizes(rooms: u32) -> Vec<u32> {
    let whole = 460.0;
    let sum: f64 = (1..460).map(|rank| 1.0 / (f64::from(rank) + FLATNESS)).sum();
    let scale = (EVERYBODY - LARGEST) / sum;
    let size = |at| match at {
        0 => LARGEST as u32,
        at => {
            let rank = f64::from(at) * whole / f64::from(rooms.max(460));
            (scale / (rank + FLATNESS)).round().max(1.0) as u32
        }
    };
    (0..rooms).map(size).collect()
}

/// Writes the files and lets the server's program read them; `environment` goes to it.
///
/// # Errors
/// When the disk or the server's program refuses.
pub async fn make(
    folder: &Path,
    medchat: PathBuf,
    config: PathBuf,
    residents: u32,
    sizes: &[u32],
    environment: &[(String, String)],
) -> anyhow::Result<Made> {
    let regions = folder.join("regions");
    std::fs::create_dir_all(&regions).with_context(|| regions.display().to_string())?;
    let share = sizes.len().div_ceil(REGIONS.len()).max(1);
    let mut staff = Vec::new();
    for (region, sizes) in REGIONS.iter().zip(sizes.chunks(share)) {
        let path = regions.join(format!("{}.toml", region.0));
        std::fs::write(&path, file(region, sizes)).with_context(|| path.display().to_string())?;
        staff.push(format!("load-staff.{}", region.0.to_lowercase()));
    }
    let run = Run { medchat: &medchat, config: &config, environment };
    run.with(&["provision", &regions.display().to_string()], "").await?;
    for (region, login) in REGIONS.iter().zip(&staff) {
        let scope = format!("organisation:{}/load", region.0);
        let create = ["account", "create", "--login", login, "--role", "responder", "--scope", &scope];
        let outcome = run.with(&create, PASSWORD).await;
        // A second population on one database finds them there.
        if let Err(error) = outcome {
            ensure!(format!("{error:#}").contains("login"), error);
        }
    }
    let tokens = folder.join("tokens");
    let (count, path) = (residents.to_string(), tokens.display().to_string());
    run.with(&["population", "create", "--residents", &count, "--tokens", &path], "").await?;
    Ok(Made { medchat, config, tokens, staff })
}

struct Run<'a> {
    medchat: &'a Path,
    config: &'a Path,
    environment: &'a [(String, String)],
}

impl Run<'_> {
    /// Runs a command of the server's program with this on its standard input.
    async fn with(&self, arguments: &[&str], input: &str) -> anyhow::Result<()> {
        let mut command = Command::new(self.medchat);
        command.arg("--config").arg(self.config).args(arguments);
        command.envs(self.environment.iter().map(|(name, value)| (name, value)));
        command.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::piped());
        let mut child = command.spawn().with_context(|| self.medchat.display().to_string())?;
        if let Some(mut pipe) = child.stdin.take() {
            pipe.write_all(input.as_bytes()).await?;
        }
        let output = child.wait_with_output().await?;
        let said = String::from_utf8_lossy(&output.stderr);
        ensure!(output.status.success(), "medchat {}: {}", arguments.join(" "), said.trim());
        Ok(())
    }
}

/// The file of a region with medchats of these sizes, each with a unit of territory of its own.
fn file((code, number, name, zone): &(&str, &str, &str, &str), sizes: &[u32]) -> String {
    let mut text = format!(
        "# Made for a load test.\ncode = \"{code}\"\nnumber = \"{number}\"\nname = \"{name}\"\ntime_zone = \"{zone}\"\n\
         calendar = \"six_day\"\noutside_hours = \"queue\"\nanonymous_reading = true\n\n[week]\n"
    );
    for day in ["mon", "tue", "wed", "thu", "fri", "sat"] {
        let _ = writeln!(text, "{day} = [\"08:00-20:00\"]");
    }
    let _ = write!(
        text,
        "sun = []\n\n[announcements]\nkey = \"announcements\"\ntitle = \"{name}. Объявления\"\n"
    );
    for (at, size) in sizes.iter().enumerate() {
        let _ = write!(
            text,
            "\n[[units]]\nkey = \"unit-{at}\"\nname = \"Округ {at}\"\n\n[[medchats]]\nkey = \"medchat-{at}\"\n\
             title = \"Округ {at}. Здоровье\"\nunits = [\"unit-{at}\"]\nweight = {size}\n"
        );
    }
    text + "\n[[organisations]]\nkey = \"load\"\nname = \"Поликлиника (вымышленная)\"\nserves = \"all\"\n\
            invented = true\nstaff_room_title = \"Сотрудники: поликлиника (вымышленная)\"\n"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_those_of_the_programme() {
        let sizes = sizes(460);
        let sum: u32 = sizes.iter().sum();
        assert_eq!((sizes.len(), sizes[0]), (460, 50_000));
        assert!((1_010_000..1_014_000).contains(&sum), "{sum}");
        assert!(sizes.is_sorted_by(|one, next| one >= next) && sizes[459] > 500);
        assert_eq!(super::sizes(3).len(), 3);
    }

    #[test]
    fn each_medchat_has_its_weight_and_its_territory() {
        let text = file(&REGIONS[0], &[500, 7]);
        assert_eq!(text.matches("[[medchats]]").count(), 2);
        assert_eq!(text.matches("[[units]]").count(), 2);
        assert!(text.contains("weight = 500") && text.contains("weight = 7"));
    }
}
