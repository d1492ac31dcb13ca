//! The bus seam: how what an act did reaches those who listen. In one process that is the hub itself; the
//! hub repairs what is missed, so a bus may lose a message but never the truth.

use std::sync::Arc;

use domain::event::Event;

use crate::live::hub::Hub;

/// Carries events from acts to listeners.
#[derive(Clone)]
pub enum Bus {
    /// To the listeners of this process.
    Local(Arc<Hub>),
    /// To nobody: a command has no listeners.
    Nobody,
}

impl Bus {
    /// Announces what is durable now.
    pub fn announce(&self, events: &[Event]) {
        match self {
            Self::Nobody => {}
            Self::Local(hub) => {
                for (feed, after) in hub.tell(events) {
                    fill(hub.clone(), feed, after);
                }
            }
        }
    }
}

/// Fills a hole in a feed, beside whatever else goes on.
fn fill(hub: Arc<Hub>, feed: domain::feed::Feed, after: u64) {
    metrics::counter!("medchat_feed_gaps_total").increment(1);
    tokio::spawn(async move {
        if let Err(error) = hub.fill(feed, after).await {
            tracing::warn!(feed.id = %feed, error = %error, "a hole in a feed could not be filled yet");
        }
    });
}
