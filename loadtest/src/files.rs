//! Open files: each socket is one. Said before the first connection, not after the thousandth failed.

use anyhow::{Context as _, ensure};
use rlimit::Resource;

/// Files of our own beside the sockets: the runtime's, HTTP connections, the terminal.
const OWN: u64 = 100;

/// Makes room for so many sockets.
///
/// # Errors
/// When the system does not let a process open that many files.
pub fn make_room_for(sockets: u32) -> anyhow::Result<()> {
    let (soft, hard) = Resource::NOFILE.get().context("the limit of open files")?;
    let needed = u64::from(sockets).saturating_add(OWN);
    ensure!(
        needed <= hard,
        "{sockets} sockets need {needed} open files, the limit is {hard}: raise it with `ulimit -Hn`"
    );
    if soft < needed {
        Resource::NOFILE.set(needed, hard).context("raising the limit of open files")?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_few_fit_and_more_than_the_limit_do_not() {
        assert!(make_room_for(1).is_ok());
        let (_, hard) = Resource::NOFILE.get().unwrap();
        if let Ok(hard) = u32::try_from(hard) {
            let error = make_room_for(hard).unwrap_err().to_string();
            assert!(error.contains("ulimit"), "{error}");
        }
    }
}
