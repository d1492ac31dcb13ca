//! What people write, made safe to show (`clean`, [`MessageText`]) and made comparable (`fold`). Plain text only; what a
//! text means, whom it may hurt and what in it is personal are other modules' questions.

use std::fmt;

use serde::Serialize;
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// Longest message, in Unicode scalar values as sent.
pub const MESSAGE_LIMIT: usize = 4000;

/// Why a text cannot be a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TextFault {
    /// More than [`MESSAGE_LIMIT`] characters as sent.
    #[error("a message has at most 4000 characters")]
    TooLong,
    /// Nothing visible in it.
    #[error("a message needs some text")]
    Empty,
}

impl TextFault {
    /// The stable code of the fault.
    pub const fn code(self) -> &'static str {
        match self {
            Self::TooLong => "too_long",
            Self::Empty => "empty",
        }
    }
}

/// The text of a message: cleaned, not empty, at most [`MESSAGE_LIMIT`] characters.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize)]
#[serde(transparent)]
pub struct MessageText(String);

impl MessageText {
    /// Cleans a text. The limit holds for what was sent, so that the sender can count it himself.
    pub fn new(sent: &str) -> Result<Self, TextFault> {
        if sent.chars().nth(MESSAGE_LIMIT).is_some() {
            return Err(TextFault::TooLong);
        }
        let text = clean(sent);
        if text.is_empty() { Err(TextFault::Empty) } else { Ok(Self(text)) }
    }

