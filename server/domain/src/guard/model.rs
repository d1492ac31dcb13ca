//! The weights, and what they say of a text: a score for every label, one for an emergency against everything else and
//! one for a planned admission. Data alone: learnt by `examples/guard`, compiled in, never written at run time.

use crate::guard::corpus::Label;
use crate::guard::features::{BUCKETS, Feature};

/// Scores of a text: the labels', then the emergency's against the rest, then the planned admission's.
pub const HEADS: usize = Label::COUNT + 2;
/// The place of the emergency's own score.
pub const EMERGENCY: usize = Label::COUNT;
/// The place of the planned admission's score.
pub const PLANNED: usize = Label::COUNT + 1;

/// How a model's file begins.
pub const MAGIC: [u8; 8] = *b"GUARD 1\n";
/// Bytes before the weights: the beginning, the corpus it was learnt from, the threshold, then scale and bias of every
/// head, all little-endian.
pub const HEADER: usize = 8 + 8 + 4 + HEADS * 8;

/// One number a head.
pub type Scores = [f32; HEADS];

/// A model in its file: a row of weights in −127…127 for every bucket, one a head.
#[derive(Clone, Copy)]
pub struct Model<'a> {
    header: &'a [u8],
    weights: &'a [u8],
}

static COMPILED_IN: &[u8] = include_bytes!("model.bin");

impl<'a> Model<'a> {
    /// The model of a file; `None` when it is none or of another shape.
    pub fn parse(bytes: &'a [u8]) -> Option<Self> {
        let (header, weights) = bytes.split_at_checked(HEADER)?;
        (header.starts_with(&MAGIC) && weights.len() == BUCKETS * HEADS).then_some(Self { header, weights })
    }

    /// The one compiled in. A file of another shape would give no scores at all; the tests would not pass with it.
    pub fn compiled_in() -> Model<'static> {
        Model::parse(COMPILED_IN).unwrap_or(Model { header: &[], weights: &[] })
    }

    /// The fingerprint of the corpus it was learnt from.
    pub fn corpus(&self) -> u64 {
        let bytes = self.header.get(8..16).and_then(|bytes| bytes.try_into().ok());
        bytes.map_or(0, u64::from_le_bytes)
    }

    /// From which score on an emergency is one.
    pub fn threshold(&self) -> f32 {
        self.number(16)
    }

    fn number(&self, at: usize) -> f32 {
        let bytes = self.header.get(at..at + 4).and_then(|bytes| bytes.try_into().ok());
        bytes.map_or(0.0, f32::from_le_bytes)
    }

    /// The scores of a text's features.
    pub fn scores(&self, features: &[Feature]) -> Scores {
        let mut scores = [0.0; HEADS];
        for feature in features {
            for (score, weight) in scores.iter_mut().zip(self.row(feature.bucket)) {
                *score += feature.value * f32::from(weight.cast_signed());
            }
        }
        for (head, score) in scores.iter_mut().enumerate() {
            let at = 20 + head * 8;
            *score = *score * self.number(at) + self.number(at + 4);
        }
        scores
    }

    /// The weight of one bucket for one head, not scaled.
    pub fn weight(&self, bucket: u32, head: usize) -> i8 {
        self.row(bucket).get(head).map_or(0, |weight| weight.cast_signed())
    }

    fn row(&self, bucket: u32) -> &'a [u8] {
        let start = bucket as usize * HEADS;
        self.weights.get(start..start + HEADS).unwrap_or_default()
    }
}

/// Chances of the labels, which sum up to one.
pub fn chances(scores: &Scores) -> [f32; Label::COUNT] {
    let mut chances = [0.0; Label::COUNT];
    let labels = scores.get(..Label::COUNT).unwrap_or_default();
    let most = labels.iter().copied().fold(f32::MIN, f32::max);
    for (chance, score) in chances.iter_mut().zip(labels) {
        *chance = (score - most).exp();
    }
    let sum: f32 = chances.iter().sum();
    chances.map(|chance| chance / sum)
}
