//! A room before any script: its door, which a poster's code opens, and the room itself. Which medchat, open or
//! closed and until when, what is answered, the last words. Escaping is maud's work; who may read is the caller's.

use domain::id::RoomId;
use domain::link::Platform;
use domain::message::Message;
use domain::moment::Moment;
use domain::region::OutsideHours;
use domain::room::RoomKind;
use maud::{Markup, html};

use super::icon::Icon;
use super::{Shell, address, bar, emergency, empty, message, texts};
use crate::acts::catalogue::RegionEntry;
use crate::acts::room::RoomView;
use crate::texts::opening;
use crate::texts::when::When;

/// How many of the last messages stand at the door.
const AT_THE_DOOR: usize = 5;

/// How many topics a side shows; the others unfold. As many as fit the first screen of a small phone.
const TOPICS: usize = 6;

/// A room as a guest sees it.
pub struct Room<'a> {
    /// The room now.
    pub view: &'a RoomView,
    /// Its region.
    pub region: &'a RegionEntry,
    /// The last messages, newest first; `None` where the region lets no guest read.
    pub messages: Option<&'a [Message]>,
    /// The region's announcements.
    pub announcements: Option<RoomId>,
    /// The present.
    pub now: Moment,
}

/// The door of a room.
pub fn door(room: &Room<'_>) -> Shell {
    let address = address(room.view);
    room.shell(html! {
        (bar(&address.replace('/', "%2F")))
        main class="page" {
            div class="door" {
                div class="entrance" { (room.head()) (room.way_in()) }
                div class="rules stack" {
                    @if room.is_medchat() { (room.topics()) }
                    (emergency())
                }
                (room.last_messages())
                (room.about())
            }
        }
    })
}

/// The room itself.
pub fn room(room: &Room<'_>) -> Shell {
    room.shell(html! {
        (bar(&room.path().replace('/', "%2F")))
        main class="page narrow stack" {
            (room.head())
            (room.timeline())
            @if room.is_medchat() { (room.next_step()) (room.topics()) }
            (emergency())
            (room.about())
        }
    })
}

