//! What a run needs of the system, asked before the first connection: open files, ports, memory. What is missing
//! is said in one line, not found out by the thousandth socket.

use std::fs;

use anyhow::{Context as _, ensure};
use rlimit::Resource;

use crate::process;

/// Files of a process beside its sockets: the runtime's, pipes, the terminal.
const OWN_FILES: u64 = 100;
/// What a socket costs the kernel, in bytes: measured at a million of them.
const SOCKET: u64 = 4200;
/// What a member costs a server and this tester together, in bytes.
const MEMBER: u64 = 3000;
/// Connections that may wait to be accepted; more may come at once.
const BACKLOG: u64 = 1024;

/// What a run needs.
#[derive(Debug, Clone, Copy)]
pub struct Need {
    /// Sockets of ours, in all processes.
    pub sockets: u32,
    /// The most sockets in one process.
    pub in_one: u32,
    /// Whether the server is on this machine too.
    pub both_ends: bool,
}

/// The most members one process holds on this system, with the ports of one source address.
///
/// # Errors
/// When the system does not say.
pub fn room_in_one() -> anyhow::Result<u32> {
    let (_, hard) = Resource::NOFILE.get().context("the limit of open files")?;
    let files = hard.saturating_sub(OWN_FILES);
    // A tenth is left to others who connect.
    Ok(u32::try_from(files.min(ports()? / 10 * 9)).unwrap_or(u32::MAX))
}

/// Makes room for a run.
///
/// # Errors
/// One line with everything the system has too little of.
pub fn make_room(need: Need) -> anyhow::Result<()> {
    let (soft, hard) = Resource::NOFILE.get().context("the limit of open files")?;
    let files = u64::from(need.in_one).saturating_add(OWN_FILES);
    let mut missing = missing(need)?;
    if files > hard {
        missing.insert(0, format!("open files of a process: {hard}, not {files} (`ulimit -Hn`)"));
    }
    ensure!(missing.is_empty(), "the system has too little for this run: {}", missing.join("; "));
    if soft < files {
        Resource::NOFILE.set(files.max(hard), hard).context("raising the limit of open files")?;
    }
    Ok(())
}

fn missing(need: Need) -> anyhow::Result<Vec<String>> {
    let sockets = u64::from(need.sockets) * if need.both_ends { 2 } else { 1 };
    let mut missing = Vec::new();
    let mut at_least = |what: &str, there: u64, needed: u64| {
        if there < needed {
            missing.push(format!("{what}: {there}, not {needed}"));
        }
    };
    let used = numbers("fs/file-nr")?.first().copied().unwrap_or_default();
    let files = numbers("fs/file-max")?.first().copied().unwrap_or_default();
    at_least("open files of the system (fs.file-max)", files.saturating_sub(used), sockets + OWN_FILES);
    let ports = ports()?;
    at_least("ports of an address (net.ipv4.ip_local_port_range)", ports, u64::from(need.in_one));
    let pages = numbers("net/ipv4/tcp_mem")?.last().copied().unwrap_or_default();
    at_least("pages for buffers of sockets (net.ipv4.tcp_mem)", pages, sockets / 4);
    let backlog = numbers("net/core/somaxconn")?.first().copied().unwrap_or_default();
    at_least("connections waiting (net.core.somaxconn)", backlog, BACKLOG.min(u64::from(need.sockets)));
    let memory = sockets * SOCKET + u64::from(need.sockets) * MEMBER;
    at_least("free memory in bytes", process::kernel()?.free, memory);
    Ok(missing)
}

fn ports() -> anyhow::Result<u64> {
    let (first, last) = port_range()?;
    Ok(last.saturating_sub(first))
}

/// The first and the last port that connections come from.
///
/// # Errors
/// When the system does not say.
pub fn port_range() -> anyhow::Result<(u64, u64)> {
    let range = numbers("net/ipv4/ip_local_port_range")?;
    range.first().copied().zip(range.last().copied()).context("the range of ports")
}

/// The numbers of a setting.
fn numbers(name: &str) -> anyhow::Result<Vec<u64>> {
    let text =
        fs::read_to_string(format!("/proc/sys/{name}")).with_context(|| format!("the setting {name}"))?;
    Ok(text.split_whitespace().filter_map(|number| number.parse().ok()).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_few_fit_and_more_than_there_is_do_not() {
        assert!(make_room(Need { sockets: 1, in_one: 1, both_ends: true }).is_ok());
        assert!(room_in_one().unwrap() > 100);
        let too_many = Need { sockets: u32::MAX, in_one: u32::MAX, both_ends: true };
        let error = make_room(too_many).unwrap_err().to_string();
        for what in ["ulimit", "fs.file-max", "ip_local_port_range", "tcp_mem", "memory"] {
            assert!(error.contains(what), "{what}: {error}");
        }
        assert!(!error.contains('\n'), "{error}");
    }
}
