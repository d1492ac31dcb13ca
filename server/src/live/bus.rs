//! The bus seam: how what an act did reaches those who listen, here first and then on the other nodes. A bus may lose
//! a message but never the truth: every node compares itself with the store every two seconds.

use std::sync::Arc;

use domain::event::{Event, Taking};

use crate::live::envelope::Envelope;
use crate::live::hub::Hub;
use crate::live::local::Local;
use crate::live::nats::Nats;

/// Carries events from acts to listeners.
#[derive(Clone)]
pub enum Bus {
    /// To the listeners of this process, which is alone.
    Local(Arc<Local>),
    /// To them and then to those of the other nodes.
    Nats(Arc<Local>, Nats),
    /// To nobody: a command has no listeners.
    Nobody,
}

impl Bus {
    /// To the listeners of `hub`.
    pub fn local(hub: Arc<Hub>) -> Self {
        Self::Local(Arc::new(Local::new(hub)))
    }

    /// Announces what is durable now.
    pub fn announce(&self, events: &[Event]) {
        let (here, there) = match self {
            Self::Nobody => return,
            Self::Local(here) => (here, None),
            Self::Nats(here, there) => (here, Some(there)),
        };
        let envelopes: Vec<Envelope> = events.iter().map(Envelope::of).collect();
        match there {
            None => here.tell(envelopes),
            Some(there) => {
                here.tell(envelopes.clone());
                there.publish(&envelopes);
            }
        }
    }

    /// Whether everything announced anywhere comes here at once.
    pub fn is_whole(&self) -> bool {
        match self {
            Self::Local(_) | Self::Nobody => true,
            Self::Nats(_, there) => there.is_there(),
        }
    }

    /// Tells here alone what every node notices by itself.
    pub fn notice(&self, taking: Taking) {
        match self {
            Self::Nobody => {}
            Self::Local(here) | Self::Nats(here, _) => here.tell(vec![Envelope::Taken(taking)]),
        }
    }
}
