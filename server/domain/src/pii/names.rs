//! A patient's name in three words: surname, first name and patronymic in either order and any case. Names of staff stay:
//! a title stands beside them. The patronymic is what gives a name away; without one nothing is looked for.

use crate::pii::words::{Shape, Token};
use crate::pii::{Kind, Span};

/// How patronymics end, in every case.
const PATRONYMICS: [&str; 30] = [
    "ович",
    "евич",
    "овича",
    "евича",
    "овичу",
    "евичу",
    "овичем",
    "евичем",
    "овиче",
    "евиче",
    "овна",
    "евна",
    "овны",
    "евны",
    "овне",
    "евне",
    "овну",
    "евну",
    "овной",
    "евной",
    "овною",
    "инична",
    "иничны",
    "иничне",
    "иничну",
    "иничной",
    "ишна",
    "ишны",
    "ишне",
    "ишну",
];
/// Patronymics that end in no such way, and their cases.
const SHORT: [&str; 34] = [
    "ильич",
    "ильича",
    "ильичу",
    "ильичом",
    "кузьмич",
    "кузьмича",
    "кузьмичу",
    "фомич",
    "фомича",
    "фомичу",
    "лукич",
    "лукича",
    "лукичу",
    "никитич",
    "никитича",
    "никитичу",
    "саввич",
    "саввича",
    "ильинична",
    "никитична",
    "кузьминична",
    "фоминична",
    "лукинична",
    "саввична",
    "никитичны",
    "никитичне",
    "никитичну",
    "фоминичны",
    "фоминичне",
    "фоминичну",
    "кузьминичны",
    "лукиничны",
    "ильиничны",
    "ильиничне",
];
/// Words behind a father's name that make a patronymic of it.
const SONS: [&str; 8] = ["кызы", "оглы", "улы", "ҡыҙы", "оглу", "кызына", "улына", "ҡыҙына"];
/// Titles and positions, by how they begin.
const TITLES: [&str; 71] = [
    "врач",
    "доктор",
    "терапевт",
    "педиатр",
    "хирург",
    "невролог",
    "невропатолог",
    "кардиолог",
    "окулист",
    "офтальмолог",
    "лор",
    "отоларинголог",
    "гинеколог",
    "уролог",
    "эндокринолог",
    "гастроэнтеролог",
    "пульмонолог",
    "ревматолог",
    "нефролог",
    "гематолог",
    "онколог",
    "дерматолог",
    "аллерголог",
    "инфекционист",
    "травматолог",
    "ортопед",
    "стоматолог",
    "психиатр",
    "психолог",
    "психотерапевт",
    "нарколог",
    "фтизиатр",
    "маммолог",
    "проктолог",
    "сурдолог",
    "логопед",
    "нейрохирург",
    "рентгенолог",
    "узист",
    "эндоскопист",
    "анестезиолог",
    "реаниматолог",
    "неонатолог",
    "лаборант",
    "медсестр",
    "медбрат",
    "фельдшер",
    "акушер",
    "санитар",
    "главврач",
    "заведующ",
    "завотдел",
    "замглав",
    "начмед",
    "директор",
    "министр",
    "профессор",
    "регистратор",
    "администратор",
    "депутат",
    "губернатор",
    "мэр",
    "оператор",
    "участков",
    "специалист",
    "табип",
    "табиб",
    "сотрудни",
    "начальни",
    "заместител",
    "диспетчер",
];
/// People whose name is to be masked, by how they begin.
const PATIENTS: [&str; 52] = [
    "пациент",
    "больн",
    "ребен",
    "ребенк",
    "сын",
    "дочь",
    "дочк",
    "дочер",
    "мама",
    "маме",
    "маму",
    "мамы",
    "мать",
    "матери",
    "папа",
    "папе",
    "папу",
    "отец",
    "отца",
    "отцу",
    "муж",
    "жена",
    "жене",
    "жену",
    "бабушк",
    "дедушк",
    "дед",
    "внук",
    "внучк",
    "брат",
    "сестру",
    "тет",
    "дяд",
    "тещ",
    "тесть",
    "тестя",
    "свекр",
    "племян",
    "сосед",
    "супруг",
    "имя",
    "меня",
    "зовут",
    "фио",
    "гражданин",
    "гражданк",
    "карт",
    "справк",
    "полис",
    "прикреп",
    "инвалид",
    "получател",
];

/// All names of a stretch.
pub(super) fn find(tokens: &[Token]) -> Vec<Span> {
    let mut found: Vec<Span> = Vec::new();
    let mut floor = 0;
    for place in 0..tokens.len() {
        let Some((last, first)) = patronymic(tokens, place) else { continue };
        let Some((start, end)) = whole(tokens, first, last, floor) else { continue };
        let (Some(begin), Some(finish)) = (tokens.get(start), tokens.get(end)) else { continue };
        if !is_staff(tokens, floor, start, end) {
            found.push(Span { start: begin.start, end: finish.end, kind: Kind::Name });
        }
        floor = end + 1;
    }
    found
}

/// A patronymic at `place`: its last token and the first name's.
fn patronymic(tokens: &[Token], place: usize) -> Option<(usize, usize)> {
    let token = tokens.get(place)?;
    let long = token.word.len() >= 12;
    if token.is_one(&SHORT)
        || long && token.is_word() && PATRONYMICS.iter().any(|end| token.word.ends_with(end))
    {
        return Some((place, place.checked_sub(1)?));
    }
    token.is_one(&SONS).then_some((place, place.checked_sub(2)?))
}

