//! From scores to a verdict: an emergency beats everything, then the region's list says what is answered. Each decision
//! names its rule, and the words that weighed most.

use crate::guard::corpus::Label;
use crate::guard::features::{self, Reading};
use crate::guard::model::{self, Model, Scores};
use crate::guard::normal::normalise;
use crate::topic::{Topic, TopicPolicy, Treatment};

/// What becomes of a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Verdict {
    /// It may be asked here.
    Allow,
    /// It is not answered here.
    Refuse,
    /// 103 answers it.
    Emergency,
    /// Courtesy, sent as chat.
    Chatter,
}

impl Verdict {
    /// The word used in answers.
    pub const fn key(self) -> &'static str {
        match self {
            Self::Allow => "allow",
            Self::Refuse => "refuse",
            Self::Emergency => "emergency",
            Self::Chatter => "chatter",
        }
    }
}

/// Why a message was judged as it was: the key of a sentence in the text catalogue.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Reason {
    /// No word in it.
    NoWords,
    /// Signs of danger to life, by score.
    Danger,
    /// Nothing is asked.
    Courtesy,
    /// One of the accepted categories.
    Accepted(Topic),
    /// Others refuse it, this region answers it as a reference question.
    Reference(Topic),
    /// On this region's list of what is not answered.
    Refused(Topic),
}

impl Reason {
    /// The key of the sentence that explains it.
    pub fn key(self) -> String {
        match self {
            Self::NoWords => "no_words".into(),
            Self::Danger => "danger".into(),
            Self::Courtesy => "courtesy".into(),
            Self::Accepted(topic) => format!("accepted.{}", topic.key()),
            Self::Reference(topic) => format!("reference.{}", topic.key()),
            Self::Refused(topic) => format!("refused.{}", topic.key()),
        }
    }
}

/// A judged message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Triage {
    /// What becomes of it.
    pub verdict: Verdict,
    /// What it is about; of what a region answers as reference, `reference`.
    pub label: Label,
    /// Why.
    pub reason: Reason,
    /// The words that weighed most, in their one spelling, the heaviest first; at most three.
    pub words: Vec<String>,
}

/// Judges a message by the list of its region.
pub fn triage(text: &str, policy: TopicPolicy) -> Triage {
    triage_with(&Model::compiled_in(), text, policy)
}

/// Judges a message with another model: what the trainer does to choose thresholds.
pub fn triage_with(model: &Model<'_>, text: &str, policy: TopicPolicy) -> Triage {
    let text = normalise(text);
    let reading = features::read(&text);
    if !reading.words.iter().any(|word| word.text.starts_with(char::is_alphabetic)) {
        return Triage {
            verdict: Verdict::Chatter,
            label: Label::Chatter,
            reason: Reason::NoWords,
            words: Vec::new(),
        };
    }
    let scores = model.scores(&features::features(&reading));
    let (verdict, label, reason, head) = decide(model, &scores, policy);
    Triage { verdict, label, reason, words: heaviest(model, &reading, head) }
}

/// How much likelier a refusal must be: a question refused by mistake is worse than one let through to a human.
const LEAN: f32 = 1.25;

type Decision = (Verdict, Label, Reason, usize);

fn decide(model: &Model<'_>, scores: &Scores, policy: TopicPolicy) -> Decision {
    if danger(scores) >= model.threshold() {
        return (Verdict::Emergency, Label::Emergency, Reason::Danger, model::EMERGENCY);
    }
    let planned = scores.get(model::PLANNED).is_some_and(|score| *score > 0.0);
    let mut chances = model::chances(scores);
    // What is below the threshold is no emergency, however little else it resembles.
    if let Some(chance) = chances.get_mut(Label::Emergency.place()) {
        *chance = 0.0;
    }
    let verdict_of = |label: Label| match label {
        Label::Emergency => Verdict::Emergency,
        Label::Chatter => Verdict::Chatter,
        Label::About(topic) => match treatment(policy, topic, planned) {
            Treatment::Accepted | Treatment::Reference => Verdict::Allow,
            Treatment::Refused | Treatment::EmergencyRefused => Verdict::Refuse,
        },
    };
    let sum = |verdict| -> f32 {
        let those = Label::all().zip(chances).filter(|(label, _)| verdict_of(*label) == verdict);
        those.map(|(_, chance)| chance).sum()
    };
    let chance = |verdict| sum(verdict) * if verdict == Verdict::Allow { LEAN } else { 1.0 };
    let verdicts =
        [Verdict::Allow, Verdict::Refuse, Verdict::Chatter].map(|verdict| (chance(verdict), verdict));
    let verdict = greatest(verdicts).unwrap_or(Verdict::Allow);
    let those = Label::all().zip(chances).filter(|(label, _)| verdict_of(*label) == verdict);
    let label = greatest(those.map(|(label, chance)| (chance, label))).unwrap_or(Label::About(Topic::Other));
    finish(verdict, label, policy, planned)
}

fn finish(verdict: Verdict, label: Label, policy: TopicPolicy, planned: bool) -> Decision {
    let head = label.place();
    match label {
        Label::Emergency => (verdict, label, Reason::Danger, head),
        Label::Chatter => (verdict, label, Reason::Courtesy, head),
        Label::About(topic) => match treatment(policy, topic, planned) {
            Treatment::Accepted => (verdict, label, Reason::Accepted(topic), head),
            Treatment::Reference => (verdict, Label::About(Topic::Reference), Reason::Reference(topic), head),
            _ => (verdict, label, Reason::Refused(topic), head),
        },
    }
}

/// How a region treats a topic, a planned admission told from an urgent one.
fn treatment(policy: TopicPolicy, topic: Topic, planned: bool) -> Treatment {
    match policy.treatment(topic) {
        Treatment::EmergencyRefused if planned => Treatment::Reference,
        Treatment::EmergencyRefused => Treatment::Refused,
        other => other,
    }
}

fn greatest<T>(list: impl IntoIterator<Item = (f32, T)>) -> Option<T> {
    let greatest = list.into_iter().reduce(|best, next| if next.0 > best.0 { next } else { best });
    greatest.map(|(_, value)| value)
}

/// How much a message looks like an emergency: its own score, in which the signs several words tell weigh as features.
/// Judging a long text piece by piece as well, and learning from texts put together, was tried on lines not learnt from:
/// at as many false alarms it found fewer emergencies.
pub fn danger(scores: &Scores) -> f32 {
    scores.get(model::EMERGENCY).copied().unwrap_or(f32::MIN)
}

/// The words that weighed most for a head.
fn heaviest(model: &Model<'_>, reading: &Reading<'_>, head: usize) -> Vec<String> {
    let weighed =
        reading.words.iter().map(|word| (model.weight(features::word_bucket(word), head), word.text));
    let mut weighed: Vec<(i8, &str)> = weighed.filter(|(weight, _)| *weight > 0).collect();
    weighed.sort_by_key(|(weight, _)| std::cmp::Reverse(*weight));
    weighed.dedup_by_key(|(_, word)| *word);
    weighed.into_iter().take(3).map(|(_, word)| word.to_owned()).collect()
}
