//! Every frame of the socket × everybody × every kind of room, appeal, desk and mailbox: what comes back is what the policy's table says.

use std::collections::BTreeSet;

use domain::appeal::lane::Lane;
use domain::policy::{Act, Target, admit};
use serde_json::{Value, json};
use wire::frame::ClientFrame;

use crate::sockets::{Heard, Socket};
use crate::who_may_what::{NOTHING, callers, everybody_who_posts_has_joined, expected, places, world};
use crate::who_may_what_to_appeals::{Hands, KINDS, verdict};
use crate::world::{World, feed};

/// What a frame asks for; it does not compile when one is missing.
fn act_of(frame: &ClientFrame) -> Option<Act> {
    match frame {
        ClientFrame::Subscribe { .. } => Some(Act::Subscribe),
        ClientFrame::Post { appeal: Some(_), .. } => Some(Act::WriteToAppeal),
        ClientFrame::Post { .. } => Some(Act::Post),
        ClientFrame::Viewing { .. } => Some(Act::ViewAppeal),
        ClientFrame::Read { .. } => Some(Act::MarkRead),
        ClientFrame::Cancel { .. } => Some(Act::Cancel),
        // These ask for nothing that the open socket does not hold already.
        ClientFrame::Auth { .. } | ClientFrame::Unsubscribe { .. } | ClientFrame::Ping => None,
    }
}

/// One frame of each kind about this room.
fn frames(world: &World, room: &str) -> Vec<ClientFrame> {
    let (feed, room) = (feed(room), room.to_owned());
    vec![
        ClientFrame::Auth { token: "another".into() },
        ClientFrame::Subscribe { feed: feed.clone(), after: None, epoch: None },
        ClientFrame::Read { feed: feed.clone(), seq: 1 },
        ClientFrame::Unsubscribe { feed },
        ClientFrame::post(world.cid(), room, "Слово"),
        ClientFrame::Cancel { cid: world.cid() },
        ClientFrame::Ping,
    ]
}

fn op(frame: &ClientFrame) -> String {
    serde_json::to_value(frame).unwrap()["op"].as_str().unwrap().to_owned()
}

