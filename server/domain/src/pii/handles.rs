//! Names in messengers and networks: `@name`, links to pages of people, a nickname behind the messenger's name.

use crate::pii::words::{Shape, Token, keep_apart};
use crate::pii::{Kind, Span};

/// Addresses behind which people's pages are.
const PAGES: [&str; 18] = [
    "t.me/",
    "telegram.me/",
    "telegram.dog/",
    "vk.com/",
    "vk.ru/",
    "m.vk.com/",
    "vk.me/",
    "wa.me/",
    "max.ru/",
    "ok.ru/",
    "instagram.com/",
    "facebook.com/",
    "fb.com/",
    "viber.click/",
    "tiktok.com/",
    "discord.gg/",
    "tg://",
    "skype:",
];

/// Words behind which a nickname in Latin letters may stand, by how they begin.
const MESSENGERS: [&str; 16] = [
    "телеграм",
    "телег",
    "телег",
    "тг",
    "тлг",
    "ник",
    "никнейм",
    "логин",
    "вотсап",
    "ватсап",
    "вацап",
    "инст",
    "вк",
    "контакт",
    "скайп",
    "дискорд",
];

/// All handles in a text, `@name` inside an e-mail address left to it.
pub(super) fn marked(text: &str, taken: &[Span]) -> Vec<Span> {
    let after_finding = |at: usize| taken.binary_search_by_key(&at, |span| span.end).is_ok();
    // Nothing reaches into the next finding.
    let ceiling = |at: usize| {
        let next = taken.partition_point(|span| span.end <= at);
        taken.get(next).map_or(text.len(), |span| span.start.max(at))
    };
    let mut found: Vec<Span> = pages(text, after_finding, ceiling);
    for (at, _) in text.match_indices('@') {
        let before = text.get(..at).and_then(|before| before.chars().next_back());
        let name = run(text.get(at + 1..ceiling(at + 1)).unwrap_or_default());
        let letters = name.chars().filter(char::is_ascii_alphabetic).count();
        if (after_finding(at) || before.is_none_or(|symbol| !symbol.is_alphanumeric())) && letters >= 2 {
            found.push(Span { start: at, end: at + 1 + name.len(), kind: Kind::Handle });
        }
    }
    found.sort_unstable();
    let mut floor = 0;
    found.retain(|span| {
        let next = taken.partition_point(|other| other.end <= span.start);
        let free = span.start >= floor && taken.get(next).is_none_or(|other| other.start >= span.end);
        if free {
            floor = span.end;
        }
        free
    });
    found
}

fn pages(text: &str, after_finding: impl Fn(usize) -> bool, ceiling: impl Fn(usize) -> usize) -> Vec<Span> {
    let lower = text.to_ascii_lowercase();
    let mut found = Vec::new();
    for (slash, _) in lower.match_indices(['/', ':']) {
        let head = lower.get(..slash + 1).unwrap_or_default();
        let Some(page) = PAGES.iter().filter(|page| head.ends_with(**page)).max_by_key(|page| page.len())
        else {
            continue;
        };
        let start = slash + 1 - page.len();
        let head = lower.get(..start).unwrap_or_default();
        if head.ends_with(|symbol: char| symbol.is_ascii_alphanumeric()) && !after_finding(start) {
            continue;
        }
        let scheme = ["https://www.", "http://www.", "https://", "http://", "www."];
        let scheme = scheme.into_iter().find(|scheme| head.ends_with(scheme)).map_or(0, str::len);
        let rest = text.get(slash + 1..ceiling(slash + 1)).unwrap_or_default();
        let name =
            rest.find(|symbol: char| !(symbol.is_ascii_alphanumeric() || "._-/?=@+&%#".contains(symbol)));
        let name = rest.get(..name.unwrap_or(rest.len())).unwrap_or_default();
        let name = name.trim_end_matches(|symbol: char| !symbol.is_ascii_alphanumeric());
        if !name.is_empty() {
            found.push(Span { start: start - scheme, end: slash + 1 + name.len(), kind: Kind::Handle });
        }
    }
    found
}

fn run(text: &str) -> &str {
    let cut =
        text.find(|symbol: char| !(symbol.is_ascii_alphanumeric() || matches!(symbol, '_' | '.' | '-')));
    let name = text.get(..cut.unwrap_or(text.len())).unwrap_or_default();
    name.trim_end_matches(|symbol: char| !symbol.is_ascii_alphanumeric() && symbol != '_')
}

/// A nickname behind a messenger's name: Latin letters with a digit or an underscore in it; and `name собака mail`.
pub(super) fn named(tokens: &[Token]) -> Vec<Span> {
    let mut found = Vec::new();
    for place in 0..tokens.len() {
        let Some(first) = tokens.get(place) else { break };
        if !is_latin(first)
            || tokens.get(place.wrapping_sub(1)).is_some_and(|before| !first.apart && glued(before))
        {
            continue;
        }
        let end = (place + 1..tokens.len())
            .find(|next| tokens.get(*next).is_none_or(|token| token.apart || !glued(token)))
            .unwrap_or(tokens.len());
        let Some(last) = tokens.get(end - 1) else { continue };
        let odd = tokens.get(place..end).unwrap_or_default().iter();
        let odd = odd.clone().any(|token| token.shape == Shape::Number || token.is_sign('_'));
        let told = tokens.get(place.saturating_sub(3)..place).unwrap_or_default();
        if odd && told.iter().any(|word| word.begins(&MESSENGERS)) {
            found.push(Span { start: first.start, end: last.end, kind: Kind::Handle });
            continue;
        }
        let dog = tokens.get(end).is_some_and(|word| word.is_one(&["собака", "собачка"]));
        if dog && tokens.get(end + 1).is_some_and(is_latin) {
            let mail = tokens.get(end + 1..(end + 5).min(tokens.len())).unwrap_or_default();
            let zone = mail.iter().rposition(|word| word.is_one(&["ру", "ru", "com", "ком"])).unwrap_or(0);
            let last = mail.get(zone).map_or(last.end, |token| token.end);
            found.push(Span { start: first.start, end: last, kind: Kind::Email });
        }
    }
    keep_apart(&mut found);
    found
}

fn is_latin(token: &Token) -> bool {
    token.is_word() && token.word.is_ascii()
}

fn glued(token: &Token) -> bool {
    is_latin(token) || token.shape == Shape::Number || token.is_sign('_') || token.is_sign('.')
}
