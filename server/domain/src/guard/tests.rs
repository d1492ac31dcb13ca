//! What holds for any text, and told cases of spelling. Quality is measured in `tests/guard.rs`.

use proptest::prelude::*;

use super::corpus::{Line, Part};
use super::features::{features, read};
use super::normal::normalise;
use super::*;
use crate::topic::{Topic, TopicPolicy};

#[test]
fn one_spelling() {
    for (text, expected) in [
        ("Ёлка", "елка"),
        ("Я уууумираюююю", "я умираю"),
        ("вpaч не пpишёл", "врач не пришел"),
        ("Bpaч", "врач"),
        ("вр\u{200b}ач\u{ad}и", "врачи"),
        ("\u{202e}да\0", "да"),
        ("пр0шло", "прошло"),
        ("каб. 300, 89140000000", "каб. 300, 89140000000"),
        ("на gosuslugi.ru не пускает", "на gosuslugi.ru не пускает"),
        ("otec upal rech nevnyatnaya", "отец упал реч невнятная"),
        ("ҡартәсәй", "картасай"),
        ("да ｐ 𝐚", "да р а"),
        ("спасибо!!!", "спасибо!"),
        ("н е  д ы ш и т  м а м а", "н е дышит мама"),
        ("с а в и о и я", "савиоия"),
    ] {
        assert_eq!(normalise(text), expected, "{text}");
    }
}

#[test]
fn near_misses_of_a_situation_stay_together() {
    assert_eq!(Part::of("stroke-face"), Part::of("stroke-face-2"));
    assert_eq!(Part::of("stroke-face-12"), Part::of("stroke-face"));
    let all: Vec<Part> = (0..200).map(|name| Part::of(&format!("situation {name} x"))).collect();
    for part in [Part::Train, Part::Tune, Part::HeldOut] {
        assert!(all.iter().filter(|other| **other == part).count() > 10, "{part:?}");
    }
}

#[test]
fn a_line_of_the_corpus_is_read_whole() {
    let line = Line::parse("a-2\thospitalisation\tplanned\tкогда\tположат").expect("a line");
    assert_eq!(line.text, "когда\tположат");
    assert!(line.planned && line.label == Label::About(Topic::Hospitalisation));
    for bad in ["", "a\tqueue\t", "a\tqueues\t\tx", "a\tqueue\tyes\tx", "a\tqueue\t\t "] {
        assert_eq!(Line::parse(bad), None, "{bad}");
    }
    for label in Label::all() {
        assert_eq!(Label::from_key(label.key()), Some(label));
    }
    assert_eq!(Label::all().count(), Label::COUNT);
}

#[test]
fn what_has_no_words_is_courtesy() {
    for text in ["", " ", "🙏🙏❤️", "...", "+", "\0\u{202e}", "111"] {
        let found = triage(text, TopicPolicy::FEDERAL);
        assert_eq!((found.verdict, found.reason), (Verdict::Chatter, Reason::NoWords), "{text}");
    }
}

/// Time grows with the text: a long text of the worst kinds is done in a moment.
#[test]
fn long_texts_are_no_trouble() {
    for piece in ["а", "a", "а ", "? ", "«", "врач ", "0а", "не дышит ", "\u{301}", "ﷺ", "<b>", "1", "ab "]
    {
        let text = piece.repeat(4_000);
        assert_eq!(normalise(&normalise(&text)), normalise(&text), "{piece}");
        triage(&text, TopicPolicy::KHABAROVSK);
    }
}

/// Words in every disguise.
fn texts() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        "[а-яё]{1,5}",
        "[a-z]{1,5}",
        "[abcehkmoptxyавсенкмортху036]{1,6}",
        "[0-9]{1,4}",
        "[ .,?!«»\"]{1,3}",
        "\\PC{0,4}",
        any::<char>().prop_map(String::from),
    ];
    prop::collection::vec(piece, 0..16).prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(600))]

    #[test]
    fn normalising_twice_changes_nothing(text in texts()) {
        let once = normalise(&text);
        prop_assert_eq!(normalise(&once), once);
    }

    #[test]
    fn any_text_is_judged(text in texts(), any in any::<String>()) {
        for text in [text, any] {
            let found = triage(&text, TopicPolicy::FEDERAL);
            prop_assert!(found.words.len() <= 3);
            let normal = normalise(&text);
            let list = features(&read(&normal));
            prop_assert!(list.windows(2).all(|pair| pair[0].bucket < pair[1].bucket));
            let again = triage(&normal, TopicPolicy::FEDERAL);
            prop_assert_eq!(again.verdict, found.verdict);
        }
    }
}
