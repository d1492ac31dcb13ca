//! A frame from a client: decoded, given to one act, answered. Every frame asks for one act of the policy's
//! table; the match below does not compile when one has no answer.

use std::future::poll_fn;

use domain::policy::Act;
use serde::{Deserialize, Deserializer};
use wire::close::Close;
use wire::frame::{ClientFrame, MAX_SUBSCRIPTIONS, ServerFrame};
use wire::problem::Code;

use crate::acts::appeal_answer::Letter;
use crate::acts::error::ActError;
use crate::acts::post::{GivenUp, Saying, Written};
use crate::http::extract::decode;
use crate::http::problem::Refusal;
use crate::live::encode;
use crate::live::enter::Wish;
use crate::live::outlet::Frames;
use crate::socket::posts::Told;
use crate::socket::session::Connection;

/// How many refusals for haste in a row close a socket.
const STRIKES: u32 = 100;

/// Refusals for haste in a row.
#[derive(Debug, Default)]
pub struct Strikes(u32);

/// What a frame concerns, for the error that may answer it.
#[derive(Debug, Default, Deserialize)]
struct About {
    #[serde(default, deserialize_with = "word")]
    cid: Option<String>,
    #[serde(default, deserialize_with = "word")]
    feed: Option<String>,
}

/// The act each frame asks for. `ping` asks for nothing that is not granted by the open socket itself.
pub const fn act_of(frame: &ClientFrame) -> Act {
    match frame {
        ClientFrame::Auth { .. } | ClientFrame::Ping => Act::OpenSocket,
        ClientFrame::Subscribe { .. } | ClientFrame::Unsubscribe { .. } => Act::Subscribe,
        ClientFrame::Post { .. } => Act::Post,
        ClientFrame::Cancel { .. } => Act::Cancel,
        ClientFrame::Viewing { .. } => Act::ViewAppeal,
        ClientFrame::Read { .. } => Act::MarkRead,
    }
}

/// Takes one text frame.
///
/// # Errors
/// Why the socket must close.
pub async fn take(connection: &mut Connection, text: String) -> Result<(), Close> {
    let frame = match decode::<ClientFrame>(&text) {
        Ok(frame) => frame,
        Err(refusal) if refusal.problem.code == Code::Malformed => return Err(Close::NotJson),
        Err(refusal) => {
            let about = about(&text).ok_or(Close::NotJson)?;
            return refuse(connection, about, refusal);
        }
    };
    tracing::debug!(session.id = %connection.outlet.session(), act = ?act_of(&frame), "a frame");
    let about = About { cid: cid_of(&frame), feed: feed_of(&frame) };
    if !matches!(frame, ClientFrame::Post { .. }) {
        // What was said before comes before.
        settle(connection).await?;
    }
    match answer(connection, frame).await {
        Ok(answers) => {
            connection.strikes = Strikes::default();
            connection.answers.extend(answers);
            Ok(())
        }
        Err(ActError::Unauthenticated) => Err(Close::SessionEnded),
        Err(error) => refuse(connection, about, error.into()),
    }
}

/// Waits until every post that is under way is answered.
///
/// # Errors
/// Why the socket must close.
async fn settle(connection: &mut Connection) -> Result<(), Close> {
    while let Some(told) = poll_fn(|context| connection.posts.poll_told(context)).await {
        tell(connection, told)?;
    }
    Ok(())
}

/// Answers a post that was under way.
///
/// # Errors
/// Why the socket must close.
pub fn tell(connection: &mut Connection, (cid, landed): Told) -> Result<(), Close> {
    match landed {
        Ok(landed) => {
            connection.answers.push(encode::frame(&ack(cid, &landed.written)));
            Ok(())
        }
        Err(error) => refuse(connection, About { cid: Some(cid), feed: None }, error.into()),
    }
}