/// The whole name: from where to where. The surname stands before the first name, or behind the patronymic.
fn whole(tokens: &[Token], first: usize, last: usize, floor: usize) -> Option<(usize, usize)> {
    let name = tokens.get(first).filter(|_| first >= floor).filter(|token| is_name(token))?;
    let before = first.checked_sub(1).filter(|place| *place >= floor).and_then(|place| tokens.get(place));
    let after = tokens.get(last + 1);
    let fits = |token: &&Token| is_name(token) && token.capitals == name.capitals;
    let before = before.filter(fits).filter(|_| name.apart);
    let after = after.filter(fits);
    let strong = |token: &Token| is_surname(token) && (token.capital || !name.capital);
    match (before, after) {
        (Some(token), _) if strong(token) => Some((first - 1, last)),
        (_, Some(token)) if strong(token) => Some((first, last + 1)),
        // Names like Ким and Пак: a capital is all that tells them.
        (Some(token), _) if token.capital && name.capital && !begins_sentence(tokens, first - 1) => {
            Some((first - 1, last))
        }
        (_, Some(token)) if token.capital && name.capital => Some((first, last + 1)),
        (Some(token), _) if token.capital && name.capital && token.word.chars().count() <= 9 => {
            Some((first - 1, last))
        }
        _ => None,
    }
}

fn begins_sentence(tokens: &[Token], place: usize) -> bool {
    place
        .checked_sub(1)
        .and_then(|before| tokens.get(before))
        .is_none_or(|token| matches!(token.shape, Shape::Sign('.' | '!' | '?')))
}

/// A word that may be part of a name.
fn is_name(token: &Token) -> bool {
    const NEVER: [&str; 64] = [
        "я",
        "и",
        "а",
        "на",
        "в",
        "к",
        "у",
        "с",
        "за",
        "от",
        "для",
        "это",
        "мой",
        "моя",
        "мою",
        "моей",
        "моего",
        "что",
        "как",
        "не",
        "его",
        "ее",
        "ей",
        "ему",
        "мы",
        "вы",
        "он",
        "она",
        "прошу",
        "просим",
        "где",
        "почему",
        "когда",
        "зовут",
        "жду",
        "ждет",
        "спасибо",
        "здравствуйте",
        "добрый",
        "карта",
        "карту",
        "карточку",
        "талон",
        "справка",
        "справку",
        "полис",
        "или",
        "по",
        "до",
        "из",
        "о",
        "про",
        "имя",
        "фамилия",
        "отчество",
        "нужен",
        "нужна",
        "нужно",
        "уважаемая",
        "уважаемый",
        "дорогая",
        "дорогой",
        "благодарю",
        "гражданка",
    ];
    let stranger = token.begins(&TITLES) || token.begins(&PATIENTS) && !token.capital || token.is_one(&NEVER);
    token.is_word() && !stranger
}

/// How surnames end, in every case.
fn is_surname(token: &Token) -> bool {
    const ENDS: [&str; 63] = [
        "ов",
        "ова",
        "ову",
        "овым",
        "ове",
        "овой",
        "ев",
        "ева",
        "еву",
        "евым",
        "еве",
        "евой",
        "ин",
        "ина",
        "ину",
        "иным",
        "ине",
        "иной",
        "ын",
        "ына",
        "ыну",
        "ыной",
        "ский",
        "ская",
        "ского",
        "скому",
        "ской",
        "скую",
        "ским",
        "цкий",
        "цкая",
        "цкого",
        "цкой",
        "цкую",
        "цкому",
        "енко",
        "чук",
        "чука",
        "чуку",
        "юк",
        "юка",
        "юку",
        "ук",
        "ко",
        "ян",
        "яна",
        "яну",
        "дзе",
        "швили",
        "ых",
        "их",
        "ый",
        "ого",
        "ому",
        "ик",
        "ика",
        "ику",
        "ец",
        "ман",
        "берг",
        "лы",
        "ник",
        "ур",
    ];
    token.word.chars().count() >= 4 && ENDS.iter().any(|end| token.word.ends_with(end))
}

/// Whether a title stands beside the name: among the few words before it nearer than any patient, or right behind it.
fn is_staff(tokens: &[Token], floor: usize, start: usize, end: usize) -> bool {
    let after = tokens.get(end + 1..(end + 4).min(tokens.len())).unwrap_or_default();
    let mut after =
        after.iter().skip_while(|token| matches!(token.shape, Shape::Sign(',' | '-' | '–' | '—' | '(')));
    if after.next().is_some_and(|token| token.begins(&TITLES)) && !own(tokens, floor, start) {
        return true;
    }
    let before = tokens.get(floor.max(start.saturating_sub(7))..start).unwrap_or_default();
    let mut words = 0;
    for token in before.iter().rev() {
        if matches!(token.shape, Shape::Sign('.' | '!' | '?' | ';')) || words > 4 {
            return false;
        }
        if token.begins(&TITLES) {
            return true;
        }
        if token.begins(&PATIENTS) || token.is_one(&["я", "это"]) || is_deed(token) {
            return false;
        }
        words += usize::from(token.is_word());
    }
    false
}

fn own(tokens: &[Token], floor: usize, start: usize) -> bool {
    let before = tokens.get(floor.max(start.saturating_sub(3))..start).unwrap_or_default();
    before.iter().any(|token| token.begins(&PATIENTS) || token.word == "я")
}

/// A verb between title and name says what the titled one did to the named one.
fn is_deed(token: &Token) -> bool {
    let ends =
        ["ла", "ал", "ил", "ел", "ял", "ли", "ает", "ует", "ит", "яет", "ают", "ить", "ать", "ите", "йте"];
    token.word.chars().count() > 3 && ends.iter().any(|end| token.word.ends_with(end)) && !token.capital
}
