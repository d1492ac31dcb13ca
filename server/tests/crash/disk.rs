//! A disk of one's own whose power can be cut: a file with an ext4 on it, mounted through a loop device. What was not
//! written through when the power goes is gone when it comes back, as on a real machine. Needs root.

use std::path::{Path, PathBuf};
use std::process::Command;

use tempfile::TempDir;

/// Room for a cluster of PostgreSQL with its log.
const SIZE: &str = "1536M";

/// A mounted disk; it is unmounted and forgotten when this is dropped.
pub struct Disk {
    folder: TempDir,
}

impl Disk {
    /// A fresh one.
    pub fn mount() -> Self {
        let disk = Self { folder: TempDir::with_prefix("medchat-disk-").expect("a temporary folder") };
        std::fs::create_dir(disk.path()).expect("a mount point");
        runs("truncate", &["--size", SIZE, &disk.image()]);
        runs("mkfs.ext4", &["-q", "-F", &disk.image()]);
        disk.heal();
        // The cluster's owner must get through.
        let open = std::os::unix::fs::PermissionsExt::from_mode(0o755);
        std::fs::set_permissions(disk.folder.path(), open).expect("the folder opens");
        disk
    }

    /// Where it is mounted.
    pub fn path(&self) -> PathBuf {
        self.folder.path().join("disk")
    }

    /// Everything that was said to be written is: what a test prepared must not be lost with the first cut.
    pub fn sync(&self) {
        runs("sync", &["--file-system", &text(&self.path())]);
    }

    /// Cuts the power. Whoever still runs must be frozen before: a sync that races the cut answers "done" and is not.
    pub fn cut(&self) {
        runs("xfs_io", &["-x", "-c", "shutdown", &text(&self.path())]);
    }

    /// The power comes back, with what was written through. Nobody may hold a file open.
    pub fn comes_back(&self) {
        runs("umount", &[&text(&self.path())]);
        self.heal();
    }

    fn heal(&self) {
        runs("mount", &["-o", "loop", &self.image(), &text(&self.path())]);
    }

    fn image(&self) -> String {
        text(&self.folder.path().join("image"))
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        // Lazily, since a failed test may leave a file open.
        let _ = Command::new("umount").args(["--lazy", &text(&self.path())]).status();
    }
}

fn text(path: &Path) -> String {
    path.display().to_string()
}

fn runs(program: &str, arguments: &[&str]) {
    let done = Command::new(program).args(arguments).output();
    let done = done.unwrap_or_else(|error| panic!("{program}: {error} (`deploy/needs.sh prove` brings it)"));
    let said = String::from_utf8_lossy(&done.stderr);
    assert!(done.status.success(), "{program} {arguments:?}: {said} (this needs root)");
}
