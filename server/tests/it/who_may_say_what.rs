//! Every frame of the socket × everybody × every kind of room: what comes back is what the policy's table says.

use std::collections::BTreeSet;

use domain::policy::Act;
use serde_json::{Value, json};
use wire::frame::ClientFrame;

use crate::sockets::{Heard, Socket};
use crate::who_may_what::{NOTHING, callers, everybody_who_posts_has_joined, expected, places, world};
use crate::world::{World, feed};

/// What a frame asks for; it does not compile when one is missing.
fn act_of(frame: &ClientFrame) -> Option<Act> {
    match frame {
        ClientFrame::Subscribe { .. } => Some(Act::Subscribe),
        ClientFrame::Post { .. } => Some(Act::Post),
        ClientFrame::Read { .. } => Some(Act::MarkRead),
        ClientFrame::Cancel { .. } => Some(Act::Cancel),
        // These ask for nothing that the open socket does not hold already.
        ClientFrame::Auth { .. } | ClientFrame::Unsubscribe { .. } | ClientFrame::Ping => None,
        ClientFrame::Viewing { .. } => None,
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
    let tried: BTreeSet<String> = frames(&world, NOTHING).iter().map(op).collect();
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

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_guest_opens_no_socket() {
    let world = World::new().await;
    let mut socket = world.opens_socket(&[]).await.unwrap_or_else(|_| panic!("101"));
    socket.says(json!({"op": "subscribe", "feed": feed(&world.medchat("rukha"))})).await;
    assert_eq!(socket.next().await, Heard::Closed(4501));
}
