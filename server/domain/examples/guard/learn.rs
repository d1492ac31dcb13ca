//! Learns the weights: logistic regression by gradient descent over hashed features, the same bytes from the same corpus.

use std::fs;
use std::path::Path;

use domain::guard::corpus::{Label, Line, Part};
use domain::guard::decision::danger;
use domain::guard::features::{BUCKETS, Feature, features, read};
use domain::guard::model::{EMERGENCY, HEADER, HEADS, MAGIC, Model, PLANNED};
use domain::guard::normal::normalise;
use domain::topic::Topic;

use crate::corpus::{self, Outcome};

/// How often every lesson is gone through, how far it moves the weights at first, and what they lose every time.
const ROUNDS: usize = 14;
const STEP: f32 = 6.0;
const FADE: f32 = 0.005;
/// Which share of harmless messages that are not learnt from may be taken for emergencies, at most.
const FALSE_ALARMS: f32 = 0.03;

/// A message to learn from.
struct Lesson {
    features: Vec<Feature>,
    label: Label,
    planned: bool,
    weight: f32,
}

/// Learns from all but the held-out part and writes the model; the threshold comes from models that have not seen what
/// they judge.
pub fn train() -> Outcome<String> {
    let lines = corpus::read()?;
    let threshold = threshold(&folds(&lines), &lines)?;
    let bytes = learn(&lines, |line| line.part() != Part::HeldOut, threshold);
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/guard/model.bin");
    fs::write(&file, &bytes)?;
    Ok(format!("{} bytes from {} lines, threshold {threshold}", bytes.len(), lines.len()))
}

/// How many models share the lines that are not held out.
pub const FOLDS: u64 = 4;

/// For every fold a model that has not seen it, nor what is held out.
pub fn folds(lines: &[Line]) -> Vec<Vec<u8>> {
    let without = |fold| learn(lines, |line| line.part() != Part::HeldOut && line.fold(FOLDS) != fold, 0.0);
    std::thread::scope(|scope| {
        let running: Vec<_> = (0..FOLDS).map(|fold| scope.spawn(move || without(fold))).collect();
        running.into_iter().filter_map(|model| model.join().ok()).collect()
    })
}

/// The lowest score that lets no more false alarms through than allowed, each line judged by the model that has not
/// seen it.
pub fn threshold(models: &[Vec<u8>], lines: &[Line]) -> Outcome<f32> {
    let mut scores: Vec<f32> = Vec::new();
    for (fold, bytes) in (0..).zip(models) {
        let model = Model::parse(bytes).ok_or("a model of another shape")?;
        let those = lines.iter().filter(|line| line.part() != Part::HeldOut && line.fold(FOLDS) == fold);
        let harmless = those.filter(|line| line.label != Label::Emergency);
        scores.extend(harmless.map(|line| alarm(&model, &line.text)));
    }
    scores.sort_by(|left, right| right.total_cmp(left));
    let allowed = (scores.len() as f32 * FALSE_ALARMS) as usize;
    Ok(scores.get(allowed).copied().unwrap_or(0.0) + 1e-3)
}

fn alarm(model: &Model<'_>, text: &str) -> f32 {
    danger(&model.scores(&see(text)))
}

fn see(text: &str) -> Vec<Feature> {
    features(&read(&normalise(text)))
}

fn learn(lines: &[Line], takes: impl Fn(&Line) -> bool, threshold: f32) -> Vec<u8> {
    let mut lessons = Vec::new();
    for (number, line) in lines.iter().enumerate().filter(|(_, line)| takes(line)) {
        let mut lesson = |text: &str, weight| {
            lessons.push(Lesson { features: see(text), label: line.label, planned: line.planned, weight });
        };
        lesson(&line.text, 1.0);
        lesson(&mistype(&line.text, number as u64), 0.5);
    }
    let mut student = Student::new();
    let mut order: Vec<usize> = (0..lessons.len()).collect();
    let mut dice = Dice(1);
    for round in 0..ROUNDS {
        let step = STEP * (1.0 - round as f32 / ROUNDS as f32);
        for place in (1..order.len()).rev() {
            order.swap(place, dice.below(place + 1));
        }
        for lesson in order.iter().filter_map(|place| lessons.get(*place)) {
            student.learn(lesson, step);
        }
        student.fade(1.0 - FADE);
    }
    student.write(corpus::fingerprint(lines), threshold)
}

