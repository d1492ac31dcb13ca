//! One message before any script: at the door a card, in the room a neighbour's bubble or a clinic's answer, the shapes
//! of the resident client. Escaping is maud's work.

use domain::message::Message;
use domain::person::Signature;
use domain::text::clean;
use maud::{Markup, html};

use super::icon::Icon;
use super::texts;
use crate::texts::when::When;

/// The messages, oldest first; the first of each day with its day line.
pub fn by_day<'m>(messages: &'m [Message], when: &When<'_>) -> Vec<(Option<String>, &'m Message)> {
    let mut lines = Vec::with_capacity(messages.len());
    let mut last = String::new();
    for message in messages.iter().rev() {
        let day = when.day_line(message.at);
        let begins = day != last;
        last.clone_from(&day);
        lines.push((begins.then_some(day), message));
    }
    lines
}

/// Among the last messages at the door.
pub fn at_the_door(message: &Message, when: &When<'_>) -> Markup {
    let moment = format!("{}, {}", when.day_line(message.at), when.time(message.at));
    html! {
        article class="card answer" {
            (words(message))
            p class="by" {
                @match &message.author.signature {
                    Some(signature) => { (Icon::Shield.tiny()) strong { (signature.organisation) } " " }
                    None => { span { (message.author.alias) } " " }
                }
                span {
                    time datetime=(message.at.rfc3339()) { (moment) }
                    @if is_marked_edited(message) { " · " (texts().word("kit.edited")) }
                }
                @if let Some(signature) = &message.author.signature {
                    " " span { (signature.name) ", " (signature.position) }
                }
            }
        }
    }
}

/// In the room's timeline.
pub fn in_the_room(message: &Message, when: &When<'_>) -> Markup {
    match &message.author.signature {
        Some(signature) => staff_answer(message, signature, when),
        None => bubble(message, when),
    }
}

/// The text of a message; in the place of a hidden one, that it is hidden. It was cleaned when it was written, and
/// is again, since this is the one page on which no script stands between the database and the reader.
fn words(message: &Message) -> Markup {
    html! {
        p class={ "words" @if message.hidden() { " muted" } } {
            @match &message.text {
                Some(text) => (clean(text)),
                None => (texts().word("door.hidden")),
            }
        }
    }
}

fn is_marked_edited(message: &Message) -> bool {
    message.edited && !message.hidden()
}

/// A neighbour's message.
fn bubble(message: &Message, when: &When<'_>) -> Markup {
    html! {
        article class={ "bubble" @if message.hidden() { " gone" } } {
            header {
                strong { (message.author.alias) }
                " · "
                time datetime=(message.at.rfc3339()) { (when.time(message.at)) }
                @if is_marked_edited(message) {
                    " " span class="mark" { "· " (texts().word("kit.edited")) }
                }
            }
            (words(message))
        }
    }
}

/// A clinic's answer: the organisation above, name and position below, as the server signed it.
fn staff_answer(message: &Message, signature: &Signature, when: &When<'_>) -> Markup {
    html! {
        article class="staff-answer" {
            header {
                (Icon::Shield)
                span class="quietly" { (texts().word("kit.verified_answer")) ": " }
                strong { (signature.organisation) }
                " "
                time datetime=(message.at.rfc3339()) { (when.time(message.at)) }
            }
            (words(message))
            footer {
                strong { (signature.name) } ", " (signature.position)
                @if is_marked_edited(message) {
                    " " span class="muted" { "· " (texts().word("kit.edited")) }
                }
            }
        }
    }
}