/// What comes back for one frame, other than entries and what staff have seen.
async fn answer_to(socket: &mut Socket, frame: &ClientFrame) -> Option<Value> {
    socket.says(serde_json::to_value(frame).unwrap()).await;
    socket.says(json!({"op": "ping"})).await;
    let mut answer = None;
    let mut pongs = if *frame == ClientFrame::Ping { 2 } else { 1 };
    while pongs > 0 {
        match socket.next().await {
            Heard::Frame(frame) if frame["ev"] == "pong" => {
                pongs -= 1;
                answer = answer.or((pongs > 0).then_some(frame));
            }
            Heard::Frame(frame) if frame["ev"] == "entry" || frame["ev"] == "seen" => {}
            Heard::Frame(frame) => answer = Some(frame),
            Heard::Closed(code) => panic!("closed with {code}"),
        }
    }
    answer
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_frame_is_answered_as_the_table_says() {
    let world = world().await;
    let (callers, places) = (callers(&world).await, places(&world));
    everybody_who_posts_has_joined(&world, &callers).await;
    let schema = serde_json::to_value(schemars::schema_for!(ClientFrame)).unwrap();
    let known = schema["oneOf"].as_array().unwrap().iter();
    let known: BTreeSet<String> =
        known.map(|one| one["properties"]["op"]["const"].as_str().unwrap().to_owned()).collect();
    let about_appeals = frames_about(&world, NOTHING);
    let about_appeals = about_appeals.iter().map(|(frame, _)| op(frame));
    let tried: BTreeSet<String> = frames(&world, NOTHING).iter().map(op).chain(about_appeals).collect();
    assert_eq!(known, tried, "a frame of each kind is tried");

    for caller in callers.iter().filter(|caller| caller.person.is_some()) {
        let mut socket = caller.person.as_ref().unwrap().opens_socket().await;
        for place in &places {
            for frame in frames(&world, &place.id) {
                let answer = answer_to(&mut socket, &frame).await;
                let case = format!("{} {} on {}: {answer:?}", caller.name, op(&frame), place.name);
                let word =
                    |name: &str| answer.as_ref().and_then(|frame| frame[name].as_str()).unwrap_or_default();
                let verdict = match act_of(&frame) {
                    Some(Act::Cancel) | None => Ok(()),
                    Some(act) => expected(caller, act, place),
                };
                match (verdict, op(&frame).as_str()) {
                    (Err((_, code)), _) => {
                        assert_eq!((word("ev"), word("code")), ("error", code), "{case}");
                        let hidden = code == "not_found";
                        assert!(!hidden || word("detail") == "there is nothing here", "{case}");
                    }
                    (Ok(()), "auth") => assert_eq!(word("code"), "invalid", "{case}"),
                    (Ok(()), "subscribe") => assert_eq!(word("ev"), "subscribed", "{case}"),
                    (Ok(()), "post") => assert_eq!(word("ev"), "ack", "{case}"),
                    (Ok(()), "cancel") => assert_eq!(word("ev"), "cancelled", "{case}"),
                    (Ok(()), "ping") => assert_eq!(word("ev"), "pong", "{case}"),
                    (Ok(()), _) => assert_eq!(answer, None, "{case}"),
                }
            }
        }
    }
}

/// One frame of each kind that may be about an appeal, with the act it asks for and the lane it concerns.
fn frames_about(world: &World, appeal: &str) -> Vec<(ClientFrame, Lane)> {
    let mut frames = Vec::new();
    for lane in [Lane::Public, Lane::Private] {
        let feed = format!("appeal:{appeal}:{}", lane.word());
        frames.push((ClientFrame::Subscribe { feed: feed.clone(), after: None, epoch: None }, lane));
        frames.push((ClientFrame::Read { feed: feed.clone(), seq: 1 }, lane));
        frames.push((ClientFrame::Unsubscribe { feed }, lane));
    }
    frames.push((ClientFrame::Viewing { appeal: appeal.to_owned(), drafting: true }, Lane::Public));
    // Last, since the first act of an organisation makes it the owner.
    let (cid, appeal, text) = (world.cid(), Some(appeal.to_owned()), "Слово".to_owned());
    let post =
        ClientFrame::Post { cid, room: None, appeal, lane: None, text, seen: None, acknowledged: None };
    frames.push((post, Lane::Public));
    frames
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_frame_about_an_appeal_is_answered_as_the_table_says() {
    let world = world().await;
    let (callers, hands) = (callers(&world).await, Hands::new(&world));
    for caller in callers.iter().filter(|caller| caller.person.is_some()) {
        let mut socket = caller.person.as_ref().unwrap().opens_socket().await;
        for kind in &KINDS {
            let appeal = kind.appeal(&hands, false).await;
            for (frame, lane) in frames_about(&world, &appeal.id) {
                let verdict = match act_of(&frame) {
                    Some(act) => verdict(&world, caller, act, &appeal, lane).await,
                    None => Ok(()),
                };
                let answer = answer_to(&mut socket, &frame).await;
                let case = format!("{} {frame:?} on {}: {answer:?}", caller.name, kind.name);
                let word =
                    |name: &str| answer.as_ref().and_then(|frame| frame[name].as_str()).unwrap_or_default();
                match (verdict, op(&frame).as_str()) {
                    (Err((_, code)), _) => assert_eq!((word("ev"), word("code")), ("error", code), "{case}"),
                    (Ok(()), "subscribe") => assert_eq!(word("ev"), "subscribed", "{case}"),
                    (Ok(()), "post") => {
                        assert_eq!(
                            (word("ev"), word("feed")),
                            ("ack", appeal.lane("public").as_str()),
                            "{case}"
                        );
                    }
                    (Ok(()), "viewing") => assert_eq!(word("ev"), "viewing", "{case}"),
                    (Ok(()), _) => assert_eq!(answer, None, "{case}"),
                }
            }
        }
        for nothing in [NOTHING, "no-id"] {
            for (frame, _) in
                frames_about(&world, nothing).iter().filter(|(frame, _)| act_of(frame).is_some())
            {
                let answer = answer_to(&mut socket, frame).await.unwrap();
                assert_eq!(
                    (&answer["code"], &answer["detail"]),
                    (&json!("not_found"), &json!("there is nothing here"))
                );
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn desks_and_mailboxes_are_followed_as_the_table_says() {
    let world = world().await;
    let callers = callers(&world).await;
    let catalogue = world.catalogue();
    let organisations =
        [("rukha", "a"), ("rukha", "b"), ("ruba", "a")].map(|(region, it)| world.organisation(region, it));
    for caller in callers.iter().filter(|caller| caller.person.is_some()) {
        let mut socket = caller.person.as_ref().unwrap().opens_socket().await;
        let mut feeds: Vec<(String, Option<Target<'_>>)> = Vec::new();
        for id in &organisations {
            let found = catalogue.organisation(id.parse().unwrap()).unwrap();
            feeds.push((format!("desk:{id}"), Some(Target::Desk(found.id, &found.region))));
        }
        for other in callers.iter().filter_map(|other| other.actor.person()) {
            feeds.push((format!("person:{}", other.account), Some(Target::Mailbox(other.account))));
        }
        for nothing in
            [format!("desk:{NOTHING}"), format!("person:{NOTHING}"), "desk:no-id".into(), "desk:".into()]
        {
            feeds.push((nothing, None));
        }
        for (feed, target) in feeds {
            for frame in [
                ClientFrame::Subscribe { feed: feed.clone(), after: Some(0), epoch: None },
                ClientFrame::Read { feed: feed.clone(), seq: 1 },
            ] {
                let allowed = target
                    .is_some_and(|target| admit(&caller.actor, act_of(&frame).unwrap(), target).is_ok());
                let answer = answer_to(&mut socket, &frame).await;
                let case = format!("{} {frame:?}: {answer:?}", caller.name);
                match answer {
                    Some(answer) if !allowed => {
                        let told = (&answer["feed"], &answer["code"], &answer["detail"]);
                        assert_eq!(
                            told,
                            (&json!(feed), &json!("not_found"), &json!("there is nothing here")),
                            "{case}"
                        );
                    }
                    Some(answer) => assert_eq!(
                        (&answer["ev"], op(&frame).as_str()),
                        (&json!("subscribed"), "subscribe"),
                        "{case}"
                    ),
                    None => assert_eq!((allowed, op(&frame).as_str()), (true, "read"), "{case}"),
                }
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_guest_opens_no_socket() {
    let world = World::new().await;
    let mut socket = world.opens_socket(&[]).await.unwrap_or_else(|_| panic!("101"));
    socket.says(json!({"op": "subscribe", "feed": feed(&world.medchat("rukha"))})).await;
    assert_eq!(socket.next().await, Heard::Closed(4501));
}
