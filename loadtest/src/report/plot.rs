//! A plot as inline SVG: lines over time, or over the share of deliveries. No script, no font from elsewhere.

use serde::{Deserialize, Serialize};

use crate::latency::Latencies;
use crate::report::number;

const WIDTH: f64 = 720.0;
const HEIGHT: f64 = 260.0;
/// What axes and their numbers take, left and below.
const LEFT: f64 = 80.0;
const BELOW: f64 = 36.0;
const ABOVE: f64 = 12.0;
/// What the last number needs on the right.
const RIGHT: f64 = 40.0;
/// Told apart by anybody, on white and on black.
const COLOURS: [&str; 6] = ["#0b6bcb", "#c2410c", "#15803d", "#7c3aed", "#b91c1c", "#52606d"];

/// A plot.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Plot {
    /// What it shows.
    pub title: String,
    /// What goes to the right.
    pub across: String,
    /// What goes up.
    pub up: String,
    /// The lines.
    pub series: Vec<Series>,
}

/// A line of a plot.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Series {
    /// Its name.
    pub name: String,
    /// Its points.
    pub points: Vec<(f64, f64)>,
}

impl Plot {
    /// How latencies spread: which share came within which time.
    pub fn distribution(title: &str, lines: &[(&str, &Latencies)]) -> Self {
        let line = |(name, latencies): &(&str, &Latencies)| {
            let shares = (0..=99).map(f64::from).chain([99.5, 99.9]);
            let points = shares.map(|share| (share, latencies.millis(share / 100.0))).collect();
            Series { name: (*name).to_owned(), points }
        };
        let (title, series) = (format!("{title}: latency"), lines.iter().map(line).collect());
        Self { title, across: "percent of all".into(), up: "ms".into(), series }
    }

    /// The plot as SVG.
    pub fn svg(&self) -> String {
        let points = || self.series.iter().flat_map(|series| &series.points);
        let right = points().map(|point| point.0).fold(f64::MIN_POSITIVE, f64::max);
        let top = points().map(|point| point.1).fold(f64::MIN_POSITIVE, f64::max) * 1.05;
        let x = |value: f64| LEFT + value / right * (WIDTH - LEFT - RIGHT);
        let y = |value: f64| HEIGHT - BELOW - value / top * (HEIGHT - BELOW - ABOVE);
        let mut svg = format!(
            r#"<svg viewBox="0 0 {WIDTH} {HEIGHT}" role="img"><title>{}</title>"#,
            escape(&self.title)
        );
        for step in 0..=4 {
            let share = f64::from(step) / 4.0;
            let (at_x, at_y) = (x(right * share), y(top * share));
            svg += &format!(
                r#"<line class="grid" x1="{LEFT}" x2="{}" y1="{at_y:.1}" y2="{at_y:.1}"/><text class="up" x="{}" y="{:.1}">{}</text><text class="across" x="{at_x:.1}" y="{}">{}</text>"#,
                WIDTH - RIGHT,
                LEFT - 6.0,
                at_y + 4.0,
                number(top * share),
                HEIGHT - BELOW + 16.0,
                number(right * share),
            );
        }
        for (series, colour) in self.series.iter().zip(COLOURS.iter().cycle()) {
            let line: Vec<String> =
                series.points.iter().map(|(across, up)| format!("{:.1},{:.1}", x(*across), y(*up))).collect();
            svg += &format!(
                r#"<polyline fill="none" stroke="{colour}" stroke-width="1.6" points="{}"/>"#,
                line.join(" ")
            );
        }
        svg + &format!(
            r#"<text class="across" x="{}" y="{}">{}</text></svg>"#,
            WIDTH / 2.0,
            HEIGHT - 4.0,
            escape(&self.across)
        )
    }

    /// The names of the lines in their colours.
    pub fn legend(&self) -> String {
        let name = |(series, colour): (&Series, &&str)| {
            format!(r#"<span style="color:{colour}">■</span> {}"#, escape(&series.name))
        };
        let names: Vec<String> = self.series.iter().zip(COLOURS.iter().cycle()).map(name).collect();
        names.join(" · ")
    }
}

/// Text for HTML.
pub fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_point_is_inside() {
        let points = vec![(0.0, 0.0), (5.0, 100.0), (10.0, 50.0)];
        let series = vec![Series { name: "here".into(), points }];
        let plot = Plot { title: "a < b".into(), across: "s".into(), up: "people".into(), series };
        let svg = plot.svg();
        assert!(svg.contains("a &lt; b") && !svg.contains("a < b"));
        let line = svg.split(r#"points=""#).nth(1).unwrap().split('"').next().unwrap();
        let pairs: Vec<(f64, f64)> = line
            .split(' ')
            .map(|pair| pair.split_once(',').unwrap())
            .map(|(x, y)| (x.parse().unwrap(), y.parse().unwrap()))
            .collect();
        assert_eq!(pairs.len(), 3);
        assert!(
            pairs.iter().all(|(x, y)| (0.0..=WIDTH).contains(x) && (0.0..=HEIGHT).contains(y)),
            "{pairs:?}"
        );
        assert!(pairs[1].1 < pairs[2].1 && pairs[2].1 < pairs[0].1, "more is higher");
    }
}
