//! What a page says before any script, and for good where there is none: the finder here, a room and its door in
//! [`door`]. Structure and class names are those of the resident client (`web/ui/DESIGN.md`), so that the page looks
//! the same before and after. Guests' pages: what a guest may not read never gets here. Escaping is maud's work.

pub mod door;
mod icon;
mod message;
#[cfg(test)]
mod tests;

use maud::{Markup, html};

use self::icon::{Icon, brand};
use crate::acts::catalogue::{Catalogue, RegionEntry};
use crate::acts::room::RoomView;
use crate::texts::{Language, Texts};

/// The place the start page leaves for plain HTML.
pub const PLACE: &str = "<!--medchat-shell-->";

/// The title the start page has, which a fuller one takes the place of.
pub const TITLE: &str = "<title>Медчат</title>";

/// A page before any script.
pub struct Shell {
    /// What the page is called.
    title: String,
    /// What search engines and messengers show of it.
    description: Option<String>,
    /// The plain HTML.
    body: Markup,
}

impl Shell {
    /// The start page with all of this in it.
    pub fn fill(&self, start_page: &str) -> String {
        let head = html! {
            title { (self.title) " · " (texts().word("kit.brand")) }
            @if let Some(description) = &self.description { meta name="description" content=(description); }
        };
        start_page.replacen(TITLE, &head.0, 1).replacen(PLACE, &self.body.0, 1)
    }
}

/// Pages are in the source language; the reader's own choice of another one is known to the script alone.
fn texts() -> &'static Texts {
    Texts::of(Language::Russian)
}

/// The bar of every page; `next` is the path sign-in leads back to, percent-encoded.
fn bar(next: &str) -> Markup {
    html! {
        header class="bar" {
            div {
                a class="home" href="/" { (brand()) span { (texts().word("kit.brand")) } }
                span class="spread" {}
                a class="button quiet" href={ "/sign-in?next=" (next) } { (texts().word("kit.sign_in")) }
            }
        }
    }
}

/// A life in danger: the one red thing of a page.
fn emergency() -> Markup {
    html! {
        a class="emergency-strip" href="tel:103" {
            (Icon::Phone) span { (texts().word("door.emergency")) }
            " " strong { (texts().word("door.emergency_call")) }
        }
    }
}

/// Says that there is nothing here, or not yet, and what to do next.
fn empty(title: &str, next: &str, then: &Markup) -> Markup {
    html! {
        div class="card" {
            div class="empty" {
                strong { (title) }
                @if !next.is_empty() { span { (next) } }
                (then)
            }
        }
    }
}

/// What somebody looks for.
#[derive(Debug, Default)]
pub struct Search {
    /// A region's code.
    pub region: String,
    /// Words of a title, a territory or an organisation.
    pub words: String,
}

impl Search {
    /// Whether there is anything to look for. Fewer than two letters would list half the country.
    pub fn asks(&self) -> bool {
        !self.region.is_empty() || self.asks_words()
    }

    /// Whether the words count.
    pub fn asks_words(&self) -> bool {
        self.words.trim().chars().nth(1).is_some()
    }
}

/// The finder: the regions, or the medchats `found` by a search.
pub fn finder(catalogue: &Catalogue, search: &Search, found: Option<&[RoomView]>) -> Shell {
    let texts = texts();
    let body = html! {
        (bar("%2F"))
        main class="page" {
            div class="finder" {
                div class="title" {
                    h1 { (texts.word("finder.title")) }
                    p class="muted" { (texts.word("finder.lead")) }
                }
                div class="looking stack" {
                    (search_field(search))
                    @match found {
                        None => (regions(catalogue)),
                        Some(rooms) => (medchats(catalogue, search, rooms)),
                    }
                }
                div class="aside stack" { (code_field()) (emergency()) }
            }
        }
    };
    let description = Some(texts.word("finder.lead").to_owned());
    Shell { title: texts.word("finder.title").to_owned(), description, body }
}

fn search_field(search: &Search) -> Markup {
    let texts = texts();
    html! {
        form class="card waits" role="search" action="/" method="get" {
            div class="field" {
                label for="words" { (texts.word("finder.search")) }
                input class="control" id="words" type="search" name="q" value=(search.words) maxlength="100"
                    placeholder=(texts.word("finder.search_example")) autocomplete="off" enterkeyhint="search";
                noscript { button class="button second wide" type="submit" { (texts.word("door.find")) } }
            }
        }
    }
}