async fn answer(connection: &mut Connection, frame: ClientFrame) -> Result<Frames, ActError> {
    let sockets = connection.sockets.clone();
    let acts = &sockets.acts;
    let frame = match frame {
        ClientFrame::Auth { .. } => {
            return Err(ActError::invalid("op", "out_of_place", "signing in comes first, once"));
        }
        ClientFrame::Ping => ServerFrame::Pong,
        ClientFrame::Subscribe { feed, after, epoch } => {
            if connection.subscriptions.count() >= MAX_SUBSCRIPTIONS && !connection.subscriptions.has(&feed) {
                return Err(ActError::invalid("feed", "too_many", "a socket follows at most 100 feeds"));
            }
            let person = connection.person().await?;
            let feed = acts.follow(&person, &feed).await?;
            let wish = Wish { feed, after, epoch: epoch.as_deref(), unwritten: acts.epoch() };
            let (outlet, answers) = (&connection.outlet, &mut connection.answers);
            connection.subscriptions.begin(&sockets.hub, outlet, wish, answers).await?;
            return Ok(Frames::new());
        }
        ClientFrame::Unsubscribe { feed } => {
            connection.subscriptions.end(&connection.sockets.hub, &connection.outlet, &feed);
            return Ok(Frames::new());
        }
        ClientFrame::Post { cid, room, appeal, lane, text, seen, acknowledged: _ } => {
            let person = connection.person_afresh().await?;
            let landed = match (room, appeal) {
                (Some(room), None) if lane.is_none() && seen.is_none() => {
                    let receipt = acts.hand_in(&person, Saying { room, cid: cid.clone(), text }).await?;
                    connection.posts.add(cid, receipt);
                    return Ok(Frames::new());
                }
                (None, Some(appeal)) => {
                    let letter = Letter { appeal, lane: lane.map(Into::into), text, seen };
                    acts.write_to_appeal(&person, &cid, letter).await?
                }
                _ => {
                    return Err(ActError::invalid(
                        "room",
                        "one_of",
                        "name a room or an appeal, with what belongs to it",
                    ));
                }
            };
            ack(cid, &landed.written)
        }
        ClientFrame::Cancel { cid } => {
            let person = connection.person_afresh().await?;
            match acts.cancel(&person, &cid).await? {
                GivenUp::Barred => ServerFrame::Cancelled { cid },
                GivenUp::Landed(written) => ack(cid, &written),
            }
        }
        ClientFrame::Viewing { appeal, drafting } => {
            let person = connection.person().await?;
            let desk = &connection.sockets.hub.desk;
            match acts.look_at(&person, &appeal).await {
                Ok((appeal, name)) => desk.look(&connection.outlet, appeal, name, drafting),
                Err(error) => {
                    // Another organisation has it by now, whose people are not to be told of any longer.
                    desk.leave(&connection.outlet);
                    return Err(error);
                }
            }
            return Ok(Frames::new());
        }
        ClientFrame::Read { feed, seq } => {
            let person = connection.person().await?;
            acts.mark_read(&person, &feed, seq).await?;
            return Ok(Frames::new());
        }
    };
    Ok([encode::frame(&frame)].into())
}

fn ack(cid: String, written: &Written) -> ServerFrame {
    ServerFrame::Ack {
        cid,
        feed: written.feed.to_string(),
        seq: written.seq,
        id: written.id.to_string(),
        at: written.at.rfc3339(),
    }
}

/// Answers with an `error` frame; too much haste in a row closes the socket.
fn refuse(connection: &mut Connection, about: About, refusal: Refusal) -> Result<(), Close> {
    let Refusal { problem, retry_after } = refusal;
    if problem.code == Code::RateLimited {
        connection.strikes.0 = connection.strikes.0.saturating_add(1);
        if connection.strikes.0 > STRIKES {
            return Err(Close::TooFast);
        }
    }
    let error = ServerFrame::Error {
        cid: about.cid,
        feed: about.feed,
        code: problem.code,
        detail: problem.detail,
        retry_after: retry_after.filter(|_| problem.code == Code::RateLimited),
        missing: problem.missing,
    };
    connection.answers.push(encode::frame(&error));
    Ok(())
}

fn cid_of(frame: &ClientFrame) -> Option<String> {
    match frame {
        ClientFrame::Post { cid, .. } | ClientFrame::Cancel { cid } => Some(cid.clone()),
        _ => None,
    }
}

fn feed_of(frame: &ClientFrame) -> Option<String> {
    match frame {
        ClientFrame::Subscribe { feed, .. } | ClientFrame::Read { feed, .. } => Some(feed.clone()),
        _ => None,
    }
}

/// What a frame that could not be decoded concerns; `None` when it is no JSON object at all. It was found to be JSON, so
/// a value that cannot be read, such as a number too large, only hides what the frame concerns.
fn about(text: &str) -> Option<About> {
    text.trim_start().starts_with('{').then(|| serde_json::from_str(text).unwrap_or_default())
}

/// A word; `None` for any other value.
fn word<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    let value = serde_json::Value::deserialize(deserializer)?;
    Ok(value.as_str().map(ToOwned::to_owned))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn concerns(text: &str) -> Option<(Option<String>, Option<String>)> {
        about(text).map(|about| (about.cid, about.feed))
    }

    #[test]
    fn an_odd_frame_is_known_by_what_can_be_read_of_it() {
        let of = |cid: Option<&str>| Some((cid.map(ToOwned::to_owned), None));
        assert_eq!(concerns(r#"{"op":"post","cid":"1","lane":7}"#), of(Some("1")));
        assert_eq!(concerns(r#"{"op":"post","cid":"1","seen":1e999}"#), of(Some("1")));
        assert_eq!(concerns(r#"{"op":"post","cid":"1","text":"\ud83c"}"#), of(Some("1")));
        assert_eq!(concerns(r#"{"op":"post","cid":1}"#), of(None));
        assert_eq!(concerns(r#"{"op":"post","cid":1e999}"#), of(None));
        assert_eq!(concerns(" {}"), of(None));
        assert_eq!(concerns("[]"), None);
    }
}
