//! A report as one HTML file that needs nothing beside it.

use crate::report::plot::{Plot, escape};
use crate::report::{Figure, Goal, Report, number};

const STYLE: &str = "body{font:15px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;\
color:#1b1f24;background:#fff}h1{font-size:1.5rem}h2{font-size:1.1rem;margin-top:2rem}\
table{border-collapse:collapse;width:100%}td,th{padding:.25rem .6rem;border-bottom:1px solid #d8dde3;text-align:left}\
td.n,th.n{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}.good{color:#15803d}\
.bad{color:#b91c1c;font-weight:600}svg{width:100%;height:auto}.grid{stroke:#d8dde3}text{font-size:11px;fill:#52606d}\
.up{text-anchor:end}.across{text-anchor:middle}code{background:#f1f3f5;padding:.1rem .3rem}";

/// The page.
pub fn page(report: &Report) -> String {
    let title = escape(&report.title);
    let verdict = if report.is_good() {
        r#"<p class="good">Every goal is reached.</p>"#
    } else {
        r#"<p class="bad">Not every goal is reached.</p>"#
    };
    let rows: String = report.figures.iter().map(row).collect();
    let plots: String = report.plots.iter().map(section).collect();
    let notes: String = report.notes.iter().map(|note| format!("<li>{}</li>", escape(note))).collect();
    format!(
        "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>{title}</title><style>{STYLE}</style>\
         <h1>{title}</h1><p><code>{}</code><br>{}</p>{verdict}<table><tr><th>figure<th class=\"n\">value<th>\
         <th class=\"n\">yardstick<th class=\"n\">ratio<th>goal</tr>{rows}</table><ul>{notes}</ul>{plots}</html>\n",
        escape(&report.command),
        escape(&report.machine),
    )
}

fn row(figure: &Figure) -> String {
    let or_nothing = |value: Option<f64>| value.map(number).unwrap_or_default();
    let goal = match (figure.goal.map(Goal::words), figure.is_reached()) {
        (Some(words), Some(true)) => format!(r#"<td class="good">{}</td>"#, escape(&words)),
        (Some(words), _) => format!(r#"<td class="bad">{}, missed</td>"#, escape(&words)),
        (None, _) => "<td></td>".into(),
    };
    format!(
        r#"<tr><td>{}<td class="n">{}<td>{}<td class="n">{}<td class="n">{}{goal}</tr>"#,
        escape(&figure.name),
        number(figure.value),
        escape(&figure.unit),
        or_nothing(figure.yardstick),
        or_nothing(figure.ratio()),
    )
}

fn section(plot: &Plot) -> String {
    format!("<h2>{}, {}</h2><p>{}</p>{}", escape(&plot.title), escape(&plot.up), plot.legend(), plot.svg())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_stands_alone_and_says_what_was_missed() {
        let mut report = Report::new("a <run>");
        report.add(Figure::new("p99", 600.0, "ms").beside(Some(500.0)).aims(Some(Goal::AtMost(500.0))));
        let page = page(&report);
        assert!(page.contains("a &lt;run&gt;") && !page.contains("<run>"));
        assert!(page.contains("Not every goal") && page.contains("missed"));
        for foreign in ["<script", "http:", "https:", "src="] {
            assert!(!page.contains(foreign), "{foreign}");
        }
    }
}
