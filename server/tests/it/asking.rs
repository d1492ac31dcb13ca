//! What people do with appeals: residents ask their clinic, staff answer, and what the database keeps of it. `people`
//! are those who talk; the stories are told in the files of their themes.

use domain::appeal::event::Event;
use domain::feed::{Entry, Feed};
use domain::moment::Moment;
use http::{Request, header};
use http_body_util::Full;
use serde_json::{Value, json};

use crate::people::{Answer, Landed, Person};
use crate::sockets::Socket;
use crate::world::World;

/// An appeal as whoever opened it knows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Appeal {
    /// The id.
    pub id: String,
    /// The number.
    pub number: String,
    /// What shows its state with the number.
    pub status_code: String,
}

impl Appeal {
    /// Out of the answer to an opening.
    pub fn of(opened: &Value) -> Self {
        let word =
            |name: &str| opened[name].as_str().unwrap_or_else(|| panic!("{name}: {opened}")).to_owned();
        Self { id: word("id"), number: word("number"), status_code: word("status_code") }
    }

    /// The name of a lane's feed.
    pub fn lane(&self, lane: &str) -> String {
        format!("appeal:{}:{lane}", self.id)
    }
}

/// Those who meet over an appeal in Khabarovsk krai. Whoever moved the clock by more than a token lives takes them anew.
pub struct Cast<'w> {
    /// A resident.
    pub nina: Person<'w>,
    /// Another one.
    pub viktor: Person<'w>,
    /// Leads A.
    pub chief: Person<'w>,
    /// Leads a department of A.
    pub head: Person<'w>,
    /// Answers for A.
    pub oleg: Person<'w>,
    /// Answers for B.
    pub petr: Person<'w>,
    /// Keeps order in the rooms.
    pub moderator: Person<'w>,
    /// Watches over the region.
    pub curator: Person<'w>,
}

impl World {
    /// Those who meet over an appeal.
    pub fn cast(&self) -> Cast<'_> {
        let person = |who: &str| self.person(&format!("{who}.rukha@demo"));
        Cast {
            nina: self.resident(2),
            viktor: self.resident(3),
            chief: person("chief"),
            head: person("head"),
            oleg: person("responder"),
            petr: person("responder2"),
            moderator: person("moderator"),
            curator: person("curator"),
        }
    }

    /// The organisation `a` or `b` of a region.
    pub fn organisation(&self, region: &str, organisation: &str) -> String {
        self.room(&self.staff_room(region, organisation)).room.organisations[0].to_string()
    }

    /// The log of an appeal, as the database has it.
    pub async fn log(&self, appeal: &Appeal) -> Vec<Event> {
        let found = store::appeal::find(&self.store(), appeal.id.parse().unwrap()).await.unwrap();
        found.expect("an appeal").1
    }

    /// What happened to an appeal, in the words of the acts.
    pub async fn history_of(&self, appeal: &Appeal) -> Vec<&'static str> {
        self.log(appeal).await.iter().map(|event| event.fact.act().word()).collect()
    }

    /// What the audit says of an appeal: act and reason, oldest first.
    pub async fn audit_of(&self, appeal: &Appeal) -> Vec<(String, String)> {
        let rows = store::audit::about(&self.store(), &format!("appeal:{}", appeal.id)).await.unwrap();
        rows.into_iter().map(|row| (row.act, row.reason)).collect()
    }

    /// How many rows the audit has of this act on an appeal, with this reason.
    pub async fn audited(&self, appeal: &Appeal, act: &str, reason: &str) -> usize {
        let rows = self.audit_of(appeal).await;
        rows.iter().filter(|row| (row.0.as_str(), row.1.as_str()) == (act, reason)).count()
    }

    /// Everything in a feed, as the database has it, numbered 1, 2, 3 … up to its head. A feed that has not begun is
    /// empty.
    pub async fn all_of(&self, feed: &str) -> Vec<Entry> {
        let (store, feed) = (self.store(), feed.parse::<Feed>().unwrap());
        let mut entries: Vec<Entry> = Vec::new();
        loop {
            let after = entries.last().map_or(0, |entry| entry.seq);
            let page = store::entry::after(&store, feed, after, 500).await.unwrap();
            if page.is_empty() {
                break;
            }
            entries.extend(page.into_iter().map(|(entry, _)| entry));
        }
        let head = store::feed::head(&store, feed).await.unwrap().map_or(0, |head| head.seq);
        let numbers: Vec<u64> = entries.iter().map(|entry| entry.seq).collect();
        assert_eq!(numbers, (1..=head).collect::<Vec<u64>>(), "{feed}");
        assert!(entries.is_sorted_by_key(|entry| entry.at), "time never goes back within {feed}");
        entries
    }

    /// How many entries a feed has, by what it says itself.
    pub async fn head_of(&self, feed: &str) -> u64 {
        let head = store::feed::head(&self.store(), feed.parse().unwrap()).await.unwrap();
        head.map_or(0, |head| head.seq)
    }

    /// Moves the clock to this time in Khabarovsk, `2026-11-23 18:00`.
    pub fn is(&self, local: &str) {
        self.clock().set(&utc(local));
    }
}

