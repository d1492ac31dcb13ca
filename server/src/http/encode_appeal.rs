//! An appeal as it travels. What a reader may not know was left out before; who did what is named for insiders alone.

use domain::appeal::event::{Employee, Event, Fact, Writer};
use domain::appeal::outcome::Score;
use domain::id::{AccountId, OrganisationId};
use domain::moment::Moment;
use wire::appeal::{
    Appeal, AppealCard, AppealEvent, AppealStatus, Clock, LaneView, Lanes, Named, OpenedAppeal,
};
use wire::appeal_act::WrittenInLane;
use wire::message::PersonKind;

use crate::acts::appeal_open::Opened;
use crate::acts::appeal_read::{AppealView, LaneView as Lane, Status};
use crate::acts::post::Written;
use crate::http::encode;

pub fn appeal(view: &AppealView) -> Appeal {
    Appeal {
        card: AppealCard::new(&view.card, &view.author),
        events: view.events.iter().map(|event| event_of(view, event)).collect(),
        lanes: Lanes { public: lane(&view.public), private: view.private.as_ref().map(lane) },
        rating: view.rating.map(Score::value),
        status_code: view.status_code.map(|code| code.shown()),
        from: view.from.iter().map(ToString::to_string).collect(),
        may: view.may.iter().map(|word| (*word).into()).collect(),
        time_zone: view.time_zone.clone(),
    }
}

fn lane(lane: &Lane) -> LaneView {
    LaneView {
        feed: lane.feed.to_string(),
        epoch: lane.head.epoch.clone(),
        head: lane.head.seq,
        seen: lane.head.seen,
        messages: lane.messages.iter().map(encode::message).collect(),
    }
}

/// An event with nothing but its moment and its kind.
fn bare(event: &Event, kind: &str) -> AppealEvent {
    AppealEvent {
        at: event.at.rfc3339(),
        kind: kind.into(),
        actor: None,
        by: None,
        organisation: None,
        to: None,
        lane: None,
        message: None,
        reason: None,
        outcome: None,
        score: None,
        into: None,
    }
}

fn event_of(view: &AppealView, event: &Event) -> AppealEvent {
    let staff = |employee: &Employee, kind: &str| AppealEvent {
        actor: Some(PersonKind::Staff),
        by: person(view, employee.account),
        organisation: organisation(view, employee.organisation),
        ..bare(event, kind)
    };
    let resident = |kind: &str| AppealEvent { actor: Some(PersonKind::Resident), ..bare(event, kind) };
    let reason = |reason: &String| view.insider.then(|| reason.clone());
    match &event.fact {
        Fact::Opened { organisation: it, .. } => {
            AppealEvent { organisation: it.and_then(|id| organisation(view, id)), ..resident("opened") }
        }
        Fact::Accepted { by } => staff(by, "accepted"),
        Fact::Assigned { to, by } => AppealEvent {
            actor: by.map(|_| PersonKind::Staff),
            by: by.and_then(|account| person(view, account)),
            organisation: organisation(view, to.organisation),
            to: person(view, to.account),
            ..bare(event, "assigned")
        },
        Fact::Released { by } => staff(by, "released"),
        Fact::Transferred { by, to, reason: why } => {
            AppealEvent { to: organisation(view, *to), reason: reason(why), ..staff(by, "transferred") }
        }
        Fact::Messaged { by, lane, entry, .. } => {
            let said = match by {
                Writer::Resident => resident("messaged"),
                Writer::Staff(employee) => staff(employee, "messaged"),
                Writer::Template | Writer::Machine => bare(event, "messaged"),
            };
            AppealEvent { lane: Some((*lane).into()), message: Some(entry.to_string()), ..said }
        }
        Fact::Asked { by, lane, entry } => {
            AppealEvent { lane: Some((*lane).into()), message: Some(entry.to_string()), ..staff(by, "asked") }
        }
        Fact::Answered { by, outcome, lane, entry } => AppealEvent {
            lane: Some((*lane).into()),
            message: Some(entry.to_string()),
            outcome: Some((*outcome).into()),
            ..staff(by, "answered")
        },
        Fact::Refused { by, organisation: it, reason: why } => AppealEvent {
            actor: Some(PersonKind::Staff),
            by: person(view, *by),
            organisation: it.and_then(|id| organisation(view, id)),
            reason: reason(why),
            ..bare(event, "refused")
        },
        Fact::Confirmed => resident("confirmed"),
        Fact::Contested { reason: why } => AppealEvent { reason: reason(why), ..resident("contested") },
        Fact::Rated { score, .. } => AppealEvent { score: Some(score.value()), ..resident("rated") },
        Fact::Withdrawn => resident("withdrawn"),
        Fact::Merged { by, into } => AppealEvent { into: Some(into.to_string()), ..staff(by, "merged") },
        Fact::ClosedSilently => bare(event, "closed_silently"),
    }
}

fn person(view: &AppealView, id: AccountId) -> Option<Named> {
    view.names.get(&id).map(|name| Named { id: id.to_string(), name: name.clone() })
}

fn organisation(view: &AppealView, id: OrganisationId) -> Option<Named> {
    view.organisations.get(&id).map(|name| Named { id: id.to_string(), name: name.clone() })
}

pub fn opened(opened: &Opened) -> OpenedAppeal {
    OpenedAppeal {
        id: opened.id.to_string(),
        number: opened.number.to_string(),
        status_code: opened.status_code.shown(),
        state: opened.state.into(),
        clocks: opened.clocks.iter().map(Clock::from).collect(),
    }
}

pub fn written_in_lane(written: &Written) -> WrittenInLane {
    WrittenInLane {
        seq: written.seq,
        id: written.id.to_string(),
        at: written.at.rfc3339(),
        feed: written.feed.to_string(),
    }
}

pub fn status(status: &Status) -> AppealStatus {
    let card = &status.card;
    AppealStatus {
        number: card.number.to_string(),
        state: card.state.into(),
        category: card.category.key().into(),
        organisation: card.organisation.as_ref().map(|it| it.name.clone()),
        room: status.room.clone(),
        opened_at: Moment::rfc3339(card.opened_at),
        clocks: card.clocks.iter().map(Clock::from).collect(),
        time_zone: status.time_zone.clone(),
    }
}
