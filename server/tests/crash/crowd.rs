//! People who write and read at one node after the other: whoever's node goes, falls silent or says that it cannot,
//! tries the next one, with the same cids and from the same numbers on.

use std::collections::BTreeMap;
use std::time::Duration;

use futures_util::future::join_all;
use tokio::task::JoinHandle;
use tokio::time::{sleep, timeout};
use tokio_util::sync::CancellationToken;
use wire::room::RoomKind;

use crate::history::Order;
use crate::people::{Person, Place};
use crate::reader::{Reader, Until};
use crate::system::Doors;
use crate::writer::{Bell, Mood, Way, Writer};

pub const REGION: &str = "RU-KHA";
/// How long people wait for a node: longer than a node waits for its database.
pub const PATIENCE: Duration = Duration::from_secs(4);
/// How long it may take until everything is settled and read when all is well.
const SETTLING: Duration = Duration::from_secs(60);
/// How many residents write, and how many of them read too.
const WRITERS: usize = 5;
const READERS: usize = 3;
/// The pause before each post.
const PAUSE: Duration = Duration::from_millis(12);
/// The pause before the next node is tried.
const MOMENT: Duration = Duration::from_millis(30);

/// The people, while nothing is going on.
pub struct Crowd {
    pub writers: Vec<Writer>,
    pub readers: Vec<Reader>,
    /// Those who lost the right to what they read: they are not asked any more.
    pub guests: Vec<Reader>,
    people: Vec<Person>,
    doors: Doors,
    pub order: Order,
    pub bell: Bell,
    /// Where they write; the last is the room of the staff, which nobody else sees.
    pub places: Vec<Place>,
    visits: usize,
}

/// The same while they write and read.
pub struct Busy {
    writing: Vec<JoinHandle<(Writer, usize)>>,
    reading: Vec<JoinHandle<Reader>>,
    guest: JoinHandle<Reader>,
    over: CancellationToken,
}

impl Crowd {
    /// Residents write into two medchats and a chief into the room of the staff; others read.
    pub async fn gather(doors: Doors) -> Self {
        let at = doors.of(0).address;
        let chief = Person::sign_in(at, "chief.rukha@demo").await.waiting(PATIENCE);
        let medchats = chief.places(at, REGION, 2).await;
        let staff_room = chief.rooms(at, REGION, RoomKind::Staff).await.remove(0);
        let places: Vec<Place> = medchats.iter().cloned().chain([staff_room.clone()]).collect();
        let mut crowd = Self {
            writers: Vec::new(),
            readers: Vec::new(),
            guests: Vec::new(),
            places,
            people: Vec::new(),
            doors,
            order: Order::default(),
            bell: Bell::new(0),
            visits: 0,
        };
        crowd.reads(&chief, &crowd.places.clone());
        crowd.writes(chief, Way::Socket, vec![staff_room]);
        for number in 1..=WRITERS {
            let person = Person::sign_in(at, &format!("resident{number}.rukha@demo")).await.waiting(PATIENCE);
            for place in &medchats {
                person.join(at, place).await;
            }
            if number <= READERS {
                crowd.reads(&person, &medchats);
            }
            let way = if number % 3 == 0 { Way::Http } else { Way::Socket };
            crowd.writes(person, way, medchats.clone());
        }
        crowd
    }

    fn reads(&mut self, person: &Person, places: &[Place]) {
        let name = format!("r{}", self.readers.len());
        self.readers.push(Reader::new(name, person.clone(), places));
    }

    fn writes(&mut self, person: Person, way: Way, places: Vec<Place>) {
        let (name, order, bell) = (format!("w{}", self.writers.len()), self.order.clone(), self.bell.clone());
        self.writers.push(Writer::new(name, person.clone(), way, places, order, bell));
        self.people.push(person);
    }

    /// Who reads and writes in the room of the staff.
    pub fn chief(&self) -> &Person {
        &self.people[0]
    }

    /// That room.
    pub fn staff_room(&self) -> &Place {
        &self.places[self.places.len() - 1]
    }

    /// All begin, each at another node than their neighbour, and so does a guest.
    pub async fn begin(&mut self, guest: Reader) -> Busy {
        for person in &self.people {
            person.renew(self.doors.of(0).address).await;
        }
        let over = CancellationToken::new();
        let first = self.visits;
        self.visits += 1;
        let (doors, stop) = (|| self.doors.clone(), || over.clone());
        let writers = self.writers.drain(..).zip(first..);
        let writing = writers.map(|(one, first)| tokio::spawn(writes(one, doors(), first, stop())));
        let readers = self.readers.drain(..).zip(first..);
        let reading = readers.map(|(one, first)| tokio::spawn(reads(one, doors(), first, stop())));
        let (writing, reading) = (writing.collect(), reading.collect());
        let guest = tokio::spawn(reads(guest, doors(), first, stop()));
        Busy { writing, reading, guest, over }
    }

    /// All stop where they are, and the guest goes, who lost the right and may have heard so much; gives how many tries
    /// were cut off from their answer meanwhile.
    pub async fn end(&mut self, busy: Busy, silent_after: u64) -> usize {
        busy.over.cancel();
        let mut cut = 0;
        for written in join_all(busy.writing).await {
            let (writer, lost) = written.expect("nobody panicked");
            self.writers.push(writer);
            cut += lost;
        }
        for read in join_all(busy.reading).await {
            self.readers.push(read.expect("nobody panicked"));
        }
        let mut guest = busy.guest.await.expect("nobody panicked");
        guest.silent_after = Some(silent_after);
        self.guests.push(guest);
        cut
    }

    /// Everything that is open is settled; who does not come to an end is found in the history.
    pub async fn settle(&mut self) {
        let (doors, first) = (&self.doors, self.visits);
        let settling = self.writers.iter_mut().zip(first..).map(|(writer, first)| async move {
            for visit in first.. {
                writer.write(doors.of(visit), Mood::Finishing).await;
                if writer.unknown() == 0 {
                    return;
                }
                sleep(MOMENT).await;
            }
        });
        let _ = timeout(SETTLING, join_all(settling)).await;
    }

    /// All read to these heads, as far as they get.
    pub async fn read_to(&mut self, heads: &BTreeMap<String, u64>) {
        let (doors, first) = (&self.doors, self.visits);
        let reading = self.readers.iter_mut().zip(first..).map(|(reader, first)| async move {
            for visit in first.. {
                reader.follow(doors.of(visit), Until::These(heads)).await;
                if reader.has_read(Until::These(heads)) {
                    return;
                }
                sleep(MOMENT).await;
            }
        });
        let _ = timeout(SETTLING, join_all(reading)).await;
    }
}

async fn writes(mut writer: Writer, doors: Doors, first: usize, over: CancellationToken) -> (Writer, usize) {
    let mut cut = 0;
    let writing = async {
        for visit in first.. {
            writer.write(doors.of(visit), Mood::Busy { pause: PAUSE }).await;
            cut += writer.unknown();
            sleep(MOMENT).await;
        }
    };
    over.run_until_cancelled(writing).await;
    (writer, cut)
}

async fn reads(mut reader: Reader, doors: Doors, first: usize, over: CancellationToken) -> Reader {
    let reading = async {
        for visit in first.. {
            reader.follow(doors.of(visit), Until::TheEnd).await;
            sleep(MOMENT).await;
        }
    };
    over.run_until_cancelled(reading).await;
    reader
}
