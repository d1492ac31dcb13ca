//! Addresses of homes: a street, a house and perhaps a flat. Addresses of clinics, pharmacies and stops stay: without a
//! flat it takes the kind of street or a word like "живу" before it, and no clinic beside it.

use crate::pii::words::{Shape, Token};
use crate::pii::{Kind, Span};

/// What a street may be called, whole words.
const STREETS: [&str; 44] = [
    "ул",
    "улица",
    "улице",
    "улицу",
    "улицы",
    "пр",
    "пр-т",
    "пр-кт",
    "просп",
    "проспект",
    "проспекте",
    "проспекта",
    "пер",
    "переулок",
    "переулке",
    "б-р",
    "бульвар",
    "бульваре",
    "ш",
    "шоссе",
    "мкр",
    "мкрн",
    "м-н",
    "мкн",
    "микрорайон",
    "микрорайоне",
    "наб",
    "набережная",
    "набережной",
    "туп",
    "тупик",
    "проезд",
    "проезде",
    "кв-л",
    "квартал",
    "квартале",
    "пл",
    "площадь",
    "площади",
    "снт",
    "тракт",
    "урамы",
    "урам",
    "ст-ца",
];
/// Words by which a street follows that is somebody's, by how they begin.
const HOME: [&str; 37] = [
    "живу",
    "живем",
    "живет",
    "живут",
    "проживаю",
    "проживае",
    "проживает",
    "прожива",
    "прописан",
    "прописк",
    "адрес",
    "переехал",
    "переезж",
    "вызов",
    "вызыва",
    "вызвал",
    "ждали",
    "ждал",
    "жду",
    "приезжа",
    "домофон",
    "квартир",
    "снимаю",
    "снимаем",
    "зарегистрир",
    "регистраци",
    "йәшәй",
    "яшәй",
    "адресы",
    "перевез",
    "придите",
    "приходите",
    "приедьте",
    "приезжайте",
    "доставьте",
    "сами",
    "подъезд",
];
/// Words that make the address beside them a house for all, by how they begin.
const PUBLIC: [&str; 33] = [
    "поликлиник",
    "больниц",
    "клиник",
    "аптек",
    "стационар",
    "диспансер",
    "роддом",
    "травмпункт",
    "корпус",
    "филиал",
    "остановк",
    "магазин",
    "рынок",
    "рынка",
    "отделени",
    "женск",
    "детск",
    "консультаци",
    "мфц",
    "школ",
    "кабинет",
    "фап",
    "центр",
    "лаборатори",
    "приемн",
    "амбулатори",
    "регистратур",
    "стоматолог",
    "санатори",
    "станци",
    "прививк",
    "инвитро",
    "ттк",
];
const HOUSES: [&str; 5] = ["д", "дом", "доме", "дома", "йорт"];
const FLATS: [&str; 7] = ["кв", "квартира", "квартире", "квартиру", "фатир", "фатиры", "комната"];
const BLOCKS: [&str; 9] = ["к", "корп", "корпус", "корпуса", "стр", "строение", "литер", "лит", "подъезд"];

/// What follows a street's name.
struct House {
    /// Tokens it takes.
    length: usize,
    /// A flat is named.
    flat: bool,
    /// A flat is named by a word.
    worded: bool,
    /// "дом" is written.
    named: bool,
}

/// All addresses of a stretch.
pub(super) fn find(tokens: &[Token]) -> Vec<Span> {
    let mut found = Vec::new();
    let mut floor = 0;
    let mut place = 0;
    while place < tokens.len() {
        let Some((start, house)) = house(tokens, place, floor) else {
            place += 1;
            continue;
        };
        let end = place + house.length;
        if is_home(tokens, floor, start, place, &house)
            && let (Some(first), Some(last)) = (tokens.get(start), tokens.get(end - 1))
        {
            found.push(Span { start: first.start, end: last.end, kind: Kind::Address });
            floor = end;
        }
        place = end;
    }
    found
}

/// A house whose number, or the word "дом" before it, stands at `place`: where its street's name begins, and the house.
fn house(tokens: &[Token], place: usize, floor: usize) -> Option<(usize, House)> {
    let rest = tokens.get(place..)?;
    let mut at = 0;
    let skip = |at: usize| {
        at + usize::from(rest.get(at).is_some_and(|token| matches!(token.shape, Shape::Sign('.' | ','))))
    };
    at = skip(at);
    let named = rest.get(at).is_some_and(|token| token.is_one(&HOUSES));
    if named {
        at = skip(at + 1);
    }
    if !rest.get(at).is_some_and(|token| matches!(token.digits(), 1..=3)) {
        return None;
    }
    at += 1;
    let start = street(tokens, place, floor)?;
    let mut house = House { length: at, flat: false, worded: false, named };
    while let Some(step) = part(rest, house.length, &mut house) {
        house.length += step;
    }
    Some((start, house))
}

