//! What is printed: the held-out figures for `server/corpus/README.md`, the tune part's mistakes, judged samples.

use std::fmt::Write as _;
use std::hint::black_box;
use std::time::Duration;

use domain::guard::corpus::{Line, Part};
use domain::guard::decision::{triage, triage_with};
use domain::guard::model::Model;
use domain::pii;
use domain::topic::TopicPolicy;

use crate::corpus::{self, Outcome};
use crate::figures::{Figures, Mistake};
use crate::{learn, masks};

/// What models do with lines they have not seen, the held-out part left alone, and with `show` their mistakes.
pub fn tune(show: Option<&str>) -> Outcome<String> {
    let lines = corpus::read()?;
    let mut models = learn::folds(&lines);
    let threshold = learn::threshold(&models, &lines)?;
    let mut figures = Figures::default();
    for (fold, bytes) in (0..).zip(&mut models) {
        bytes.splice(16..20, threshold.to_le_bytes());
        let model = Model::parse(bytes).ok_or("a model of another shape")?;
        let unseen =
            lines.iter().filter(|line| line.part() != Part::HeldOut && line.fold(learn::FOLDS) == fold);
        figures.add(&model, unseen);
    }
    let mut text = figures.tell() + &figures.tell_labels();
    for mistake in figures.mistakes.iter().filter(|_| show.is_some()) {
        text.push_str(&tell(mistake));
    }
    Ok(text)
}

fn tell(Mistake { line, got, .. }: &Mistake) -> String {
    format!("* {} → {}, {:?}: {}\n", line.label.key(), got.label.key(), got.words, line.text)
}

/// The figures of the held-out part, of masking and of speed.
pub fn report() -> Outcome<String> {
    let lines = corpus::read()?;
    let figures =
        Figures::of(&Model::compiled_in(), lines.iter().filter(|line| line.part() == Part::HeldOut));
    let count = |part| lines.iter().filter(|line| line.part() == part).count();
    let mut text = format!(
        "{} messages: {} to train, {} to tune, {} held out.\n\n",
        lines.len(),
        count(Part::Train),
        count(Part::Tune),
        count(Part::HeldOut)
    );
    for table in
        [figures.tell(), figures.tell_labels(), figures.tell_confusion(), masks::tell(None)?, speed(&lines)]
    {
        writeln!(text, "{table}")?;
    }
    let mut worst: Vec<&Mistake> = figures.mistakes.iter().filter(|mistake| mistake.verdict).collect();
    worst.dedup_by_key(|mistake| &mistake.line.text);
    worst.sort_by_key(|mistake| mistake.line.label);
    worst.iter().take(10).for_each(|mistake| text.push_str(&tell(mistake)));
    Ok(text)
}

/// How long judging and masking take: the mean per hundred characters, and the slowest of a hundred for 500.
#[expect(clippy::disallowed_methods, reason = "a stopwatch")]
fn speed(lines: &[Line]) -> String {
    let clock = |text: &str| {
        let start = std::time::Instant::now();
        black_box((triage(black_box(text), TopicPolicy::FEDERAL), pii::mask(text)));
        start.elapsed()
    };
    let characters: usize = lines.iter().map(|line| line.text.chars().count()).sum();
    let whole: Duration = lines.iter().map(|line| clock(&line.text)).sum();
    let mean = whole.as_secs_f64() * 1e6 / characters.max(1) as f64 * 100.0;
    let joined: Vec<char> = lines.iter().flat_map(|line| line.text.chars().chain([' '])).collect();
    let long = joined.chunks_exact(500).map(|chunk| clock(&chunk.iter().collect::<String>()));
    let mut long: Vec<Duration> = long.collect();
    long.sort();
    let slow = long.get(long.len() * 99 / 100).copied().unwrap_or_default();
    format!(
        "Judging and masking: {mean:.0} µs per 100 characters in the mean, {} µs p99 for 500.\n",
        slow.as_micros()
    )
}

/// Figures on lines from elsewhere, and with `show` the mistakes: a file like those in `messages/`, or one object a line
/// with `id`, `region`, `text`, `verdict`, `topic`.
pub fn judge(file: &str, show: Option<&str>) -> Outcome<String> {
    let text = std::fs::read_to_string(file)?;
    if !file.ends_with(".tsv") {
        return judge_samples(&text, show);
    }
    let lines: Option<Vec<Line>> = text.lines().map(Line::parse).collect();
    let lines = lines.ok_or("a line that is not labelled")?;
    let figures = Figures::of(&Model::compiled_in(), lines.iter());
    let mut text = format!("{} messages.\n\n{}\n{}", lines.len(), figures.tell(), figures.tell_labels());
    figures.mistakes.iter().filter(|_| show.is_some()).for_each(|mistake| text.push_str(&tell(mistake)));
    Ok(text)
}

fn judge_samples(samples: &str, show: Option<&str>) -> Outcome<String> {
    let model = Model::compiled_in();
    let mut text = String::new();
    let (mut verdicts, mut topics, mut lines) = (0, 0, 0);
    for line in samples.lines() {
        let line: serde_json::Value = serde_json::from_str(line)?;
        let field = |name: &str| line.get(name).and_then(|value| value.as_str()).unwrap_or_default();
        let policy = if field("region") == "RU-KHA" { TopicPolicy::KHABAROVSK } else { TopicPolicy::FEDERAL };
        let got = triage_with(&model, field("text"), policy);
        let right = (got.verdict.key() == field("verdict"), got.label.key() == field("topic"));
        lines += 1;
        verdicts += usize::from(right.0);
        topics += usize::from(right.1);
        if right != (true, true) && show.is_some() {
            writeln!(text, "* {} → {}, {:?}: {}", field("topic"), got.label.key(), got.words, field("text"))?;
        }
    }
    Ok(format!("{text}verdict {verdicts}, topic {topics} of {lines}"))
}
