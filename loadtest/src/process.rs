//! What the kernel tells of processes and of itself: memory, time on the processor, who listens where.

use std::collections::BTreeSet;
use std::fs;
use std::time::Duration;

use anyhow::{Context as _, ensure};

/// Ticks a second in which the kernel counts time on the processor for us (`USER_HZ`, the same everywhere).
const TICKS: u64 = 100;

/// A process.
pub type Pid = u32;

/// The bytes of a process that are its own: anonymous pages. What is shared with files costs no memory.
///
/// # Errors
/// When there is no such process.
pub fn memory(pid: Pid) -> anyhow::Result<u64> {
    let status = fs::read_to_string(format!("/proc/{pid}/status"));
    field(&status.with_context(|| format!("process {pid}"))?, "RssAnon:").context("RssAnon")
}

/// The memory of several processes; one that has ended has none.
pub fn memory_of(pids: &[Pid]) -> u64 {
    pids.iter().filter_map(|pid| memory(*pid).ok()).sum()
}

/// The memory of a process and its children, what they share counted once, with the first.
pub fn memory_of_family(first: Pid) -> u64 {
    let children = children(first);
    let shared = fs::read_to_string(format!("/proc/{first}/status")).ok();
    let shared = shared.and_then(|status| field(&status, "RssShmem:")).unwrap_or_default();
    shared + memory_of(&[first]) + memory_of(&children)
}

fn children(parent: Pid) -> Vec<Pid> {
    let pids = fs::read_dir("/proc").into_iter().flatten().flatten();
    let pids = pids.filter_map(|entry| entry.file_name().to_str()?.parse::<Pid>().ok());
    let is_child = |pid: &Pid| {
        let stat = fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
        let fields = stat.rsplit_once(')').map(|(_, fields)| fields.split_whitespace());
        fields.and_then(|mut fields| fields.nth(1)?.parse::<Pid>().ok()) == Some(parent)
    };
    pids.filter(is_child).collect()
}

/// How long a process has been on a processor, all its threads together, to ten milliseconds.
///
/// # Errors
/// When there is no such process.
pub fn time_on_processor(pid: Pid) -> anyhow::Result<Duration> {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).with_context(|| format!("process {pid}"))?;
    // The name in brackets may hold spaces; the eleventh and twelfth fields behind it are user and system time.
    let (_, fields) = stat.rsplit_once(')').context("the form of /proc/PID/stat")?;
    let ticks = fields.split_whitespace().skip(11).take(2).filter_map(|ticks| ticks.parse::<u64>().ok());
    Ok(Duration::from_millis(ticks.sum::<u64>() * 1000 / TICKS))
}

/// Time on the processor of several processes.
///
/// # Errors
/// When one has ended.
pub fn time_of(pids: &[Pid]) -> anyhow::Result<Duration> {
    pids.iter().map(|pid| time_on_processor(*pid)).sum()
}

/// The kernel's memory in bytes.
#[derive(Debug, Clone, Copy, Default)]
pub struct Kernel {
    /// What its objects take: sockets, files, inodes.
    pub slab: u64,
    /// What the buffers of sockets take.
    pub sockets: u64,
    /// Memory nobody uses, or that holds copies of files.
    pub free: u64,
}

/// What the kernel uses now.
///
/// # Errors
/// When `/proc` is not there.
pub fn kernel() -> anyhow::Result<Kernel> {
    let info = fs::read_to_string("/proc/meminfo").context("/proc/meminfo")?;
    let of = |name| field(&info, name).unwrap_or_default();
    let sockets = fs::read_to_string("/proc/net/sockstat").unwrap_or_default();
    let tcp = sockets.lines().find(|line| line.starts_with("TCP:")).unwrap_or_default();
    let pages = tcp.split_whitespace().skip_while(|word| *word != "mem").nth(1);
    let pages: u64 = pages.and_then(|pages| pages.parse().ok()).unwrap_or_default();
    Ok(Kernel { slab: of("Slab:"), sockets: pages * 4096, free: of("MemFree:") + of("Cached:") })
}

/// A field in kilobytes, as bytes.
fn field(text: &str, name: &str) -> Option<u64> {
    let line = text.lines().find_map(|line| line.strip_prefix(name))?;
    line.split_whitespace().next()?.parse::<u64>().ok().map(|kilobytes| kilobytes * 1024)
}

/// The processes that listen on this port of IPv4, several when they share it.
///
/// # Errors
/// When there is none, or it is somebody else's.
pub fn listening_on(port: u16) -> anyhow::Result<Vec<Pid>> {
    let table = fs::read_to_string("/proc/net/tcp").context("/proc/net/tcp")?;
    let inodes: BTreeSet<String> = table.lines().filter_map(|line| listener(line, port)).collect();
    let mut pids: Vec<Pid> = Vec::new();
    for entry in fs::read_dir("/proc").context("/proc")?.flatten() {
        let Some(pid) = entry.file_name().to_str().and_then(|name| name.parse().ok()) else { continue };
        let Ok(files) = fs::read_dir(entry.path().join("fd")) else { continue };
        let mut links = files.flatten().filter_map(|file| fs::read_link(file.path()).ok());
        if links.any(|link| link.to_str().is_some_and(|name| inodes.contains(name))) {
            pids.push(pid);
        }
    }
    ensure!(!pids.is_empty(), "no process of ours listens on port {port}: its memory and time are not known");
    Ok(pids)
}

/// The name of the socket, when this line of the table is a listener on `port`.
fn listener(line: &str, port: u16) -> Option<String> {
    let fields: Vec<&str> = line.split_whitespace().collect();
    let (local, state, inode) = (fields.get(1)?, fields.get(3)?, fields.get(9)?);
    let (_, local_port) = local.rsplit_once(':')?;
    let is_it = *state == "0A" && u16::from_str_radix(local_port, 16) == Ok(port);
    is_it.then(|| format!("socket:[{inode}]"))
}

#[cfg(test)]
mod tests {
    use std::net::TcpListener;

    use super::*;

    #[test]
    fn we_know_ourselves() {
        let own = std::process::id();
        assert!(memory(own).unwrap() > 100_000);
        assert!(time_on_processor(own).is_ok());
        assert!(memory(u32::MAX).is_err());
        assert_eq!(memory_of(&[u32::MAX]), 0);
        assert!(kernel().unwrap().slab > 1_000_000);
    }

    #[test]
    fn who_listens_is_found_by_the_port() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        assert_eq!(listening_on(port).unwrap(), [std::process::id()]);
        drop(listener);
        assert!(listening_on(port).is_err());
    }
}
