//! The accept loop. Our own, because the framework's has no header timeout and forgets upgraded sockets when
//! it stops: here a silent client is closed after ten seconds, and stopping is an order of steps.

use std::io;
use std::net::SocketAddr;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::Request;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tower::ServiceExt as _;

use crate::http::address::Peer;
use crate::socket::{Sockets, door};

/// How long the head of a request may take; with the second that the short way waits, ten.
const HEAD: Duration = Duration::from_secs(9);
/// How large the head of a request may be, in bytes.
const HEAD_SIZE: usize = 16 * 1024;
/// How many header fields a request may have.
const HEADERS: usize = 64;
/// How long requests under way may take once the server goes down.
const FINISH: Duration = Duration::from_secs(5);

/// How many connections the kernel completes ahead of us: a storm of thousands a second must survive a pause of ours.
const BACKLOG: u32 = 4096;

/// Listens on `address`; with `shared` other processes may listen there too, and the kernel spreads connections.
///
/// # Errors
/// When the address is taken or not ours.
pub fn listen(address: SocketAddr, shared: bool) -> io::Result<TcpListener> {
    let socket = if address.is_ipv4() { TcpSocket::new_v4() } else { TcpSocket::new_v6() }?;
    socket.set_reuseaddr(true)?;
    if shared {
        socket.set_reuseport(true)?;
    }
    socket.bind(address)?;
    socket.listen(BACKLOG)
}

/// Serves `router` on `listener` until `stop`, then finishes what is under way. Who wants one of the `sockets` goes the
/// short way.
pub async fn serve(listener: TcpListener, router: Router, sockets: Arc<Sockets>, stop: CancellationToken) {
    let connections = TaskTracker::new();
    let mut http = http1::Builder::new();
    http.timer(TokioTimer::new()).header_read_timeout(HEAD).max_buf_size(HEAD_SIZE).max_headers(HEADERS);
    let http = Arc::new(http);
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            () = stop.cancelled() => break,
        };
        match accepted {
            Ok((stream, peer)) => {
                connections.spawn(connection(
                    http.clone(),
                    stream,
                    peer,
                    router.clone(),
                    sockets.clone(),
                    stop.clone(),
                ));
            }
            Err(error) => {
                // Usually too many open files; trying again at once would only burn a core.
                tracing::warn!(error = %error, "a connection could not be accepted");
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        }
    }
    drop(listener);
    connections.close();
    if tokio::time::timeout(FINISH, connections.wait()).await.is_err() {
        tracing::warn!("some requests did not finish in time");
    }
}

/// One connection, until it ends or is upgraded; once the server stops, until its present request is answered.
async fn connection(
    http: Arc<http1::Builder>,
    stream: TcpStream,
    peer: SocketAddr,
    router: Router,
    sockets: Arc<Sockets>,
    stop: CancellationToken,
) {
    // Small frames must leave at once.
    if stream.set_nodelay(true).is_err() {
        return;
    }
    let Some(stream) = door::let_in(&sockets, stream).await else { return };
    // What an HTTP connection needs is not asked for by those who went in.
    Box::pin(converse(http, stream, peer, router, stop)).await;
}

/// A connection that speaks HTTP.
async fn converse(
    http: Arc<http1::Builder>,
    stream: TcpStream,
    peer: SocketAddr,
    router: Router,
    stop: CancellationToken,
) {
    let service = hyper::service::service_fn(move |mut request: Request<Incoming>| {
        request.extensions_mut().insert(Peer(peer));
        router.clone().oneshot(request.map(axum::body::Body::new))
    });
    let mut connection = pin!(http.serve_connection(TokioIo::new(stream), service).with_upgrades());
    tokio::select! {
        // A client that hangs up or sends nonsense is its own affair.
        _ = connection.as_mut() => return,
        () = stop.cancelled() => connection.as_mut().graceful_shutdown(),
    }
    let _ = connection.await;
}
