//! What a page says before any script: which medchat, open or closed, what is answered, the last words.

use domain::message::Message;
use domain::moment::Moment;

use crate::acts::catalogue::{Catalogue, RegionEntry};
use crate::acts::room::RoomView;

/// The place the start page leaves for plain HTML.
pub const PLACE: &str = "<!--medchat-shell-->";

pub fn finder(_catalogue: &Catalogue) -> String {
    String::new()
}

pub fn door(_view: &RoomView, _region: Option<&RegionEntry>, _messages: &[Message], _now: Moment) -> String {
    String::new()
}

pub fn nothing() -> String {
    String::new()
}
