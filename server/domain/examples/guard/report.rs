//! Tells how good a model is on a part of the corpus.

use std::fmt::Write as _;

use domain::guard::corpus::{Label, Line, Part};
use domain::guard::decision::{Triage, Verdict, triage_with};
use domain::guard::model::Model;
use domain::topic::{HospitalisationRule, RefusalRule, Topic, TopicPolicy};

use crate::corpus::{self, Outcome};
use crate::learn;

/// What a line should get under a policy.
pub fn expected(line: &Line, policy: TopicPolicy) -> (Verdict, Label) {
    let topic = match line.label {
        Label::Emergency => return (Verdict::Emergency, line.label),
        Label::Chatter => return (Verdict::Chatter, line.label),
        Label::About(topic) => topic,
    };
    let reference = (Verdict::Allow, Label::About(Topic::Reference));
    let refused = (Verdict::Refuse, line.label);
    match topic {
        Topic::Therapy | Topic::Diagnosis | Topic::Ambulance => refused,
        Topic::Hospitalisation => match policy.hospitalisation {
            HospitalisationRule::EmergencyOnly if line.planned => reference,
            _ => refused,
        },
        Topic::DrugAvailability if policy.drug_availability == RefusalRule::Reference => reference,
        Topic::Prices if policy.prices == RefusalRule::Reference => reference,
        Topic::DrugAvailability | Topic::Prices => refused,
        _ => (Verdict::Allow, line.label),
    }
}

/// Counts of a part.
#[derive(Default)]
pub struct Figures {
    lines: usize,
    verdicts: usize,
    topics: usize,
    emergencies: usize,
    found: usize,
    false_alarms: usize,
    accepted: usize,
    refused: usize,
    /// What went wrong: line, what it got.
    pub wrong: Vec<(Line, Triage)>,
}

impl Figures {
    /// Judges every line under both lists.
    pub fn of<'a>(model: &Model<'_>, lines: impl Iterator<Item = &'a Line>) -> Self {
        let mut figures = Self::default();
        for line in lines {
            for policy in [TopicPolicy::FEDERAL, TopicPolicy::KHABAROVSK] {
                figures.count(line, expected(line, policy), triage_with(model, &line.text, policy));
            }
        }
        figures
    }

    fn count(&mut self, line: &Line, (verdict, label): (Verdict, Label), got: Triage) {
        self.lines += 1;
        self.verdicts += usize::from(got.verdict == verdict);
        self.topics += usize::from(got.label == label);
        if verdict == Verdict::Emergency {
            self.emergencies += 1;
            self.found += usize::from(got.verdict == Verdict::Emergency);
        } else {
            self.false_alarms += usize::from(got.verdict == Verdict::Emergency);
        }
        if verdict == Verdict::Allow {
            self.accepted += 1;
            self.refused += usize::from(got.verdict == Verdict::Refuse);
        }
        if got.verdict != verdict || got.label != label {
            self.wrong.push((line.clone(), got));
        }
    }

    /// The figures in lines.
    pub fn tell(&self) -> String {
        let share = |part: usize, whole: usize| format!("{:.1} % ({part} of {whole})", part as f32 * 100.0 / whole.max(1) as f32);
        format!(
            "verdict {}\ntopic {}\nemergencies found {}\nfalse alarms {}\naccepted refused {}",
            share(self.verdicts, self.lines),
            share(self.topics, self.lines),
            share(self.found, self.emergencies),
            share(self.false_alarms, self.lines - self.emergencies),
            share(self.refused, self.accepted),
        )
    }
}

/// What a model of the train part does on the tune part, and its mistakes.
pub fn tune(show: Option<&str>) -> Outcome<String> {
    let lines = corpus::read()?;
    let mut bytes = learn::first(&lines);
    let threshold = learn::threshold(&bytes, &lines)?;
    bytes.splice(16..20, threshold.to_le_bytes());
    let model = Model::parse(&bytes).ok_or("a model of another shape")?;
    let figures = Figures::of(&model, lines.iter().filter(|line| line.part() == Part::Tune));
    let mut text = figures.tell();
    for (line, got) in figures.wrong.iter().filter(|_| show.is_some()) {
        write!(text, "\n{} -> {} {} {:?} | {}", line.label.key(), got.verdict.key(), got.label.key(), got.words, line.text)?;
    }
    Ok(text)
}

/// The held-out part.
pub fn report() -> Outcome<String> {
    let lines = corpus::read()?;
    let model = Model::compiled_in();
    Ok(Figures::of(&model, lines.iter().filter(|line| line.part() == Part::HeldOut)).tell())
}

/// A file of judged lines: `id`, `region`, `text`, `verdict`, `topic`.
pub fn judge(file: &str) -> Outcome<String> {
    let model = Model::compiled_in();
    let mut text = String::new();
    let (mut verdicts, mut topics, mut lines) = (0, 0, 0);
    for line in std::fs::read_to_string(file)?.lines() {
        let line: serde_json::Value = serde_json::from_str(line)?;
        let field = |name: &str| line.get(name).and_then(|value| value.as_str()).unwrap_or_default();
        let policy = if field("region") == "RU-KHA" { TopicPolicy::KHABAROVSK } else { TopicPolicy::FEDERAL };
        let got = triage_with(&model, field("text"), policy);
        let right = (got.verdict.key() == field("verdict"), got.label.key() == field("topic"));
        lines += 1;
        verdicts += usize::from(right.0);
        topics += usize::from(right.1);
        if right != (true, true) {
            writeln!(text, "{} {} -> {} {} {:?} | {}", field("verdict"), field("topic"), got.verdict.key(), got.label.key(), got.words, field("text"))?;
        }
    }
    Ok(format!("{text}verdict {verdicts} topic {topics} of {lines}"))
}
