//! What acts give, as what travels.

use domain::grant::Grant;
use domain::message::Message;
use domain::moment::Moment;
use domain::sla::calendar::OpenState;
use wire::appeal::{AppealCard, Named};

use crate::acts::account::AccountView;
use crate::acts::catalogue::{Catalogue, RegionEntry, RoomEntry};
use crate::acts::me::MeView;
use crate::acts::post::Written;
use crate::acts::read::Item;
use crate::acts::room::RoomView;
use crate::texts::{Language, Texts};

pub fn account(account: &AccountView) -> wire::person::Account {
    wire::person::Account {
        id: account.id.to_string(),
        kind: account.kind.into(),
        alias: account.alias.clone(),
        verified_adult: account.verified_adult,
    }
}

pub fn me(me: &MeView) -> wire::person::Me {
    wire::person::Me {
        id: me.account.id.to_string(),
        kind: me.account.kind.into(),
        alias: me.account.alias.clone(),
        verified_adult: me.account.verified_adult,
        second_factor: me.factor.word().into(),
        signature: me.signature.as_ref().map(Into::into),
        clinic: me.clinic.as_ref().map(Named::from),
        grants: me.grants.iter().map(grant).collect(),
        rooms: me.rooms.iter().map(room).collect(),
    }
}

fn grant(grant: &Grant) -> wire::grant::Grant {
    wire::grant::Grant {
        id: grant.id.to_string(),
        role: grant.role.word().into(),
        scope: wire::grant::Scope { kind: grant.scope.kind().word().into(), id: grant.scope.id() },
        from: grant.from.rfc3339(),
        until: grant.until.map(Moment::rfc3339),
    }
}

pub fn region(catalogue: &Catalogue, entry: &RegionEntry, now: Moment) -> wire::region::Region {
    let region = &entry.region;
    let open = entry.opening.at(now);
    let words = |keys: Vec<&str>| keys.into_iter().map(Into::into).collect();
    wire::region::Region {
        code: region.code.to_string(),
        name: region.name.clone(),
        time_zone: region.time_zone.as_str().into(),
        okrugs: entry
            .okrugs
            .iter()
            .map(|okrug| wire::region::Okrug {
                key: okrug.key.clone(),
                name: okrug.name.clone(),
                units: okrug.units.clone(),
                except: okrug.except.clone(),
                room: okrug.room.to_string(),
            })
            .collect(),
        topic_policy: wire::region::TopicPolicy {
            accepted: words(region.topic_policy.accepted()),
            refused: words(region.topic_policy.refused()),
            reference: words(region.topic_policy.reference()),
        },
        now: wire::region::Now {
            open: open.open,
            local_time: entry.opening.local_time(now),
            next_opening: open.next_opening.map(Moment::rfc3339),
            closes_at: open.closes.map(Moment::rfc3339),
            holiday: holiday(&open),
        },
        outside_hours: region.outside_hours.as_str().into(),
        organisations: catalogue
            .organisations_of(&region.code)
            .into_iter()
            .map(|it| Named { id: it.id.to_string(), name: it.name.clone() })
            .collect(),
        unsigned_year: catalogue.unsigned_year(now),
    }
}

/// The name of today's day off, in the language of the source.
fn holiday(open: &OpenState) -> Option<String> {
    open.holiday.as_ref().map(|holiday| Texts::of(Language::Russian).holiday(holiday).to_owned())
}

pub fn room(view: &RoomView) -> wire::room::Room {
    let entry = &view.entry;
    wire::room::Room {
        id: entry.room.id.to_string(),
        kind: entry.room.kind.into(),
        region: entry.room.region.to_string(),
        okrug: entry.okrug.clone(),
        title: entry.title.clone(),
        subtitle: entry.subtitle.clone(),
        members: view.state.members,
        open_now: view.open.open,
        next_opening: view.open.next_opening.map(Moment::rfc3339),
        closes_at: view.open.closes.map(Moment::rfc3339),
        holiday: holiday(&view.open),
        invitation_code: entry.code.map(|code| code.to_string()),
        feed: domain::feed::Feed::Room(entry.room.id).to_string(),
        seen: view.state.seen,
        organisations: organisations(entry),
        default_organisation: entry.default_organisation.map(|id| id.to_string()),
        links: entry
            .links
            .iter()
            .map(|link| wire::room::Link {
                platform: link.platform.as_str().into(),
                url: link.url.clone(),
                valid: link.is_valid(),
            })
            .collect(),
        my: view.my.as_ref().map(|my| wire::room::My {
            member: my.member,
            read: my.progress.read,
            unread: my.progress.unread,
            may: my.may.iter().map(|word| (*word).into()).collect(),
        }),
    }
}

pub fn message(message: &Message) -> wire::message::Message {
    wire::message::Message {
        seq: message.seq,
        id: message.id.to_string(),
        at: message.at.rfc3339(),
        author: (&message.author).into(),
        text: message.text.clone().unwrap_or_default(),
        edited: message.edited,
        hidden: message.hidden(),
        reason: message.reason.clone(),
    }
}

pub fn item(item: &Item) -> wire::message::Item {
    match item {
        Item::Message(it) => wire::message::Item::Message(message(it)),
        Item::Appeal { seq, card, author } => wire::message::Item::Appeal(wire::message::AppealItem {
            seq: *seq,
            card: AppealCard::new(card, author),
        }),
    }
}

pub fn written(written: &Written) -> wire::message::Written {
    wire::message::Written { seq: written.seq, id: written.id.to_string(), at: written.at.rfc3339() }
}

/// Id and name of the organisations that answer in a room; the catalogue keeps both in one order.
fn organisations(entry: &RoomEntry) -> Vec<Named> {
    let named =
        |(id, name): (&domain::id::OrganisationId, &String)| Named { id: id.to_string(), name: name.clone() };
    entry.room.organisations.iter().zip(&entry.organisations).map(named).collect()
}
