//! Pages before any script, as golden files in `server/tests/golden` (written anew with `UPDATE_GOLDEN=1`), and what
//! holds for every one of them: tags nest, nothing runs, headings have an order.

use std::path::Path;
use std::sync::Arc;

use domain::actor::Kind;
use domain::author::Author;
use domain::id::Id;
use domain::invitation::InvitationCode;
use domain::message::Message;
use domain::moment::Moment;
use domain::person::Signature;
use domain::region_file;
use domain::room::RoomKind;
use store::catalogue::{OrganisationRow, RegionRow, RoomRow, RoomState, Rows, UnitRow};

use super::*;
use crate::acts::catalogue::RoomEntry;

const KHABAROVSK: &str = include_str!("../../../../deploy/regions/khabarovsk.toml");

fn id<N>(number: u8) -> Id<N> {
    Id::from_uuid(uuid::Uuid::from_bytes([number; 16]))
}

/// Khabarovsk krai as published, with ids that stay.
fn catalogue(adapt: impl Fn(&str) -> String) -> Catalogue {
    let plan = region_file::read(&adapt(KHABAROVSK)).expect("a region's file");
    let region = plan.region.code.clone();
    let medchats: Vec<RoomRow> = (1..)
        .zip(&plan.medchats)
        .map(|(number, medchat)| RoomRow {
            id: id(number),
            region: region.clone(),
            key: medchat.key.to_string(),
            kind: RoomKind::Medchat,
            title: medchat.title.clone(),
            subtitle: medchat.subtitle.clone(),
            cover: Some(serde_json::to_string(&medchat.cover).expect("json")),
            week: None,
            organisation: None,
            default_organisation: None,
            code: Some(InvitationCode::from_random(number.into()).to_string()),
            links: medchat
                .links
                .iter()
                .map(|link| (link.platform.as_str().into(), link.url.clone()))
                .collect(),
            weight: medchat.weight,
        })
        .collect();
    let organisation = OrganisationRow {
        id: id(200),
        region: region.clone(),
        key: "clinic".into(),
        name: "Выдуманная поликлиника \"А\" & Ко".into(),
        invented: true,
        serves: medchats.iter().map(|room| room.id).collect(),
    };
    let announcements = RoomRow {
        id: id(100),
        key: "announcements".into(),
        kind: RoomKind::Announcements,
        title: plan.announcements.title.clone(),
        subtitle: None,
        cover: None,
        code: None,
        links: Vec::new(),
        ..medchats[0].clone()
    };
    let units = plan.units.iter().map(|unit| UnitRow {
        region: region.clone(),
        key: unit.key.to_string(),
        name: unit.name.clone(),
    });
    let rows = Rows {
        regions: vec![RegionRow {
            code: region.clone(),
            number: plan.region.number.clone(),
            name: plan.region.name.clone(),
            time_zone: plan.region.time_zone.as_str().into(),
            settings: serde_json::to_string(&plan.region).expect("json"),
        }],
        units: units.collect(),
        organisations: vec![organisation],
        rooms: [medchats, vec![announcements]].concat(),
    };
    Catalogue::build(rows).expect("a catalogue")
}

fn as_published() -> Catalogue {
    catalogue(str::to_owned)
}

/// A moment by Khabarovsk's clock, UTC+10.
fn at(civil: &str) -> Moment {
    Moment::parse_rfc3339(&format!("{civil}:00+10:00")).expect("a moment")
}

fn view(entry: &Arc<RoomEntry>, now: Moment) -> RoomView {
    RoomView { entry: entry.clone(), state: RoomState::default(), open: entry.opening.at(now), my: None }
}