impl Room<'_> {
    fn shell(&self, body: Markup) -> Shell {
        let title = self.view.entry.title.clone();
        Shell { title, description: Some(self.description()), body }
    }

    fn is_medchat(&self) -> bool {
        self.view.entry.room.kind == RoomKind::Medchat
    }

    fn path(&self) -> String {
        format!("/rooms/{}", self.view.entry.room.id)
    }

    fn when(&self) -> When<'_> {
        When { texts: texts(), zone: &self.region.region.time_zone, now: self.now }
    }

    /// Whose room it is.
    fn kind(&self) -> String {
        let texts = texts();
        let place = self.region.region.name.as_str();
        match (&self.view.entry.subtitle, self.is_medchat()) {
            (Some(subtitle), _) => subtitle.clone(),
            (None, true) => {
                let kind = texts.word("door.kind_medchat");
                texts.say("door.kind_place", &[("kind", kind), ("place", place)])
            }
            (None, false) => {
                let kind = texts.word("door.kind_announcements");
                texts.say("door.kind_place", &[("kind", kind), ("place", place)])
            }
        }
    }

    /// What stays true until a search engine or a messenger shows it: no hours.
    fn description(&self) -> String {
        let kind = opening(&self.kind());
        if !self.is_medchat() {
            return kind;
        }
        format!("{kind}. {}: {}.", texts().word("door.answered"), self.answered().join(", "))
    }

    fn head(&self) -> Markup {
        html! {
            div class="door-head" {
                p class="kind" { (self.kind()) }
                h1 { (self.view.entry.title) }
                @if self.is_medchat() { (self.hours_now()) }
            }
        }
    }

    fn hours_now(&self) -> Markup {
        let (class, icon) = if self.view.open.open { ("open", Icon::Open) } else { ("closed", Icon::Clock) };
        html! {
            p class={ "hours-now " (class) } {
                (icon) strong { (self.headline()) } " " span { (self.expectation()) }
            }
        }
    }

    /// «Сейчас открыто, до 20:00», «Закрыто до понедельника, 08:00».
    fn headline(&self) -> String {
        let (texts, when, open) = (texts(), self.when(), &self.view.open);
        match (open.open, open.closes, open.next_opening) {
            (true, Some(closes), _) => texts.say("door.open_until", &[("time", &when.time(closes))]),
            (true, None, _) => texts.word("door.open_now").to_owned(),
            (false, _, Some(opens)) => texts.say("door.closed_until", &[("until", &when.until(opens))]),
            (false, _, None) => texts.word("door.closed").to_owned(),
        }
    }

    /// What to expect: how soon an answer comes, or when answering or writing begins.
    fn expectation(&self) -> String {
        let (texts, when, open) = (texts(), self.when(), &self.view.open);
        if open.open {
            let within = texts.word("door.answered_within");
            let Some(opens) = open.next_opening else { return within.to_owned() };
            let gaps = [("day", when.on_day(opens)), ("time", when.time(opens))];
            let next = texts.say("door.next_open", &gaps.each_ref().map(|(gap, is)| (*gap, is.as_str())));
            return format!("{within} {}", opening(&next));
        }
        let mut sentences = Vec::new();
        if let Some(holiday) = &open.holiday {
            sentences.push(texts.say("door.holiday", &[("name", texts.holiday(holiday))]) + ".");
        }
        if let Some(opens) = open.next_opening {
            let begins = when.at(opens);
            sentences.push(match self.view.entry.outside_hours {
                OutsideHours::Queue => texts.say("door.queued_until", &[("when", &begins)]),
                OutsideHours::ReadOnly => texts.say("door.read_only_until", &[("when", &begins)]),
            });
        }
        sentences.join(" ")
    }

    /// The field as it will be, and until then a link into the room that looks like it.
    fn way_in(&self) -> Markup {
        let (texts, room) = (texts(), self.path());
        if !self.is_medchat() {
            return html! { a class="button main wide" href=(room) { (texts.word("door.enter")) } };
        }
        html! {
            div class="card waits ask" {
                h2 { (texts.word("door.ask")) }
                a class="control" href={ (room) "#compose" } tabindex="-1" aria-hidden="true" {
                    (texts.word("door.ask_example"))
                }
                a class="button main wide" href={ (room) "#compose" } {
                    (texts.word("door.go_on")) (Icon::Forward)
                }
                noscript { p class="muted small" { (texts.word("door.no_script")) } }
            }
        }
    }

    /// The way to writing for one who is not signed in.
    fn next_step(&self) -> Markup {
        let texts = texts();
        let next = self.path().replace('/', "%2F");
        html! {
            div class="card next-step" id="compose" {
                p { (texts.word("room.guest")) }
                div class="pair" {
                    a class="button main" href={ "/sign-in?next=" (next) } { (texts.word("kit.sign_in")) }
                    a class="button second" href={ "/sign-up?next=" (next) } { (texts.word("room.sign_up")) }
                }
                noscript { p class="muted small" { (texts.word("door.no_script")) } }
            }
        }
    }

    fn answered(&self) -> Vec<&'static str> {
        let policy = self.region.region.topic_policy;
        named(policy.accepted().into_iter().chain(policy.reference()))
    }

    fn topics(&self) -> Markup {
        let refused = named(self.region.region.topic_policy.refused().into_iter());
        html! {
            div class="topics" {
                section {
                    h2 { (texts().word("door.answered")) }
                    (list(&self.answered()))
                }
                section class="no" {
                    h2 { (texts().word("door.refused")) }
                    (list(&refused))
                }
            }
        }
    }

    fn last_messages(&self) -> Markup {
        let (texts, when) = (texts(), self.when());
        html! {
            section class="answers" {
                div class="section-head" {
                    h2 { (texts.word("door.last_messages")) }
                    a href=(self.path()) { (texts.word("door.all")) }
                }
                @match self.messages {
                    None => (self.signed_in_only()),
                    Some([]) if self.is_medchat() => (empty(
                        texts.word("door.no_answers"), texts.word("door.no_answers_next"), &html! {}
                    )),
                    Some([]) => (empty(texts.word("room.empty_announcements"), "", &html! {})),
                    Some(messages) => {
                        @for message in messages.iter().take(AT_THE_DOOR) { (message::at_the_door(message, &when)) }
                    }
                }
            }
        }
    }

    fn signed_in_only(&self) -> Markup {
        let texts = texts();
        let next = self.path().replace('/', "%2F");
        let sign_in = html! {
            a class="button second" href={ "/sign-in?next=" (next) } { (texts.word("kit.sign_in")) }
        };
        empty(texts.word("door.signed_in_only"), texts.word("door.signed_in_only_next"), &sign_in)
    }

    /// The last messages as the room shows them, newest last.
    fn timeline(&self) -> Markup {
        let texts = texts();
        let when = self.when();
        let messages = match self.messages {
            None => return self.signed_in_only(),
            Some([]) if self.is_medchat() => {
                return empty(texts.word("room.empty"), texts.word("room.empty_next"), &html! {});
            }
            Some([]) => return empty(texts.word("room.empty_announcements"), "", &html! {}),
            Some(messages) => messages,
        };
        html! {
            div class="timeline" {
                @for (day, message) in message::by_day(messages, &when) {
                    @if let Some(day) = day { h2 class="day-line" { (day) } }
                    (message::in_the_room(message, &when))
                }
            }
        }
    }

    /// Who answers here, the region's announcements, and the same medchat in messengers.
    fn about(&self) -> Markup {
        let (texts, entry) = (texts(), &self.view.entry);
        let links: Vec<_> = entry.links.iter().filter(|link| link.is_valid()).collect();
        html! {
            section class="about stack" {
                @if !entry.organisations.is_empty() {
                    div {
                        h2 { (texts.word("door.clinics")) }
                        ul class="small" { @for name in &entry.organisations { li { (name) } } }
                    }
                }
                @if let Some(announcements) = self.announcements.filter(|id| *id != entry.room.id) {
                    a class="link" href={ "/rooms/" (announcements) } { (texts.word("door.announcements")) }
                }
                @if !links.is_empty() {
                    div {
                        h2 { (texts.word("door.elsewhere")) }
                        p class="links" {
                            @for link in links {
                                a href=(link.url) rel="noreferrer" { (platform(link.platform)) } " "
                            }
                        }
                    }
                }
            }
        }
    }
}

fn platform(platform: Platform) -> &'static str {
    match platform {
        Platform::Telegram => texts().word("door.telegram"),
        Platform::Max => texts().word("door.max"),
    }
}

/// The topics in words; one there are no words for is left out.
fn named(topics: impl Iterator<Item = &'static str>) -> Vec<&'static str> {
    topics.filter_map(|topic| texts().find(&format!("topics.{topic}"))).collect()
}

fn list(lines: &[&str]) -> Markup {
    let (first, others) = lines.split_at_checked(TOPICS).unwrap_or((lines, &[]));
    let items = |lines: &[&str]| html! { ul { @for line in lines { li { (line) } } } };
    let count = u64::try_from(others.len()).unwrap_or_default();
    html! {
        (items(first))
        @if !others.is_empty() {
            details {
                summary { (texts().counted("door.more", count)) }
                (items(others))
            }
        }
    }
}
