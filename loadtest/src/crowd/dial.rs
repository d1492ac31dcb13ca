//! Beginning connections, from an address of one's own where the ports of one address are too few. The ports are
//! taken in turn, by number: asked for any free one, the kernel looks through all that are taken, which takes a tenth
//! of a second each when half of them are. It knows no member.

use std::net::{Ipv4Addr, SocketAddr};
use std::ops::RangeInclusive;

use anyhow::Context as _;
use rustix::fd::OwnedFd;
use rustix::io::Errno;
use rustix::net::{AddressFamily, SocketFlags, SocketType, bind, connect, socket_with, sockopt};

use crate::crowd::order::Begin;
use crate::settings;

/// How many ports are tried for one connection.
const TRIES: u32 = 64;

/// Begins connections.
pub struct Dial {
    /// The address to come from and the ports there, where they are chosen here.
    source: Option<(Ipv4Addr, Ports)>,
    receive_buffer: Option<usize>,
}

/// Ports, one after the other and from the beginning again.
struct Ports {
    all: RangeInclusive<u16>,
    next: u16,
}

impl Dial {
    /// For this crowd.
    ///
    /// # Errors
    /// When the system does not tell its ports.
    pub fn new(begin: &Begin) -> anyhow::Result<Self> {
        let source = begin.source.map(|source| Ports::of_the_system().map(|ports| (source, ports)));
        let receive_buffer = begin.receive_buffer.map(usize::try_from);
        Ok(Self { source: source.transpose()?, receive_buffer: receive_buffer.transpose()? })
    }

    /// Begins a connection.
    ///
    /// # Errors
    /// When there is no file or port left.
    pub fn dial(&mut self, to: SocketAddr) -> Result<OwnedFd, Errno> {
        let Some((source, ports)) = &mut self.source else {
            return connected(socket(to, self.receive_buffer)?, to);
        };
        let mut last = Errno::ADDRNOTAVAIL;
        for _ in 0..TRIES {
            let socket = socket(to, self.receive_buffer)?;
            // Ports whose last connection has just ended are as good as others.
            sockopt::set_socket_reuseaddr(&socket, true)?;
            let from = SocketAddr::from((*source, ports.next()));
            match bind(&socket, &from).and_then(|()| connected(socket, to)) {
                Err(taken @ (Errno::ADDRINUSE | Errno::ADDRNOTAVAIL)) => last = taken,
                other => return other,
            }
        }
        Err(last)
    }
}

fn socket(to: SocketAddr, receive_buffer: Option<usize>) -> Result<OwnedFd, Errno> {
    let family = if to.is_ipv4() { AddressFamily::INET } else { AddressFamily::INET6 };
    let flags = SocketFlags::NONBLOCK | SocketFlags::CLOEXEC;
    let socket = socket_with(family, SocketType::STREAM, flags, None)?;
    sockopt::set_tcp_nodelay(&socket, true)?;
    if let Some(size) = receive_buffer {
        sockopt::set_socket_recv_buffer_size(&socket, size)?;
    }
    Ok(socket)
}

fn connected(socket: OwnedFd, to: SocketAddr) -> Result<OwnedFd, Errno> {
    match connect(&socket, &to) {
        Ok(()) | Err(Errno::INPROGRESS) => Ok(socket),
        Err(error) => Err(error),
    }
}

impl Ports {
    fn of_the_system() -> anyhow::Result<Self> {
        let (first, last) = settings::port_range()?;
        let first = u16::try_from(first).context("the first port")?;
        Ok(Self { all: first..=u16::try_from(last).context("the last port")?, next: first })
    }

    fn next(&mut self) -> u16 {
        let port = self.next;
        self.next = if port < *self.all.end() { port + 1 } else { *self.all.start() };
        port
    }
}

#[cfg(test)]
mod tests {
    use std::net::TcpListener;

    use rustix::net::getsockname;

    use super::*;
    use crate::crowd::door::nobody;

    #[test]
    fn ports_come_one_after_the_other_and_again() {
        let mut ports = Ports { all: 7..=9, next: 7 };
        let taken: Vec<u16> = (0..5).map(|_| ports.next()).collect();
        assert_eq!(taken, [7, 8, 9, 7, 8]);
    }

    #[test]
    fn a_connection_comes_from_the_address_and_a_port_that_is_free() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let to = listener.local_addr().unwrap();
        let source = Ipv4Addr::new(127, 0, 0, 77);
        let mut dial = Dial::new(&Begin { source: Some(source), ..nobody() }).unwrap();
        let first = dial.dial(to).unwrap();
        let from = |socket: &OwnedFd| SocketAddr::try_from(getsockname(socket).unwrap()).unwrap();
        assert_eq!(from(&first).ip(), source);
        // The same port again is taken, so the next one is.
        if let Some((_, ports)) = &mut dial.source {
            ports.next = from(&first).port();
        }
        let second = dial.dial(to).unwrap();
        assert_eq!(from(&second).ip(), source);
        assert_ne!(from(&second).port(), from(&first).port());
    }
}