/// A page about the room `key` as it stands at `now`.
fn page(
    catalogue: &Catalogue,
    key: &str,
    now: &str,
    messages: Option<&[Message]>,
    draw: fn(&door::Room<'_>) -> Shell,
) -> Shell {
    let region = catalogue.regions().next().expect("the region");
    let room = catalogue.room_of_key(&region.region.code, key).expect("the room");
    let now = at(now);
    draw(&door::Room { view: &view(room, now), region, messages, announcements: Some(id(100)), now })
}

fn neighbour(seq: u8, at: Moment, alias: &str, text: Option<&str>) -> Message {
    let author = Author { account: id(50), kind: Kind::Resident, alias: alias.into(), signature: None };
    Message {
        seq: seq.into(),
        id: id(seq),
        at,
        author,
        text: text.map(Into::into),
        edited: false,
        reason: None,
    }
}

fn clinic(seq: u8, at: Moment, text: &str) -> Message {
    let signature = Signature {
        name: "Ирина Седова".into(),
        position: "заведующая регистратурой".into(),
        organisation: "Поликлиника № 41".into(),
    };
    let author = Author {
        account: id(51),
        kind: Kind::Staff,
        alias: signature.name.clone(),
        signature: Some(signature),
    };
    Message { seq: seq.into(), id: id(seq), at, author, text: Some(text.into()), edited: false, reason: None }
}

/// Newest first, as acts give them.
fn conversation() -> Vec<Message> {
    vec![
        Message {
            edited: true,
            ..clinic(4, at("2026-11-21T12:14"), "До 10:30, кабинет 112.\nЗавтра с 7:30.")
        },
        neighbour(3, at("2026-11-21T12:02"), "Галина П.", Some("Когда берут кровь на Ленина?")),
        neighbour(2, at("2026-11-20T19:40"), "Пётр", None),
        Message {
            edited: true,
            ..neighbour(1, at("2026-11-19T09:00"), "Нина К.", Some("Как записаться к неврологу?"))
        },
    ]
}

/// Tags that never have an end.
const VOID: [&str; 2] = ["input", "meta"];

/// The tags of a page line by line, indented by their depth. Fails where they do not nest.
fn outline(html: &str) -> String {
    let mut lines = String::new();
    let mut open: Vec<&str> = Vec::new();
    for piece in html.split('<').skip(1) {
        let (tag, text) = piece.split_once('>').expect("a tag ends");
        let closed = tag.strip_prefix('/');
        if let Some(name) = closed {
            assert_eq!(open.pop(), Some(name), "</{name}> in {html}");
        }
        let indent = "  ".repeat(open.len());
        let text = text.replace('\n', "⏎");
        let text = text.strip_suffix(' ').map_or(text.clone(), |text| format!("{text}␠"));
        lines += &format!("{indent}<{tag}>{text}\n");
        let name = tag.split(' ').next().expect("a name");
        if closed.is_none() && !VOID.contains(&name) {
            open.push(name);
        }
    }
    assert!(open.is_empty(), "{open:?} in {html}");
    lines
}

/// What holds for every page.
fn holds_the_rules(outline: &str) {
    let tags = |name: &str| outline.lines().filter(|line| line.trim_start().starts_with(name)).count();
    assert_eq!(tags("<h1"), 1, "one main heading");
    assert_eq!(tags("<main"), 1, "one main part");
    for forbidden in ["<script", "<style", "<iframe", "<img", "<object", "<base", "<link"] {
        assert_eq!(tags(forbidden), 0, "{forbidden}");
    }
    let mut level = 0;
    for line in outline.lines().filter_map(|line| line.trim_start().strip_prefix("<h")) {
        if let Some(next) = line.chars().next().and_then(|digit| digit.to_digit(10)) {
            assert!(next <= level + 1, "h{next} after h{level}");
            level = next;
        }
    }
    for attribute in
        outline.lines().filter_map(|line| line.split_once('>')).flat_map(|(tag, _)| tag.split(' '))
    {
        assert!(!attribute.starts_with("style=") && !attribute.starts_with("on"), "{attribute}");
        assert!(!attribute.contains("javascript:"), "{attribute}");
    }
    let bidi = |symbol: char| matches!(symbol, '\u{200E}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}');
    assert!(!outline.contains(bidi), "direction marks");
}

fn golden(name: &str, shell: &Shell) {
    let page = shell.fill(&format!("{TITLE}\n<body>{PLACE}</body>"));
    let outline = outline(&page);
    holds_the_rules(&outline);
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden").join(name);
    if option_env!("UPDATE_GOLDEN").is_some() {
        std::fs::write(&path, &outline).expect("the golden file");
    }
    let stands = std::fs::read_to_string(&path).unwrap_or_default();
    assert_eq!(stands, outline, "{name} has changed: look at it, then run with UPDATE_GOLDEN=1");
}

#[test]
fn an_open_door() {
    let messages = conversation();
    let shell = page(&as_published(), "khabarovsk", "2026-11-21T12:20", Some(&messages), door::door);
    golden("door-open.html", &shell);
}

#[test]
fn a_closed_door_on_a_sunday() {
    let shell = page(&as_published(), "khabarovsk", "2026-11-22T12:00", Some(&[]), door::door);
    golden("door-closed.html", &shell);
}

#[test]
fn a_door_on_a_holiday() {
    let shell = page(&as_published(), "khabarovskiy-kray", "2026-11-04T12:00", Some(&[]), door::door);
    golden("door-holiday.html", &shell);
}

#[test]
fn a_closed_door_where_nobody_may_write() {
    let read_only =
        catalogue(|file| file.replace("outside_hours = \"queue\"", "outside_hours = \"read_only\""));
    let Shell { body, .. } = page(&read_only, "khabarovsk", "2026-11-22T12:00", Some(&[]), door::door);
    assert!(body.0.contains("Закрыто до завтра, 08:00"), "{}", body.0);
    assert!(body.0.contains("Писать можно завтра в 08:00. Читать — всегда"), "{}", body.0);
}

#[test]
fn a_door_behind_which_guests_may_not_read() {
    let quiet = catalogue(|file| file.replace("anonymous_reading = true", "anonymous_reading = false"));
    for draw in [door::door, door::room] {
        let Shell { body, .. } = page(&quiet, "khabarovsk", "2026-11-21T12:20", None, draw);
        assert!(body.0.contains("Сообщения видны после входа"), "{}", body.0);
        assert!(!body.0.contains("Ответов пока нет") && !body.0.contains("Пока тихо"), "{}", body.0);
    }
}

#[test]
fn a_room() {
    let messages = conversation();
    let shell = page(&as_published(), "khabarovsk", "2026-11-21T12:20", Some(&messages), door::room);
    golden("room.html", &shell);
}

#[test]
fn announcements_promise_no_answer() {
    let shell = page(&as_published(), "announcements", "2026-11-22T12:00", Some(&[]), door::room);
    golden("room-announcements.html", &shell);
}

#[test]
fn what_people_write_stays_text() {
    let said = at("2026-11-21T12:02");
    let hostile = "<script>alert(1)</script>\"'&amp; </p></main> \u{202E}кесё\u{202C} <!--medchat-shell-->";
    let mut answer = clinic(2, said, hostile);
    answer.author.signature = Some(Signature {
        name: "<b>Имя</b>".into(),
        position: "\" onclick=\"x".into(),
        organisation: "'Организация' & <i>".into(),
    });
    let messages = [answer, neighbour(1, said, "<img src=x onerror=y>", Some(hostile))];
    let catalogue = as_published();
    golden(
        "door-hostile.html",
        &page(&catalogue, "khabarovsk", "2026-11-21T12:20", Some(&messages), door::door),
    );
    golden(
        "room-hostile.html",
        &page(&catalogue, "khabarovsk", "2026-11-21T12:20", Some(&messages), door::room),
    );
}

#[test]
fn the_finder() {
    golden("finder.html", &finder(&as_published(), &Search::default(), None));
}

#[test]
fn the_medchats_of_a_region() {
    let catalogue = as_published();
    let search = Search { region: "RU-KHA".into(), words: "\"><script>".into() };
    let now = at("2026-11-22T12:00");
    let rooms: Vec<RoomView> = catalogue
        .rooms()
        .filter(|entry| entry.room.kind == RoomKind::Medchat)
        .map(|entry| view(entry, now))
        .collect();
    golden("finder-region.html", &finder(&catalogue, &search, Some(&rooms)));
    let none = finder(&catalogue, &Search { region: String::new(), words: "Марс".into() }, Some(&[]));
    assert!(none.body.0.contains("Ничего не нашлось"));
}

#[test]
fn what_is_not_there() {
    golden("nothing-mistyped.html", &nothing(Missing::Mistyped("<b>\u{202E}ABEK</b>1234567890123456789")));
    for (missing, words) in [
        (Missing::Code("ABEK1234"), "Код «ABEK1234» ничего не открывает"),
        (Missing::Room, "Такого медчата нет"),
        (Missing::Failed, "Не удалось загрузить"),
    ] {
        let Shell { body, .. } = nothing(missing);
        assert!(body.0.contains(words), "{}", body.0);
    }
}

#[test]
fn a_search_needs_two_letters() {
    let asks = |region: &str, words: &str| Search { region: region.into(), words: words.into() }.asks();
    assert!(asks("RU-KHA", "") && asks("", "Ха"));
    assert!(!asks("", "") && !asks("", " Х "));
}

#[test]
fn the_clients_start_page_has_the_places_to_fill() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../web/resident/src/app.html");
    let start_page = std::fs::read_to_string(path).expect("the client's start page");
    assert_eq!((start_page.matches(TITLE).count(), start_page.matches(PLACE).count()), (1, 1));
    assert!(start_page.contains("<html lang=\"ru\">"));
    let page = nothing(Missing::Room).fill(&start_page);
    assert!(page.contains("<title>Такого медчата нет · Медчат</title>"), "{page}");
    assert!(!page.contains(PLACE));
}
