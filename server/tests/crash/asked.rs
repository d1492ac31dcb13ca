//! Appeals in every state in which clocks run or silence is waited for: residents ask over HTTP, staff do what they do,
//! and then nobody does anything any more. Who must hear of which step is told here from the ladder as people know it,
//! not from the server's.

use std::net::SocketAddr;

use domain::feed::Feed;
use domain::grant::Scope;
use domain::id::{AppealId, OrganisationId};
use domain::sla::clock::ClockKind;
use domain::sla::ladder::Step;
use futures_util::future::join_all;
use store::Store;
use wire::appeal::{OpenedAppeal, Outcome};
use wire::appeal_act::{ActOnAppeal, ContestAppeal, GiveFinalAnswer, OpenAppeal};

use crate::people::Person;

const REGION: &str = "RU-KHA";
const RESIDENTS: usize = 5;
const APPEALS: usize = 60;

/// A step of a clock of a cycle.
pub type Rung = (ClockKind, u32, Step);

/// What became of an appeal before it was left alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    Ignored,
    Accepted,
    /// Answered, and the second cycle runs.
    Contested,
    /// Answered, and its author says nothing.
    Answered,
}

/// An appeal.
#[derive(Debug, Clone)]
pub struct Asked {
    pub id: AppealId,
    pub fate: Fate,
    author: Feed,
    /// Which clinics owe the answer.
    owing: Vec<usize>,
}

/// Those who work for a clinic.
struct Clinic {
    id: OrganisationId,
    responder: Person,
    /// Who is told of a step, whoever has the appeal.
    superiors: Vec<(Step, Feed)>,
}

/// Everybody a step may concern.
pub struct Staff {
    clinics: Vec<Clinic>,
    curator: Feed,
}

impl Asked {
    /// The steps that are to be told.
    pub fn rungs(&self) -> Vec<Rung> {
        let cycle = match self.fate {
            Fate::Ignored | Fate::Accepted => 1,
            Fate::Contested => 2,
            Fate::Answered => return Vec::new(),
        };
        let of = |clock: ClockKind| Step::ALL.map(|step| (clock, cycle, step));
        ClockKind::ALL.into_iter().flat_map(of).collect()
    }
}

impl Fate {
    const ALL: [Self; 4] = [Self::Ignored, Self::Accepted, Self::Contested, Self::Answered];

    async fn comes(self, address: SocketAddr, appeal: &str, staff: &Person, author: &Person) {
        let path = |act| format!("appeals/{appeal}/{act}");
        if self != Self::Ignored {
            staff.does(address, &path("accept"), &ActOnAppeal {}).await;
        }
        if matches!(self, Self::Contested | Self::Answered) {
            let (text, outcome) = ("Готово".into(), Outcome::Resolved);
            let answer = GiveFinalAnswer { text, outcome, lane: None, seen: None };
            staff.does(address, &path("final-answer"), &answer).await;
        }
        if self == Self::Contested {
            author.does(address, &path("contest"), &ContestAppeal { reason: "Нет".into() }).await;
        }
    }
}

impl Staff {
    /// Those of the demo.
    pub async fn find(address: SocketAddr, store: &Store) -> Self {
        let superiors = vec![
            (Step::ThreeQuarters, mailbox(store, "head").await),
            (Step::Full, mailbox(store, "chief").await),
        ];
        let clinics = vec![
            Clinic::find(address, store, "responder", superiors).await,
            Clinic::find(address, store, "responder2", Vec::new()).await,
        ];
        Self { clinics, curator: mailbox(store, "curator").await }
    }

    /// Residents ask a clinic or all, all at a time, and each appeal has its fate.
    pub async fn are_asked(&self, address: SocketAddr) -> Vec<Asked> {
        join_all((0..RESIDENTS).map(|resident| self.are_asked_by(address, resident))).await.concat()
    }

    async fn are_asked_by(&self, address: SocketAddr, resident: usize) -> Vec<Asked> {
        let author = Person::sign_in(address, &login(&format!("resident{}", resident + 1))).await;
        let place = author.places(address, REGION, 1).await.remove(0);
        author.join(address, &place).await;
        let mut asked = Vec::new();
        for number in (resident..APPEALS).step_by(RESIDENTS) {
            let fate = Fate::ALL[number % 4];
            let named = [None, Some(0), Some(1)][number % 3];
            let id = self.is_asked(address, &author, &place.room, named, number).await;
            // One that is accepted belongs to whoever accepts it.
            let clinic = named.unwrap_or(0);
            fate.comes(address, &id, &self.clinics[clinic].responder, &author).await;
            let nobodys = named.is_none() && fate == Fate::Ignored;
            let owing = if nobodys { vec![0, 1] } else { vec![clinic] };
            asked.push(Asked { id: id.parse().unwrap(), fate, author: own_mailbox(&author), owing });
        }
        asked
    }

    async fn is_asked(
        &self,
        address: SocketAddr,
        author: &Person,
        room: &str,
        clinic: Option<usize>,
        number: usize,
    ) -> String {
        let question = OpenAppeal {
            cid: format!("a{number}"),
            room: room.into(),
            organisation: clinic.map(|clinic| self.clinics[clinic].id.to_string()),
            category: None,
            text: format!("Вопрос {number}"),
            private_text: None,
            from: None,
            acknowledged: None,
        };
        let opened: OpenedAppeal = author.does(address, "appeals", &question).await.json().await.unwrap();
        opened.id
    }

    /// The feeds that must tell of a step of an appeal.
    pub fn concerned(&self, asked: &Asked, step: Step) -> Vec<Feed> {
        let mut feeds = Vec::new();
        for clinic in asked.owing.iter().map(|which| &self.clinics[*which]) {
            feeds.push(Feed::Desk(clinic.id));
            feeds.extend(clinic.superiors.iter().filter(|(at, _)| *at == step).map(|(_, feed)| *feed));
            if step == Step::Half && asked.fate != Fate::Ignored {
                feeds.push(own_mailbox(&clinic.responder));
            }
        }
        match step {
            Step::Half | Step::ThreeQuarters => {}
            Step::Full => feeds.push(asked.author),
            Step::Double => feeds.push(self.curator),
        }
        feeds
    }
}

impl Clinic {
    async fn find(address: SocketAddr, store: &Store, responder: &str, superiors: Vec<(Step, Feed)>) -> Self {
        let responder = Person::sign_in(address, &login(responder)).await;
        let grants = store::grant::of_account(store, responder.account.parse().unwrap()).await.unwrap();
        let Scope::Organisation(id) = grants[0].scope else { panic!("{grants:?}") };
        Self { id, responder, superiors }
    }
}

fn login(who: &str) -> String {
    format!("{who}.rukha@demo")
}

async fn mailbox(store: &Store, who: &str) -> Feed {
    let (account, _) = store::account::by_login(store, &login(who)).await.unwrap().unwrap();
    Feed::Person(account.id)
}

fn own_mailbox(person: &Person) -> Feed {
    Feed::Person(person.account.parse().unwrap())
}
