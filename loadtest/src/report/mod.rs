//! What a run showed: figures with their yardsticks and goals, and plots. The only place that writes to the
//! terminal, progress apart.

mod html;
mod plot;

use std::path::Path;

use anyhow::Context as _;
use serde::{Deserialize, Serialize};

use crate::crowd::order::Sums;
use crate::latency::Latencies;

pub use plot::{Plot, Series};

/// What a run showed.
#[derive(Debug, Default, Serialize, Deserialize)]
pub struct Report {
    /// What was run.
    pub title: String,
    /// The command that ran it.
    pub command: String,
    /// The machine it ran on.
    pub machine: String,
    /// What was measured.
    pub figures: Vec<Figure>,
    /// How it went over time, and how latencies spread.
    pub plots: Vec<Plot>,
    /// What is worth knowing beside figures.
    pub notes: Vec<String>,
}

/// Something that was measured.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Figure {
    /// What.
    pub name: String,
    /// How much.
    pub value: f64,
    /// Of what.
    pub unit: String,
    /// The same of the yardstick, in the same run.
    pub yardstick: Option<f64>,
    /// What it must reach.
    pub goal: Option<Goal>,
}

/// What a figure must reach.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Goal {
    /// The figure itself.
    AtMost(f64),
    /// The figure itself.
    AtLeast(f64),
    /// The figure divided by its yardstick.
    RatioAtMost(f64),
}

impl Figure {
    /// A figure without yardstick and goal.
    pub fn new(name: impl Into<String>, value: f64, unit: &str) -> Self {
        Self { name: name.into(), value, unit: unit.into(), yardstick: None, goal: None }
    }

    /// Beside its yardstick.
    pub fn beside(self, yardstick: Option<f64>) -> Self {
        Self { yardstick, ..self }
    }

    /// With a goal.
    pub fn aims(self, goal: Option<Goal>) -> Self {
        Self { goal, ..self }
    }

    /// The figure divided by its yardstick.
    pub fn ratio(&self) -> Option<f64> {
        self.yardstick.filter(|yardstick| *yardstick > 0.0).map(|yardstick| self.value / yardstick)
    }

    /// Whether the goal is reached; `None` without one. What cannot be compared has not reached it.
    pub fn is_reached(&self) -> Option<bool> {
        self.goal.map(|goal| match goal {
            Goal::AtMost(most) => self.value <= most,
            Goal::AtLeast(least) => self.value >= least,
            Goal::RatioAtMost(most) => self.ratio().is_some_and(|ratio| ratio <= most),
        })
    }

    /// In one line.
    pub fn line(&self) -> String {
        let Self { name, unit, .. } = self;
        let mut line = format!("{name:<46} {:>14} {unit}", number(self.value));
        if let (Some(yardstick), Some(ratio)) = (self.yardstick, self.ratio()) {
            line += &format!("   yardstick {} = {ratio:.2} ×", number(yardstick));
        }
        if let (Some(goal), Some(is_reached)) = (self.goal, self.is_reached()) {
            line += &format!("   {} {}", goal.words(), if is_reached { "reached" } else { "MISSED" });
        }
        line
    }
}

impl Goal {
    fn words(self) -> String {
        match self {
            Self::AtMost(most) => format!("goal ≤ {}", number(most)),
            Self::AtLeast(least) => format!("goal ≥ {}", number(least)),
            Self::RatioAtMost(most) => format!("goal ≤ {most:.2} ×"),
        }
    }
}

/// A number with as many digits as it is worth, in groups of three.
pub fn number(value: f64) -> String {
    let digits = match value.abs() {
        0.0..10.0 if value.fract() != 0.0 => 2,
        0.0..1000.0 if value.fract() != 0.0 => 1,
        _ => 0,
    };
    let plain = format!("{value:.digits$}");
    let (whole, rest) = plain.split_at(plain.find('.').unwrap_or(plain.len()));
    let mut grouped = String::new();
    for (at, digit) in whole.chars().enumerate() {
        if at > 0 && (whole.len() - at) % 3 == 0 && !grouped.ends_with('-') {
            grouped.push(' ');
        }
        grouped.push(digit);
    }
    grouped + rest
}

impl Report {
    /// A report of a run in which nothing has happened yet.
    pub fn new(title: impl Into<String>) -> Self {
        let command: Vec<String> = std::env::args().skip(1).collect();
        let command = format!("loadtest {}", command.join(" "));
        Self { title: title.into(), command, machine: machine(), ..Self::default() }
    }

    /// Adds a figure.
    pub fn add(&mut self, figure: Figure) {
        self.figures.push(figure);
    }

    /// Adds what must never be: lost, doubled, swapped, unanswered or refused.
    pub fn add_faults(&mut self, what: &str, sums: &Sums) {
        let unanswered = sums.tick.sent.saturating_sub(sums.tick.acked + sums.tick.refused);
        let faults = sums.faults;
        for (name, count) in [
            ("lost", faults.lost),
            ("twice", faults.doubled),
            ("out of order", faults.swapped),
            ("under another number", faults.renumbered),
            ("posts without an answer", unanswered),
            ("posts refused", sums.tick.refused),
        ] {
            let figure = Figure::new(format!("{what}: {name}"), count as f64, "");
            self.add(figure.aims(Some(Goal::AtMost(0.0))));
        }
        self.notes
            .extend(sums.refused.iter().map(|(code, count)| format!("{what}: refused {count} × {code}")));
        self.notes.extend(sums.cut.iter().map(|(why, count)| format!("{what}: cut off {count} × {why}")));
    }