/// Random enough, and the same every time.
struct Dice(u64);

impl Dice {
    fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        ((self.0 >> 33) as usize) % bound.max(1)
    }
}

/// The message as another hand would type it: letters left out, doubled, swapped and mistaken, signs forgotten.
fn mistype(text: &str, seed: u64) -> String {
    let mut dice = Dice(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) + 7);
    let bare = dice.below(2) == 0;
    let mut written: Vec<char> = Vec::new();
    for letter in text.chars() {
        if bare && matches!(letter, ',' | '.' | '?' | '!' | '«' | '»' | '"') {
            continue;
        }
        match dice.below(60) {
            0 if letter.is_alphabetic() => {}
            1 if letter.is_alphabetic() => written.extend([letter, letter]),
            2 if letter.is_alphabetic() => {
                let place = written.len().saturating_sub(1);
                written.insert(place, letter);
            }
            3..18 => written.push(match letter {
                'о' => 'а',
                'е' => 'и',
                'и' => 'е',
                'я' => 'и',
                'ы' => 'и',
                'з' => 'с',
                'д' => 'т',
                other => other,
            }),
            _ => written.push(letter),
        }
    }
    written.into_iter().collect()
}

/// Weights in the making.
struct Student {
    weights: Vec<f32>,
    bias: [f32; HEADS],
}

impl Student {
    fn new() -> Self {
        Self { weights: vec![0.0; BUCKETS * HEADS], bias: [0.0; HEADS] }
    }

    /// Takes a little off every weight.
    fn fade(&mut self, by: f32) {
        for weight in &mut self.weights {
            *weight *= by;
        }
    }

    /// Moves the weights of a lesson's features towards its label.
    fn learn(&mut self, lesson: &Lesson, step: f32) {
        let errors = self.errors(lesson);
        for (bias, error) in self.bias.iter_mut().zip(errors) {
            *bias -= 0.01 * error;
        }
        for feature in &lesson.features {
            let start = feature.bucket as usize * HEADS;
            for (weight, error) in
                self.weights.get_mut(start..start + HEADS).unwrap_or_default().iter_mut().zip(errors)
            {
                *weight -= step * error * feature.value;
            }
        }
    }

    /// How far each head is from what it should say.
    fn errors(&self, lesson: &Lesson) -> [f32; HEADS] {
        let mut scores = self.bias;
        for feature in &lesson.features {
            let start = feature.bucket as usize * HEADS;
            for (score, weight) in
                scores.iter_mut().zip(self.weights.get(start..start + HEADS).unwrap_or_default())
            {
                *score += feature.value * weight;
            }
        }
        let mut errors = [0.0; HEADS];
        let chances = domain::guard::model::chances(&scores);
        for (error, (label, chance)) in errors.iter_mut().zip(Label::all().zip(chances)) {
            *error = (chance - f32::from(u8::from(label == lesson.label))) * lesson.weight;
        }
        let logistic = |score: f32| 1.0 / (1.0 + (-score).exp());
        let is_emergency = lesson.label == Label::Emergency;
        let pull = if is_emergency { 3.0 } else { 1.0 };
        errors[EMERGENCY] =
            (logistic(scores[EMERGENCY]) - f32::from(u8::from(is_emergency))) * pull * lesson.weight;
        if lesson.label == Label::About(Topic::Hospitalisation) {
            errors[PLANNED] =
                (logistic(scores[PLANNED]) - f32::from(u8::from(lesson.planned))) * lesson.weight;
        }
        errors
    }

    /// The file: weights as whole numbers, scaled head by head.
    fn write(&self, corpus: u64, threshold: f32) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(HEADER + BUCKETS * HEADS);
        bytes.extend(MAGIC);
        bytes.extend(corpus.to_le_bytes());
        bytes.extend(threshold.to_le_bytes());
        let mut most = [1e-9_f32; HEADS];
        for row in self.weights.chunks_exact(HEADS) {
            for (most, weight) in most.iter_mut().zip(row) {
                *most = most.max(weight.abs());
            }
        }
        for (most, bias) in most.iter().zip(self.bias) {
            bytes.extend((most / 127.0).to_le_bytes());
            bytes.extend(bias.to_le_bytes());
        }
        for row in self.weights.chunks_exact(HEADS) {
            for (most, weight) in most.iter().zip(row) {
                bytes.push(((weight / most * 127.0).round() as i8).cast_unsigned());
            }
        }
        bytes
    }
}