    /// The cleaned text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}
impl From<MessageText> for String {
    fn from(text: MessageText) -> Self {
        text.0
    }
}
impl fmt::Display for MessageText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Takes out what is not text: controls, direction marks, invisible characters, noncharacters. Line ends become `\n`,
/// tabs spaces, the ends are trimmed. A joiner stays where it joins two emoji.
pub fn clean(text: &str) -> String {
    let unified = text.replace("\r\n", "\n");
    let mut visible = unified.chars().filter_map(visible).peekable();
    let mut cleaned = String::with_capacity(unified.len());
    let mut before = None;
    while let Some(symbol) = visible.next() {
        let between_emoji = before.is_some_and(is_emoji) && visible.peek().copied().is_some_and(is_emoji);
        if is_joiner(symbol) && !between_emoji {
            continue;
        }
        cleaned.push(symbol);
        before = Some(symbol);
    }
    cleaned.trim().to_owned()
}

/// The character to keep, if any. Joiners are kept for now: what they join decides.
fn visible(symbol: char) -> Option<char> {
    match symbol {
        '\n' => Some('\n'),
        '\t' => Some(' '),
        '\r' | '\u{85}' | '\u{2028}' | '\u{2029}' => Some('\n'),
        _ if is_joiner(symbol) => Some(symbol),
        _ if symbol.is_control() || is_invisible(symbol) || is_noncharacter(symbol) => None,
        _ => Some(symbol),
    }
}

/// Zero-width non-joiner and joiner.
const fn is_joiner(symbol: char) -> bool {
    matches!(symbol, '\u{200C}' | '\u{200D}')
}

/// Characters that take no place: direction marks, zero-width spaces, soft hyphen, fillers, tags, annotation marks.
const fn is_invisible(symbol: char) -> bool {
    matches!(
        symbol,
        '\u{AD}'
            | '\u{34F}'
            | '\u{61C}'
            | '\u{115F}'
            | '\u{1160}'
            | '\u{17B4}'
            | '\u{17B5}'
            | '\u{180B}'..='\u{180F}'
            | '\u{200B}'..='\u{200F}'
            | '\u{202A}'..='\u{202E}'
            | '\u{2060}'..='\u{206F}'
            | '\u{3164}'
            | '\u{FEFF}'
            | '\u{FFA0}'
            | '\u{FFF9}'..='\u{FFFB}'
            | '\u{E0000}'..='\u{E0FFF}'
    )
}

/// Code points that will never be characters.
const fn is_noncharacter(symbol: char) -> bool {
    matches!(symbol, '\u{FDD0}'..='\u{FDEF}') || (symbol as u32) & 0xFFFE == 0xFFFE
}

/// Symbols and pictographs, skin tones and the variation selector among them: what a joiner may stand between.
const fn is_emoji(symbol: char) -> bool {
    matches!(symbol, '\u{2190}'..='\u{2BFF}' | '\u{FE0F}' | '\u{1F000}'..='\u{1FAFF}')
}

/// One skeleton for everything that looks alike: case, ё and other marks, compatibility forms, Latin and Cyrillic
/// look-alikes, digits standing for letters inside a word, repeated letters, invisible characters and spaces.
///
/// For comparing only; never shown. `fold(fold(x)) == fold(x)`.
pub fn fold(text: &str) -> String {
    let plain: String = text.nfkd().flat_map(char::to_lowercase).collect();
    let bare: String =
        plain.nfkd().filter(|symbol| !is_combining_mark(*symbol)).filter_map(visible).collect();
    let mut folded = String::with_capacity(bare.len());
    for word in bare.split_whitespace() {
        if !folded.is_empty() {
            folded.push(' ');
        }
        fold_word(word, &mut folded);
    }
    folded
}

fn fold_word(word: &str, folded: &mut String) {
    let has_letter = word.chars().any(char::is_alphabetic);
    let mut before = None;
    for symbol in word.chars().filter(|symbol| !is_joiner(*symbol)) {
        let looks = if has_letter { skeleton(symbol) } else { symbol };
        // A number is what it is: "11" and "1" differ, while "врааач" is "врач".
        if has_letter && before == Some(looks) {
            continue;
        }
        folded.push(looks);
        before = Some(looks);
    }
}

/// The Cyrillic letter a lower-case letter or digit can be taken for, in either case of print; else itself.
const fn skeleton(symbol: char) -> char {
    match symbol {
        'a' | 'ә' => 'а',
        'b' => 'в',
        'c' | 'ҫ' => 'с',
        'e' | 'є' => 'е',
        'h' | 'һ' | 'ң' | 'ӊ' => 'н',
        'i' | 'l' | 'ı' | 'ӏ' | '1' | '|' => 'і',
        'j' => 'ј',
        'k' | 'ҡ' | 'қ' => 'к',
        'm' => 'м',
        'n' => 'п',
        'o' | 'ө' | '0' => 'о',
        'p' => 'р',
        'r' | 'ғ' | 'ґ' => 'г',
        's' => 'ѕ',
        't' => 'т',
        'x' | 'ҳ' => 'х',
        'y' | 'ү' | 'ұ' => 'у',
        '3' | 'ҙ' => 'з',
        '4' => 'ч',
        '6' => 'б',
        'җ' => 'ж',
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_is_not_text_goes() {
        let cases = [
            ("  Добрый день \r\n\tзапись?\r", "Добрый день \n запись?"),
            ("a\u{0}b\u{7}c\u{9f}", "abc"),
            ("врач\u{202e}чарв\u{202c}\u{2066}!\u{2069}\u{200e}\u{200f}\u{61c}", "враччарв!"),
            ("не\u{200b}вид\u{2060}имо\u{feff}\u{ad}", "невидимо"),
            ("слово\u{200d}слово \u{200c}", "словослово"),
            ("\u{fdd0}x\u{ffff}\u{1fffe}\u{10ffff}", "x"),
            ("семья 👨‍👩‍👧 и 🧑🏽‍⚕️", "семья 👨‍👩‍👧 и 🧑🏽‍⚕️"),
            ("\u{200d}👍\u{200d}\u{200d}👍\u{200d}", "👍\u{200d}👍"),
            ("\u{e0041}\u{3164}\u{2028}", ""),
        ];
        for (sent, shown) in cases {
            assert_eq!(clean(sent), shown, "{sent:?}");
        }
    }

    #[test]
    fn a_message_is_counted_as_sent() {
        let exact = "ё".repeat(MESSAGE_LIMIT);
        assert_eq!(MessageText::new(&exact).map(String::from), Ok(exact.clone()));
        assert_eq!(MessageText::new(&format!("{exact}\n")), Err(TextFault::TooLong));
        assert_eq!(MessageText::new(&"🙂".repeat(MESSAGE_LIMIT)).map(|text| text.as_str().len()), Ok(16_000));
        for empty in ["", " \n\t", "\u{200b}\u{feff}\u{0}", "\u{202e}"] {
            assert_eq!(MessageText::new(empty), Err(TextFault::Empty), "{empty:?}");
        }
        assert_eq!((TextFault::TooLong.code(), TextFault::Empty.code()), ("too_long", "empty"));
    }

    #[test]
    fn what_looks_alike_folds_alike() {
        let pairs = [
            ("Врач", "BPA4"),
            ("Алёна", "алена"),
            ("Администратор", "Aдминиcтpaтop"),
            ("мед\u{200b}чат", "МЕДЧАТ"),
            ("врааач", "врач"),
            ("ｄｏｃｔｏｒ", "Doctor"),
            ("  Анна   Петровна ", "анна\u{a0}петровна"),
            ("Ҡазан", "Казан"),
            ("İlya", "IIya"),
        ];
        for (one, other) in pairs {
            assert_eq!(fold(one), fold(other), "{one} {other}");
        }
        for (one, other) in [("Анна 1", "Анна 11"), ("Анна", "Инна"), ("Анна 3", "Анна з")]
        {
            assert_ne!(fold(one), fold(other));
        }
    }

    proptest! {
        #[test]
        fn cleaning_twice_changes_nothing(text in any::<String>()) {
            let once = clean(&text);
            prop_assert_eq!(clean(&once), once);
        }

        #[test]
        fn cleaned_marks_and_joiners_stay_clean(text in "[a\u{200d}\u{200c}\u{200b}👍\u{fe0f}⚕\r\n\t ]{0,40}") {
            let once = clean(&text);
            let stray = once.contains(['\u{200b}', '\r', '\t']);
            prop_assert!(!stray);
            prop_assert_eq!(clean(&once), once);
        }

        #[test]
        fn folding_twice_changes_nothing(text in any::<String>(), word in "[A-Za-zА-яЁёҡҙ0-9 ǅİſßﬁ.-]{0,30}") {
            for text in [text, word] {
                let once = fold(&text);
                prop_assert_eq!(fold(&once), once.clone(), "{:?}", text);
            }
        }

        #[test]
        fn case_never_matters(text in "[а-яёa-z0-9 -]{0,40}") {
            prop_assert_eq!(fold(&text.to_uppercase()), fold(&text));
        }
    }
}
