//! A labelled line of the corpus and the part its situation belongs to. Pure: reading the files is the trainer's and
//! the tests' business.

use crate::topic::Topic;

/// What a message is, as the corpus labels it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Label {
    /// A life-threatening sign, now, in a real person.
    Emergency,
    /// Courtesy; nothing is asked.
    Chatter,
    /// A question or complaint.
    About(Topic),
}

impl Label {
    /// How many there are.
    pub const COUNT: usize = 2 + Topic::ACCEPTED.len() + Topic::REFUSABLE.len();

    /// All, in the order of the model's heads.
    pub fn all() -> impl Iterator<Item = Self> {
        let topics = Topic::ACCEPTED.into_iter().chain(Topic::REFUSABLE).map(Self::About);
        [Self::Emergency, Self::Chatter].into_iter().chain(topics)
    }

    /// The place of its head in the model.
    pub fn place(self) -> usize {
        Self::all().position(|label| label == self).unwrap_or_default()
    }

    /// The word used in files and answers.
    pub const fn key(self) -> &'static str {
        match self {
            Self::Emergency => "emergency",
            Self::Chatter => "chatter",
            Self::About(topic) => topic.key(),
        }
    }

    /// The label with this key.
    pub fn from_key(key: &str) -> Option<Self> {
        match key {
            "emergency" => Some(Self::Emergency),
            "chatter" => Some(Self::Chatter),
            _ => Topic::from_key(key).map(Self::About),
        }
    }
}

/// What a part of the corpus is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// Weights are learnt from it.
    Train,
    /// Thresholds and the shape of the features are chosen on it.
    Tune,
    /// Opened for reporting only.
    HeldOut,
}

impl Part {
    /// The part of a situation: 14 of 20 train, 3 tune and 3 are held out, by the hash of its name without a trailing
    /// `-2`, `-3`, so that near misses of one situation never stand on both sides.
    pub fn of(situation: &str) -> Self {
        match place(situation) {
            0..14 => Self::Train,
            14..17 => Self::Tune,
            _ => Self::HeldOut,
        }
    }
}

/// Which of twenty parts a situation falls into, by the hash of its name without a trailing `-2`, `-3`.
fn place(situation: &str) -> u64 {
    let name = situation.trim_end_matches(|symbol: char| symbol.is_ascii_digit());
    let name = if name.len() < situation.len() { name.strip_suffix('-').unwrap_or(situation) } else { name };
    let hash = name.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    });
    (hash >> 32) % 20
}

/// A labelled message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// The situation it was written for.
    pub situation: String,
    /// What it is.
    pub label: Label,
    /// Of an admission: a planned one.
    pub planned: bool,
    /// The message.
    pub text: String,
}

impl Line {
    /// A line of a file in `messages/`: situation, label, `planned` or nothing, text, between tabs.
    pub fn parse(line: &str) -> Option<Self> {
        let mut columns = line.splitn(4, '\t');
        let (situation, label, planned) = (columns.next()?, columns.next()?, columns.next()?);
        let text = columns.next().filter(|text| !text.trim().is_empty())?;
        let planned = match planned {
            "" => false,
            "planned" => true,
            _ => return None,
        };
        Some(Self {
            situation: situation.to_owned(),
            label: Label::from_key(label)?,
            planned,
            text: text.to_owned(),
        })
    }

    /// The part it belongs to.
    pub fn part(&self) -> Part {
        Part::of(&self.situation)
    }

    /// Which of `folds` folds it belongs to when what is not held out is judged by models that have not seen it.
    pub fn fold(&self, folds: u64) -> u64 {
        place(&self.situation) % folds
    }
}
