//! How many files this process may open, which is how many sockets it can hold. Asks the kernel, and nothing else.

use std::fs::File;

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

/// Files that are not sockets of people: connections to databases and the bus, requests under way, those who are just
/// being sent away. A twentieth of all, and never less than this.
const RESERVE: usize = 64;
/// For how many files the table is grown when nobody says how many sockets are wanted: half a megabyte of the kernel's
/// memory.
const GROWN: usize = 65_536;

/// How many files this process may open.
pub fn limit() -> usize {
    getrlimit(Resource::Nofile)
        .current
        .map_or(usize::MAX, |limit| usize::try_from(limit).unwrap_or(usize::MAX))
}

/// How many sockets fit into so many files.
pub fn room(files: usize) -> usize {
    files.saturating_sub(RESERVE.max(files / 20))
}

/// Raises the limit as far as it goes, and grows the process's table of files for `sockets`. To be called once, before
/// there is a second thread: a table that grows later doubles under everybody's hands, and with several threads each
/// doubling waits for the kernel while no socket is opened.
pub fn raise(sockets: Option<usize>) {
    let Rlimit { current, maximum } = getrlimit(Resource::Nofile);
    if current != maximum && setrlimit(Resource::Nofile, Rlimit { current: maximum, maximum }).is_err() {
        tracing::debug!("the limit of open files stays as it is");
    }
    let wanted = sockets.map_or(GROWN, |sockets| sockets.saturating_add(sockets / 10)).min(limit());
    let last = i32::try_from(wanted.saturating_sub(1)).unwrap_or(i32::MAX);
    if let Ok(null) = File::open("/dev/null") {
        // The copy takes the last place of the table and is closed at once; the table stays.
        let _ = rustix::io::fcntl_dupfd_cloexec(&null, last);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn some_files_are_left_for_other_things() {
        assert_eq!(room(20_000), 19_000);
        assert_eq!(room(1_024), 960);
        assert_eq!(room(10), 0);
    }

    #[test]
    fn the_limit_is_raised_as_far_as_it_goes() {
        raise(None);
        let Rlimit { current, maximum } = getrlimit(Resource::Nofile);
        assert_eq!(current, maximum);
        assert!(limit() > RESERVE);
    }
}