    /// Adds the quantiles of latencies, the last with a goal, and their distribution.
    pub fn add_latencies(&mut self, what: &str, latencies: &Latencies, p99: Option<Goal>) {
        for (name, share, goal) in [("p50", 0.5, None), ("p90", 0.9, None), ("p99", 0.99, p99)] {
            let figure = Figure::new(format!("{what}: {name}"), latencies.millis(share), "ms");
            self.add(figure.aims(goal));
        }
        self.add(Figure::new(format!("{what}: longest"), latencies.max_millis(), "ms"));
        self.plots.push(Plot::distribution(what, &[(what, latencies)]));
    }

    /// The value of the figure of this name.
    pub fn value(&self, name: &str) -> Option<f64> {
        self.figures.iter().find(|figure| figure.name == name).map(|figure| figure.value)
    }

    /// Reads a report that was written.
    ///
    /// # Errors
    /// When there is none at `path`, or it is something else.
    pub fn read(path: &Path) -> anyhow::Result<Self> {
        let text = std::fs::read_to_string(path).with_context(|| path.display().to_string())?;
        serde_json::from_str(&text).with_context(|| format!("{} is no report", path.display()))
    }

    /// Whether every goal is reached.
    pub fn is_good(&self) -> bool {
        self.figures.iter().all(|figure| figure.is_reached() != Some(false))
    }

    /// Writes `PATH.html` and `PATH.json`, whatever ending `path` has.
    ///
    /// # Errors
    /// When the disk refuses.
    pub fn write(&self, path: &Path) -> anyhow::Result<()> {
        let page = path.with_extension("html");
        std::fs::write(&page, html::page(self)).with_context(|| page.display().to_string())?;
        let json = path.with_extension("json");
        let text = serde_json::to_string_pretty(self)?;
        std::fs::write(&json, text).with_context(|| json.display().to_string())
    }
}

fn machine() -> String {
    let read = |path: &str| std::fs::read_to_string(path).unwrap_or_default();
    let info = read("/proc/cpuinfo");
    let model = info.lines().find_map(|line| line.strip_prefix("model name")).unwrap_or_default();
    let cores = info.lines().filter(|line| line.starts_with("processor")).count();
    let memory = read("/proc/meminfo");
    let memory = memory.lines().find_map(|line| line.strip_prefix("MemTotal:")).unwrap_or_default();
    let kernel = read("/proc/sys/kernel/osrelease");
    let model = model.trim_start_matches(['\t', ' ', ':']);
    format!("{cores} cores, {model}, {} of memory, Linux {}", memory.trim(), kernel.trim())
}

/// Prints a report.
#[expect(clippy::print_stdout, reason = "standard output is where a report goes")]
pub fn print(report: &Report) {
    println!("{}", report.title);
    report.figures.iter().for_each(|figure| println!("  {}", figure.line()));
    report.notes.iter().for_each(|note| println!("  {note}"));
    println!("{}", if report.is_good() { "good" } else { "NOT GOOD" });
}

/// Says something on the way.
#[expect(clippy::print_stdout, reason = "standard output is where a report goes")]
pub fn say(line: &str) {
    println!("{line}");
}

/// Says why nothing could be shown.
#[expect(clippy::print_stderr, reason = "standard error is where a command complains")]
pub fn complain(line: &str) {
    eprintln!("{line}");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_goal_is_reached_or_missed() {
        let figure = Figure::new("p99", 80.0, "ms");
        assert_eq!(figure.is_reached(), None);
        assert_eq!(figure.clone().aims(Some(Goal::AtMost(80.0))).is_reached(), Some(true));
        assert_eq!(figure.clone().aims(Some(Goal::AtMost(79.9))).is_reached(), Some(false));
        assert_eq!(figure.clone().aims(Some(Goal::AtLeast(81.0))).is_reached(), Some(false));
        let ratio = figure.aims(Some(Goal::RatioAtMost(1.3)));
        assert_eq!(ratio.is_reached(), Some(false), "nothing to compare with");
        assert_eq!(ratio.clone().beside(Some(70.0)).is_reached(), Some(true));
        assert_eq!(ratio.beside(Some(50.0)).is_reached(), Some(false));
    }

    #[test]
    fn one_missed_goal_spoils_a_report() {
        let mut report = Report::new("run");
        report.add_faults("fanout", &Sums::default());
        assert!(report.is_good());
        let mut sums = Sums::default();
        sums.tick.sent = 1;
        report.add_faults("fanout", &sums);
        assert!(!report.is_good(), "a post without an answer");
    }

    #[test]
    fn numbers_are_read_by_people() {
        let shown: Vec<String> =
            [0.0, 1.5, 12.34, 1234.5, 1_012_000.0, -1500.0].map(number).into_iter().collect();
        assert_eq!(shown, ["0", "1.50", "12.3", "1 234", "1 012 000", "-1 500"]);
    }
}
