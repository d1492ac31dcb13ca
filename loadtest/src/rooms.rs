//! Which rooms the people of a token file are members of. Neighbours in the file are neighbours in a room, so that
//! two questions a room are enough: who stands at its end, and who after it.

use std::collections::BTreeMap;
use std::path::Path;

use reqwest::Client;
use wire::room::Room;

use crate::crowd::order::{Group, RoomFeeds};
use crate::people::token;
use crate::person::Person;
use crate::progress;
use crate::target::Target;

/// The rooms of the people whose tokens begin at `offsets`, and how many of each follow each other.
///
/// # Errors
/// When the server does not answer, or somebody is a member of no medchat.
pub async fn find(
    http: &Client,
    target: &Target,
    tokens: &Path,
    offsets: &[u64],
) -> anyhow::Result<(Vec<RoomFeeds>, Vec<Group>)> {
    let mut search = Search { http, target, tokens, offsets, news: BTreeMap::new() };
    let (mut rooms, mut groups) = (Vec::new(), Vec::new());
    let bar = progress::bar("rooms", offsets.len() as u64);
    let mut first = 0;
    while first < offsets.len() {
        let room = search.room_of(first).await?;
        let last = search.last_in(&room, first).await?;
        groups.push(Group { count: u32::try_from(last - first + 1)?, room: rooms.len() });
        rooms.push(search.feeds(room).await?);
        first = last + 1;
        bar.set_position(first as u64);
    }
    bar.finish_and_clear();
    Ok((rooms, groups))
}

struct Search<'a> {
    http: &'a Client,
    target: &'a Target,
    tokens: &'a Path,
    offsets: &'a [u64],
    /// The feeds of announcements, by region.
    news: BTreeMap<String, String>,
}

impl Search<'_> {
    fn person(&self, place: usize) -> anyhow::Result<Person> {
        let offset = self.offsets.get(place).copied().unwrap_or_default();
        Ok(Person::with_token(self.http, self.target, token(self.tokens, offset)?))
    }

    async fn room_of(&self, place: usize) -> anyhow::Result<Room> {
        self.person(place)?.own_room().await
    }

    /// The last place from `first` on whose person is in `room`. How many members the room says to have is the first
    /// guess; the rest is halving.
    async fn last_in(&self, room: &Room, first: usize) -> anyhow::Result<usize> {
        let end = self.offsets.len();
        // `inside` is in the room, `outside` is not.
        let (mut inside, mut outside) = (first, end);
        let told = first + usize::try_from(room.members.max(1))? - 1;
        let mut guesses = vec![told + 1, told];
        while outside - inside > 1 {
            let halfway = inside.midpoint(outside);
            let place =
                guesses.pop().filter(|guess| (inside + 1..outside).contains(guess)).unwrap_or(halfway);
            if self.room_of(place).await?.id == room.id {
                inside = place;
            } else {
                outside = place;
            }
        }
        Ok(inside)
    }

    async fn feeds(&mut self, room: Room) -> anyhow::Result<RoomFeeds> {
        if !self.news.contains_key(&room.region) {
            let announcements = self.person(0)?.announcements(&room.region).await?;
            self.news.insert(room.region.clone(), announcements.feed);
        }
        let announcements = self.news.get(&room.region).cloned();
        Ok(RoomFeeds { id: room.id, feed: room.feed, announcements, apart: false })
    }
}
