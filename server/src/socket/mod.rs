//! The socket `medchat.v1`: upgrade, one loop per connection, frames in, frames out. Knows acts and the hub,
//! never the store.

pub mod admission;
mod codec;
pub mod door;
mod inbound;
mod opening;
mod posts;
mod resume;
mod session;
mod stream;
mod upgrade;

use std::sync::Arc;

use axum::Router;
use axum::routing::get;
use tokio_util::task::TaskTracker;
use wire::frame::SOCKET;

use crate::acts::Acts;
use crate::http::origin::Origins;
use crate::live::hub::Hub;
use crate::observe::health::Health;
use crate::socket::admission::Admission;

/// What sockets need.
pub struct Sockets {
    /// Everything anyone can do.
    pub acts: Arc<Acts>,
    /// Who listens.
    pub hub: Arc<Hub>,
    /// The pages that may open sockets.
    pub origins: Arc<Origins>,
    /// Whether new sockets are wanted.
    pub health: Arc<Health>,
    /// Who may come in.
    pub admission: Arc<Admission>,
    /// The connections under way.
    pub tasks: TaskTracker,
}

/// The route of the socket.
pub fn routes(sockets: Arc<Sockets>) -> Router {
    Router::new().route(SOCKET, get(upgrade::upgrade)).with_state(sockets)
}