/// The instant of a time in Khabarovsk, `2026-11-23 18:00`, as answers write it.
pub fn utc(local: &str) -> String {
    let instant = format!("{}:00+10:00", local.replace(' ', "T"));
    Moment::parse_rfc3339(&instant).unwrap_or_else(|| panic!("no time: {local}")).rfc3339()
}

impl Person<'_> {
    /// Tries to open an appeal; a cid is added where there is none.
    pub async fn tries_to_ask_clinic(&self, mut question: Value) -> Answer {
        if question.get("cid").is_none() {
            question["cid"] = json!(self.world.cid());
        }
        self.asks("POST", "/appeals", Some(question)).await
    }

    /// Opens an appeal with all this.
    pub async fn asks_clinic_with(&self, question: Value) -> Appeal {
        Appeal::of(&self.tries_to_ask_clinic(question).await.with(201).json())
    }

    /// Asks whoever answers in a room.
    pub async fn asks_clinic(&self, room: &str, text: &str) -> Appeal {
        self.asks_clinic_with(json!({"room": room, "text": text})).await
    }

    /// Asks one organisation.
    pub async fn asks_clinic_of(&self, room: &str, organisation: &str, text: &str) -> Appeal {
        let question = json!({"room": room, "organisation": organisation, "text": text});
        self.asks_clinic_with(question).await
    }

    /// An appeal as they see it.
    pub async fn appeal(&self, appeal: &Appeal) -> Value {
        self.reads(&format!("/appeals/{}", appeal.id)).await
    }

    /// The state of an appeal.
    pub async fn state(&self, appeal: &Appeal) -> String {
        self.appeal(appeal).await["state"].as_str().unwrap().to_owned()
    }

    /// The texts in a lane, oldest first; none where the lane is absent.
    pub async fn texts(&self, appeal: &Appeal, lane: &str) -> Option<Vec<String>> {
        let seen = self.appeal(appeal).await;
        let messages = seen["lanes"].get(lane)?["messages"].as_array().unwrap();
        Some(messages.iter().map(|message| message["text"].as_str().unwrap().to_owned()).collect())
    }

    /// The appeals a list shows them.
    pub async fn queue(&self, query: &str) -> Vec<Value> {
        self.reads(&format!("/appeals?limit=100{query}")).await["items"].as_array().unwrap().clone()
    }

    /// Tries an act on an appeal.
    pub async fn tries(&self, act: &str, appeal: &Appeal, body: Value) -> Answer {
        self.asks("POST", &format!("/appeals/{}/{act}", appeal.id), Some(body)).await
    }

    /// Does an act to an appeal; gives the appeal after it.
    pub async fn does(&self, act: &str, appeal: &Appeal, body: Value) -> Value {
        self.tries(act, appeal, body).await.with(200).json()
    }

    /// Tries an act on an appeal under a key of the client's own.
    pub async fn tries_with_key(&self, act: &str, appeal: &Appeal, key: &str, body: Value) -> Answer {
        let request = Request::builder()
            .method("POST")
            .uri(format!("http://{}/api/v1/appeals/{}/{act}", self.world.address, appeal.id))
            .header(header::AUTHORIZATION, format!("Bearer {}", self.token().await))
            .header("idempotency-key", key);
        self.world.sends(request.body(Full::from(body.to_string())).unwrap()).await
    }

    /// Takes an appeal.
    pub async fn accepts(&self, appeal: &Appeal) -> Value {
        self.does("accept", appeal, json!({})).await
    }

    /// Gives an appeal to a colleague.
    pub async fn assigns(&self, appeal: &Appeal, to: &Person<'_>) -> Value {
        self.does("assign", appeal, json!({"staff": to.account().await})).await
    }

    /// Passes an appeal to another organisation.
    pub async fn transfers(&self, appeal: &Appeal, organisation: &str, reason: &str) -> Value {
        self.does("transfer", appeal, json!({"organisation": organisation, "reason": reason})).await
    }

    /// Asks the author something.
    pub async fn asks_back(&self, appeal: &Appeal, text: &str) -> Value {
        self.does("ask", appeal, json!({"text": text})).await
    }

    /// Gives the final answer.
    pub async fn answers_finally(&self, appeal: &Appeal, outcome: &str) -> Value {
        self.does("final-answer", appeal, json!({"text": "Ответ клиники", "outcome": outcome})).await
    }

    /// Refuses an appeal.
    pub async fn refuses(&self, appeal: &Appeal, reason: &str) -> Value {
        self.does("refuse", appeal, json!({"reason": reason})).await
    }

    /// Confirms the final answer.
    pub async fn confirms(&self, appeal: &Appeal) -> Value {
        self.does("confirm", appeal, json!({})).await
    }

    /// Contests the final answer.
    pub async fn contests(&self, appeal: &Appeal, reason: &str) -> Value {
        self.does("contest", appeal, json!({"reason": reason})).await
    }

    /// Rates the final answer.
    pub async fn rates(&self, appeal: &Appeal, score: u8) -> Value {
        self.does("rate", appeal, json!({"score": score})).await
    }

    /// Takes an appeal back.
    pub async fn withdraws(&self, appeal: &Appeal) -> Value {
        self.does("withdraw", appeal, json!({})).await
    }

    /// Joins an appeal to another one.
    pub async fn merges(&self, appeal: &Appeal, into: &Appeal) -> Value {
        self.does("merge", appeal, json!({"into": into.id})).await
    }

    /// Tries to write in an appeal; a cid is added where there is none.
    pub async fn tries_to_write(&self, appeal: &Appeal, mut message: Value) -> Answer {
        if message.get("cid").is_none() {
            message["cid"] = json!(self.world.cid());
        }
        self.tries("messages", appeal, message).await
    }

    /// Writes in an appeal.
    pub async fn writes(&self, appeal: &Appeal, text: &str) -> Landed {
        Landed::of(&self.tries_to_write(appeal, json!({"text": text})).await.with(201).json())
    }

    /// Writes in the private lane of an appeal.
    pub async fn confides(&self, appeal: &Appeal, text: &str) -> Landed {
        let message = json!({"text": text, "lane": "private"});
        Landed::of(&self.tries_to_write(appeal, message).await.with(201).json())
    }

    /// Opens a socket that follows a feed from the first entry on.
    pub async fn follows_feed(&self, feed: &str) -> Socket {
        let mut socket = self.opens_socket().await;
        socket.subscribes(feed, Some(0)).await;
        socket
    }

    /// The name of the feed in which they are told what concerns them.
    pub async fn mailbox(&self) -> String {
        format!("person:{}", self.account().await)
    }
}

/// A clock of an appeal, by kind and cycle.
pub fn clock<'a>(appeal: &'a Value, kind: &str, cycle: u32) -> &'a Value {
    let clocks = appeal["clocks"].as_array().unwrap();
    let found = clocks.iter().find(|clock| clock["kind"] == kind && clock["cycle"] == cycle);
    found.unwrap_or_else(|| panic!("no clock {kind} of cycle {cycle}: {appeal}"))
}