/// How many tokens the next part of a house takes: a letter, a fraction, a block or a flat.
fn part(rest: &[Token], at: usize, house: &mut House) -> Option<usize> {
    let token = rest.get(at)?;
    let short = |token: &Token| matches!(token.digits(), 1..=4);
    if token.is_word() && !token.apart && token.word.chars().count() == 1 && !house.flat {
        return Some(1);
    }
    if token.is_sign('/') && rest.get(at + 1).is_some_and(|next| short(next) && !next.apart) {
        return Some(2);
    }
    let skipped = usize::from(matches!(token.shape, Shape::Sign(',' | '-' | '–' | '—')));
    let named = rest.get(at + skipped)?;
    if named.is_one(&FLATS) || named.is_one(&BLOCKS) {
        let dot =
            usize::from(rest.get(at + skipped + 1).is_some_and(|dot| dot.is_sign('.') || dot.is_sign('№')));
        let number = rest.get(at + skipped + 1 + dot)?;
        let letter = number.is_word() && number.word.chars().count() == 1 && named.is_one(&BLOCKS);
        if !short(number) && !letter {
            return None;
        }
        house.flat |= named.is_one(&FLATS);
        house.worded |= named.is_one(&FLATS);
        return Some(skipped + 2 + dot);
    }
    // "2-се фатир": the flat stands before its word.
    if short(named)
        && rest.get(at + skipped + 1).is_some_and(|hyphen| hyphen.is_sign('-'))
        && rest.get(at + skipped + 3).is_some_and(|word| word.is_one(&FLATS))
    {
        (house.flat, house.worded) = (true, true);
        return Some(skipped + 4);
    }
    let dashed = matches!(token.shape, Shape::Sign('-' | '–'));
    if dashed && !house.flat && short(named) && !continues(rest, at + 2) {
        house.flat = true;
        return Some(2);
    }
    None
}

/// More digits follow at once: a phone or a time, no flat.
fn continues(rest: &[Token], at: usize) -> bool {
    let signs =
        matches!(rest.get(at).map(|token| token.shape), Some(Shape::Sign('-' | ':' | '.' | '/' | '%')));
    signs && rest.get(at + 1).is_some_and(|next| !next.apart && next.digits() > 0)
        || matches!(rest.get(at).map(|token| token.shape), Some(Shape::Sign(':' | '%')))
}

/// Where the name before `place` begins: up to three words, the kind of the street left out.
fn street(tokens: &[Token], place: usize, floor: usize) -> Option<usize> {
    let mut start = place;
    while start > floor && place - start < 3 {
        let Some(token) = tokens.get(start - 1) else { break };
        let first = start == place;
        if !token.is_word() || is_kind(tokens, start - 1) && !first {
            break;
        }
        let fits = first || token.capital || token.begins(&["имени", "лет"]);
        if !fits
            || token.begins(&HOME)
            || token.begins(&PUBLIC)
            || !first && !tokens.get(start).is_some_and(|next| next.apart)
        {
            break;
        }
        start -= 1;
        if !(token.capital || first && is_kind(tokens, start)) {
            break;
        }
    }
    (start < place).then_some(start)
}

fn is_kind(tokens: &[Token], place: usize) -> bool {
    tokens.get(place).is_some_and(|token| token.is_one(&STREETS))
}

fn is_home(tokens: &[Token], floor: usize, start: usize, number: usize, house: &House) -> bool {
    const NO_STREET: [&str; 50] = [
        "с",
        "до",
        "в",
        "по",
        "к",
        "на",
        "от",
        "за",
        "и",
        "или",
        "из",
        "каб",
        "кабинет",
        "кабинете",
        "номер",
        "палата",
        "этаж",
        "талон",
        "форма",
        "приказ",
        "статья",
        "участок",
        "участке",
        "маршрут",
        "автобус",
        "лет",
        "школа",
        "суббота",
        "субботу",
        "понедельник",
        "вторник",
        "среда",
        "четверг",
        "пятница",
        "воскресенье",
        "пульс",
        "давление",
        "температура",
        "вес",
        "рост",
        "срок",
        "тел",
        "телефон",
        "касса",
        "корпус",
        "больница",
        "поликлиника",
        "обед",
        "чек",
        "очередь",
    ];
    let name = tokens.get(start..number).unwrap_or_default();
    let (Some(first), Some(last)) = (name.first(), name.last()) else { return false };
    let kind_before = street_kind(tokens, start, floor);
    let kind_inside = name.len() > 1 && last.is_one(&STREETS);
    let kind = kind_before || kind_inside;
    let bare = |token: &Token| token.is_one(&NO_STREET) || token.is_one(&HOUSES) || token.is_one(&FLATS);
    if bare(last) || last.word.chars().count() < 3 || first.is_one(&STREETS) && name.len() == 1 {
        return false;
    }
    let before = tokens.get(floor.max(start.saturating_sub(14))..start).unwrap_or_default();
    let cut = before
        .iter()
        .rposition(|token| matches!(token.shape, Shape::Sign('!' | '?' | ';')))
        .map_or(0, |cut| cut + 1);
    let before = before.get(cut..).unwrap_or_default();
    let at_home = before
        .iter()
        .rev()
        .take(6)
        .any(|token| token.begins(&HOME) || token.is_one(&["мы", "я", "наш", "мой"]));
    let after = tokens.get(number + house.length..).unwrap_or_default();
    let public_before = before.iter().rev().take(12).any(|token| token.begins(&PUBLIC));
    let public = before.iter().rev().take(12).any(|token| token.begins(&PUBLIC))
        || after.iter().take(4).any(|token| token.begins(&["поликлин", "больниц", "аптек", "филиал"]));
    if house.worded && (kind || house.named || first.capital || at_home) {
        return true;
    }
    if house.flat && (kind || at_home || first.capital) {
        return !(public_before && !at_home && !kind);
    }
    if public
        && !before
            .iter()
            .rev()
            .take(4)
            .any(|token| token.begins(&["живу", "живем", "живет", "пропис", "переехал", "вызов", "ждали"]))
    {
        return false;
    }
    kind || house.named && (first.capital || at_home) || at_home && first.capital
}

/// A kind of street right before the name, with or without its dot.
fn street_kind(tokens: &[Token], start: usize, floor: usize) -> bool {
    let before = |back: usize| start.checked_sub(back).filter(|place| *place >= floor);
    let dot = before(1).and_then(|place| tokens.get(place)).is_some_and(|token| token.is_sign('.'));
    before(1 + usize::from(dot)).is_some_and(|place| is_kind(tokens, place))
}
