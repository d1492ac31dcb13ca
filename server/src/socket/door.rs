//! The short way in. Nearly everybody's first bytes are one whole request for a socket: whoever may have it gets it here,
//! answered and greeted in one write, without the layers an HTTP request passes. Everything else, a refusal too, is left to
//! the long way of `upgrade`, untouched: one judgement, two doors.

use std::cell::RefCell;
use std::future::{poll_fn, ready};
use std::io;
use std::sync::Arc;
use std::task::{self, Poll};
use std::time::Duration;

use axum::http::{HeaderMap, HeaderName, HeaderValue, header};
use tokio::io::ReadBuf;
use tokio::net::TcpStream;
use tokio::time::timeout;
use wire::frame::SOCKET;

use crate::live::encode::Bytes;
use crate::socket::Sockets;
use crate::socket::stream::Stream;
use crate::socket::upgrade::{Switch, begin, judge};

/// How long the first bytes are waited for here. The long way has a limit of its own, which begins after this.
const FIRST_BYTES: Duration = Duration::from_secs(1);
/// How large a request may be, in bytes, and how many header fields it may have, to be taken here.
const SIZE: usize = 4096;
const HEADERS: usize = 32;

thread_local! {
    static BUFFER: RefCell<Vec<u8>> = RefCell::new(vec![0; SIZE]);
}

/// A request for a socket that may be granted.
struct Wanted {
    switch: Switch,
    /// The bytes of the request.
    length: usize,
}

/// Lets in who asks for a socket and may have one; gives back the connection of everybody else, with nothing read.
pub async fn let_in(sockets: &Arc<Sockets>, tcp: TcpStream) -> Option<TcpStream> {
    let first = poll_fn(|context| {
        BUFFER.with_borrow_mut(|buffer| {
            let mut peeked = ReadBuf::new(buffer);
            Poll::Ready(match task::ready!(tcp.poll_peek(context, &mut peeked)) {
                Ok(_) => wanted(sockets, peeked.filled()),
                Err(_) => None,
            })
        })
    });
    let Ok(Some(Wanted { switch, length })) = timeout(FIRST_BYTES, first).await else { return Some(tcp) };
    if take(&tcp, length).is_err() {
        return None;
    }
    let answer = answer(&switch);
    begin(sockets.clone(), ready(Some(Stream::new(tcp, &[]))), switch.opening, answer);
    None
}

/// What these bytes ask for, if it is a socket that may be granted.
fn wanted(sockets: &Sockets, bytes: &[u8]) -> Option<Wanted> {
    let mut fields = [httparse::EMPTY_HEADER; HEADERS];
    let mut request = httparse::Request::new(&mut fields);
    let httparse::Status::Complete(length) = request.parse(bytes).ok()? else { return None };
    if (request.method, request.path, request.version) != (Some("GET"), Some(SOCKET), Some(1)) {
        return None;
    }
    let mut headers = HeaderMap::with_capacity(request.headers.len());
    for field in &*request.headers {
        let name = HeaderName::from_bytes(field.name.as_bytes()).ok()?;
        headers.append(name, HeaderValue::from_bytes(field.value).ok()?);
    }
    // A request with a body is not as simple as it looks.
    if headers.contains_key(header::CONTENT_LENGTH) || headers.contains_key(header::TRANSFER_ENCODING) {
        return None;
    }
    Some(Wanted { switch: judge(sockets, &headers).ok()?, length })
}

/// Takes the request, which was only looked at, out of the connection.
fn take(tcp: &TcpStream, length: usize) -> io::Result<()> {
    BUFFER.with_borrow_mut(|buffer| {
        let request = buffer.get_mut(..length).unwrap_or_default();
        let taken = tcp.try_read(request)?;
        if taken == length { Ok(()) } else { Err(io::ErrorKind::UnexpectedEof.into()) }
    })
}

/// The answer that switches protocols (RFC 6455 §4.2.2).
fn answer(switch: &Switch) -> Bytes {
    let mut answer = Vec::with_capacity(192);
    answer.extend_from_slice(
        b"HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: websocket\r\nsec-websocket-accept: ",
    );
    answer.extend_from_slice(switch.accept.as_bytes());
    if let Some(protocol) = &switch.protocol {
        answer.extend_from_slice(b"\r\nsec-websocket-protocol: ");
        answer.extend_from_slice(protocol.as_bytes());
    }
    answer.extend_from_slice(b"\r\n\r\n");
    answer.into()
}
