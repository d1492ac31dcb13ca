//! `growth`: how the cost grows with the number of people, out of the reports of several runs of `million`. It
//! measures nothing itself.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, ensure};
use clap::Args;

use crate::million::{ALL_JOINED, ANNOUNCED, DELIVERY, JOINED, MEMORY, PEOPLE};
use crate::report::{Figure, Plot, Report, Series};

/// Which runs.
#[derive(Args)]
pub struct Options {
    /// The JSON reports of runs of `million`, each with another number of people.
    #[arg(required = true, num_args = 2..)]
    reports: Vec<PathBuf>,
    /// Where to write the report, as PATH.html and PATH.json.
    #[arg(long, value_name = "PATH")]
    report: Option<PathBuf>,
}

/// What one run cost.
struct Run {
    people: f64,
    report: Report,
}

impl Options {
    /// Where the report goes.
    pub fn report(&self) -> Option<&Path> {
        self.report.as_deref()
    }
}

/// Reads the reports and lays them side by side.
///
/// # Errors
/// When one of them is no report of `million`.
pub fn run(options: &Options) -> anyhow::Result<Report> {
    let mut runs = options.reports.iter().map(|path| Run::read(path)).collect::<anyhow::Result<Vec<_>>>()?;
    runs.sort_by(|one, other| one.people.total_cmp(&other.people));
    grow(&runs)
}

fn grow(runs: &[Run]) -> anyhow::Result<Report> {
    ensure!(
        runs.windows(2).all(|pair| matches!(pair, [one, other] if one.people < other.people)),
        "each run must have another number of people"
    );
    let mut report = Report::new("How the cost grows");
    for run in runs {
        for (name, unit) in [(ALL_JOINED, "s"), (JOINED, "/s"), (ANNOUNCED, "s")] {
            report.add(Figure::new(format!("{} people: {name}", run.people), run.value(name)?, unit));
        }
        let each = run.value(&memory("all"))? * 1e9 / run.people;
        report.add(Figure::new(
            format!("{} people: memory of everything, for each", run.people),
            each,
            "bytes",
        ));
    }
    let parts = ["all", "nodes", "PostgreSQL", "NATS", "tester", "kernel"];
    let lines: Vec<(String, String)> = parts.map(|part| (part.to_owned(), memory(part))).into();
    report.plots.push(plot(runs, "Memory at its highest", "GB", &lines)?);
    report.plots.push(plot(runs, "Time until all joined", "s", &[("joined".into(), ALL_JOINED.into())])?);
    report.plots.push(plot(
        runs,
        "One announcement to everybody: the last",
        "s",
        &[("last".into(), ANNOUNCED.into())],
    )?);
    let quantiles = ["p50", "p99"].map(|share| (share.to_owned(), format!("{DELIVERY}: {share}")));
    report.plots.push(plot(runs, "Delivery", "ms", &quantiles)?);
    Ok(report)
}

/// The name of a part's memory in a report.
fn memory(part: &str) -> String {
    format!("{MEMORY}: {part}")
}

fn plot(runs: &[Run], title: &str, up: &str, lines: &[(String, String)]) -> anyhow::Result<Plot> {
    let line = |(name, figure): &(String, String)| {
        let point = |run: &Run| Ok((run.people, run.value(figure)?));
        let points = runs.iter().map(point).collect::<anyhow::Result<Vec<_>>>()?;
        Ok(Series { name: name.clone(), points })
    };
    let series = lines.iter().map(line).collect::<anyhow::Result<Vec<_>>>()?;
    Ok(Plot { title: title.into(), across: "people".into(), up: up.into(), series })
}

impl Run {
    fn read(path: &Path) -> anyhow::Result<Self> {
        let report = Report::read(path)?;
        let people =
            report.value(PEOPLE).with_context(|| format!("{} is no run of `million`", path.display()))?;
        Ok(Self { people, report })
    }

    fn value(&self, name: &str) -> anyhow::Result<f64> {
        self.report
            .value(name)
            .with_context(|| format!("the run of {} people has no \"{name}\"", self.people))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(people: f64) -> Run {
        let mut report = Report::new("a run");
        for name in [ALL_JOINED, JOINED, ANNOUNCED, "delivery: p50", "delivery: p99"] {
            report.add(Figure::new(name, people / 10.0, ""));
        }
        for part in ["all", "nodes", "PostgreSQL", "NATS", "tester", "kernel"] {
            report.add(Figure::new(memory(part), people / 1e6, "GB"));
        }
        Run { people, report }
    }

    #[test]
    fn runs_stand_side_by_side() {
        let report = grow(&[of(10_000.0), of(100_000.0)]).unwrap();
        assert_eq!(report.value("100000 people: all joined"), Some(10_000.0));
        assert_eq!(report.value("10000 people: memory of everything, for each"), Some(1000.0));
        let memory = report.plots.first().unwrap().series.first().unwrap();
        assert_eq!(memory.points, [(10_000.0, 0.01), (100_000.0, 0.1)]);
    }

    #[test]
    fn runs_that_cannot_be_compared_are_refused() {
        assert!(grow(&[of(10_000.0), of(10_000.0)]).is_err(), "twice the same");
        let mut less = of(5.0);
        less.report.figures.pop();
        assert!(grow(&[less, of(6.0)]).is_err(), "a figure is missing");
    }
}