/// A form cannot build a path: `/j?code=` leads on to `/j/CODE`.
fn code_field() -> Markup {
    let texts = texts();
    html! {
        form class="card field" action="/j" method="get" {
            label for="typed-code" { (texts.word("finder.code_title")) }
            span class="hint" id="typed-code-hint" { (texts.word("finder.code_hint")) }
            div class="code-entry" {
                input class="control" id="typed-code" name="code" required maxlength="24" autocomplete="off"
                    autocapitalize="characters" spellcheck="false" aria-describedby="typed-code-hint";
                button class="button second" type="submit" { (texts.word("finder.code_go")) }
            }
        }
    }
}

fn regions(catalogue: &Catalogue) -> Markup {
    let texts = texts();
    let count = |entry: &RegionEntry| {
        texts.counted("finder.rooms", u64::try_from(entry.okrugs.len()).unwrap_or_default())
    };
    html! {
        section class="stack tight" {
            h2 { (texts.word("finder.regions")) }
            ul class="card rows" {
                @for entry in catalogue.regions() {
                    li {
                        a href={ "/?region=" (entry.region.code) } {
                            span class="name" { strong { (entry.region.name) } " " small { (count(entry)) } }
                            (Icon::Forward)
                        }
                    }
                }
            }
        }
    }
}

fn medchats(catalogue: &Catalogue, search: &Search, rooms: &[RoomView]) -> Markup {
    let texts = texts();
    let heading = match catalogue.region(&search.region) {
        Some(entry) => texts.say("finder.found_in", &[("region", &entry.region.name)]),
        None => texts.counted("finder.found", u64::try_from(rooms.len()).unwrap_or_default()),
    };
    html! {
        section class="stack tight" {
            div class="section-head" {
                h2 { (heading) }
                @if !search.region.is_empty() { a href="/" { (texts.word("finder.other_region")) } }
            }
            @if rooms.is_empty() {
                (empty(texts.word("finder.nothing"), texts.word("finder.nothing_next"), &html! {}))
            } @else {
                ul class="card rows" { @for view in rooms { li { (medchat(view)) } } }
            }
        }
    }
}

fn medchat(view: &RoomView) -> Markup {
    let texts = texts();
    html! {
        a href=(address(view)) {
            span class="name" {
                strong { (view.entry.title) }
                " "
                small {
                    @if view.open.open {
                        span class="is-open" { (texts.word("finder.open_now")) }
                    } @else {
                        span class="is-closed" { (texts.word("finder.closed_now")) }
                    }
                    @if let Some(subtitle) = &view.entry.subtitle { " · " (subtitle) }
                }
            }
            (Icon::Forward)
        }
    }
}

/// A stranger comes to the door; a room without one is entered.
fn address(view: &RoomView) -> String {
    view.entry.code.map_or_else(|| format!("/rooms/{}", view.entry.room.id), |code| format!("/j/{code}"))
}

/// Why a page is not what was asked for.
#[derive(Debug, Clone, Copy)]
pub enum Missing<'a> {
    /// No room has this code.
    Code(&'a str),
    /// The code is mistyped.
    Mistyped(&'a str),
    /// No such room for guests.
    Room,
    /// The server cannot tell at the moment.
    Failed,
}

/// A code as typed, cut where none goes on: what somebody made up must not fill the page.
fn shown(code: &str) -> String {
    domain::text::clean(code).chars().take(24).collect()
}

/// The page that has nothing to show.
pub fn nothing(missing: Missing<'_>) -> Shell {
    let texts = texts();
    let (title, next) = match missing {
        Missing::Code(code) => {
            (texts.word("door.unknown_title"), texts.say("door.unknown_code", &[("code", &shown(code))]))
        }
        Missing::Mistyped(code) => {
            (texts.word("door.unknown_title"), texts.say("door.mistyped_code", &[("code", &shown(code))]))
        }
        Missing::Room => (texts.word("room.gone"), texts.word("room.gone_guest").to_owned()),
        Missing::Failed => (texts.word("door.failed"), texts.word("door.failed_next").to_owned()),
    };
    let find = html! { a class="button main" href="/" { (texts.word("door.find")) } };
    let body = html! {
        (bar("%2F"))
        main class="page" {
            h1 class="quietly" { (title) }
            (empty(title, &next, &find))
        }
    };
    Shell { title: title.to_owned(), description: None, body }
}
