//! Words a resident's alias may not be or look like: those by which people know staff, clinics, authorities and the
//! service itself. A data list and the one question asked of it.

use std::sync::LazyLock;

use crate::text::fold;

/// How a reserved word is matched, after folding.
enum Rule {
    /// One whole word of the alias, or the alias without its separators.
    Word,
    /// The beginning of a word, or of the alias without its separators.
    Start,
    /// Anywhere in the alias without its separators. Only for words no surname contains.
    Anywhere,
}

/// Whole words. Their longer forms are surnames and ordinary words (Врачёв, Доктороведова, Ботов), so nothing more.
const WORDS: &str = "врач врача врачи врачу врачом врачей доктор доктора доктору доктором медсестра медсестры \
    медбрат фельдшер фельдшера скорая скорой админ админы модер оператор система бот сотрудник \
    персонал doctor doc dr vrach nurse staff admin admins mod system bot root operator";

/// Beginnings.
const STARTS: &str = "админис заведующ госпитал диспетчер прокурор прокуратур правительств губернатор admin \
    hospital clinic doctor";

/// Parts.
const PARTS: &str = "главврач главныйврач поликлиник больниц медчат медицинскийчат здравконтрол администрат \
    администрац модератор минздрав здравоохранен министерств росздравнадзор роспотребнадзор \
    регистратур скораяпомощ техподдержк службаподдержк общественнаяпалат medchat glavvrach \
    poliklinik minzdrav registratur administrat moderator support";

static RESERVED: LazyLock<Vec<(String, Rule)>> = LazyLock::new(|| {
    let words = WORDS.split(' ').map(|word| (fold(word), Rule::Word));
    let starts = STARTS.split(' ').map(|word| (fold(word), Rule::Start));
    let parts = PARTS.split(' ').map(|word| (fold(word), Rule::Anywhere));
    words.chain(starts).chain(parts).collect()
});

/// True when the words of an alias, singly or written together, are or look like a reserved word.
pub(crate) fn is_reserved(words: &[&str]) -> bool {
    let joined = fold(&words.concat());
    let mut folded = Vec::new();
    let mut spelt = String::new();
    for word in words {
        // "в р а ч": letters standing alone are read as one word.
        if word.chars().nth(1).is_none() {
            spelt.push_str(word);
            continue;
        }
        folded.push(fold(&std::mem::take(&mut spelt)));
        folded.push(fold(word));
        folded.push(fold(word.trim_matches(|symbol: char| symbol.is_ascii_digit())));
    }
    folded.push(fold(&spelt));
    folded.push(joined.clone());
    RESERVED.iter().any(|(reserved, rule)| match rule {
        Rule::Word => folded.iter().any(|word| word == reserved),
        Rule::Start => folded.iter().any(|word| word.starts_with(reserved)),
        Rule::Anywhere => joined.contains(reserved),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_entry_refuses_itself() {
        for word in [WORDS, STARTS, PARTS].iter().flat_map(|list| list.split(' ')) {
            assert!(is_reserved(&[word]), "{word}");
            assert!(is_reserved(&[&word.to_uppercase()]), "{word}");
        }
    }

    #[test]
    fn neighbours_of_reserved_words_are_free() {
        for free in
            ["Врачёв", "Ботов", "Бадминтон", "Модест", "Докторенко", "Системный", "Марина", "Dora", "Робот"]
        {
            assert!(!is_reserved(&[free]), "{free}");
        }
        assert!(!is_reserved(&["а", "б", "Вера"]));
        assert!(is_reserved(&["Вера", "в", "р", "а", "ч"]));
        assert!(is_reserved(&["врач2"]));
    }
}
