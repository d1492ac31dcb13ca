//! Gathers a history: what everybody kept, and feeds straight from the database.

use std::time::Duration;

use domain::feed::{Body, Feed};
use store::Store;
use tokio::time::sleep;

use crate::history::{History, Line, Stored};
use crate::reader::Reader;
use crate::writer::Writer;

/// How many entries are read from the database at once.
const PAGE: u32 = 500;

/// What those who took part tell.
pub fn told<'a>(writers: &[Writer], readers: impl IntoIterator<Item = &'a Reader>) -> History {
    let mut history = History::default();
    for writer in writers {
        history.sent.extend(writer.sent.iter().cloned());
        history.acks.extend(writer.acks.iter().cloned());
        history.cancelled.extend(writer.cancelled.iter().cloned());
    }
    history.transcripts = readers.into_iter().flat_map(Reader::transcripts).collect();
    history
}

/// A feed straight from the database.
pub async fn stored(store: &Store, feed: &str) -> Stored {
    let feed: Feed = feed.parse().expect("the name of a feed");
    let head =
        store::feed::head(store, feed).await.expect("the database answers").expect("the feed is there");
    let mut lines: Vec<Line> = Vec::new();
    loop {
        let after = lines.last().map_or(0, |line| line.seq);
        let page = store::entry::after(store, feed, after, PAGE).await.expect("the database answers");
        if page.is_empty() {
            return Stored { head: head.seq, lines };
        }
        lines.extend(page.into_iter().map(|(entry, cid)| {
            let Body::Message { text: Some(text) } = entry.body else { panic!("only messages were written") };
            let author = entry.author.account.to_string();
            Line { seq: entry.seq, id: entry.id.to_string(), author, cid: cid.unwrap_or_default(), text }
        }));
    }
}

/// The head of a feed, as the database holds it, as soon as it answers.
pub async fn head(store: &Store, feed: &str) -> u64 {
    let feed = feed.parse().expect("the name of a feed");
    loop {
        match store::feed::head(store, feed).await {
            Ok(head) => return head.map_or(0, |head| head.seq),
            Err(_) => sleep(Duration::from_millis(50)).await,
        }
    }
}
