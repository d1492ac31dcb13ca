//! The secrets folder: keys that are generated once, kept in files of their own and read by every node.
//! They never stand in the configuration, the environment or the log.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write as _};
use std::os::unix::fs::{OpenOptionsExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
use domain::source::Sources;

/// Why the secrets cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum SecretsError {
    /// A file could not be read or written.
    #[error("{path}: {source}")]
    Io {
        /// The file.
        path: PathBuf,
        /// What went wrong.
        source: io::Error,
    },
    /// Others than the owner may read the file.
    #[error("{0} can be read by others: chmod 600 it")]
    Exposed(PathBuf),
    /// The file holds no key.
    #[error("{0} does not hold a key of 32 bytes in base64, after its id and a colon")]
    NotAKey(PathBuf),
}

/// A named key. It has no `Debug` that could print it.
#[derive(Clone)]
pub struct Key {
    /// The name by which whatever it made tells that it was this one.
    pub id: String,
    /// 32 secret bytes.
    pub bytes: [u8; 32],
}

/// The keys of this installation.
pub struct Secrets {
    /// Signs access tokens. The first signs, all verify.
    pub token: Vec<Key>,
    /// Makes and hashes refresh tokens.
    pub refresh: Key,
    /// Wraps the data keys of people. The first wraps, all unwrap.
    pub data: Vec<Key>,
    /// Makes keyed digests.
    pub digest: Key,
    /// Signs heads of the audit. The first signs, all verify.
    pub audit: Vec<Key>,
}

impl Secrets {
    /// Reads the keys in `folder`, generating those that are missing. Two processes that start at once make
    /// one key: the folder is locked meanwhile.
    ///
    /// # Errors
    /// [`SecretsError`] names the file.
    pub fn open(folder: &Path, sources: &Sources) -> Result<Self, SecretsError> {
        fs::create_dir_all(folder).map_err(|source| failed(folder, source))?;
        let lock_path = folder.join("lock");
        let lock = OpenOptions::new()
            .create(true)
            .truncate(false)
            .write(true)
            .mode(0o600)
            .open(&lock_path)
            .map_err(|source| failed(&lock_path, source))?;
        lock.lock().map_err(|source| failed(&lock_path, source))?;
        let all = |name: &str| open_keys(&folder.join(name), sources);
        let one = |name: &str| all(name).map(|mut keys| keys.swap_remove(0));
        Ok(Self {
            token: all("token.keys")?,
            refresh: one("refresh.keys")?,
            data: all("data.keys")?,
            digest: one("digest.keys")?,
            audit: all("audit.keys")?,
        })
    }

    /// The ids of all keys, each group under the name of the fact by which the database remembers it. A group that
    /// came later has a fact of its own: a database made before knows the others still.
    pub fn ids(&self) -> [(&'static str, String); 4] {
        let signing = self.token.iter().chain([&self.refresh]);
        [
            ("keys", ids(signing)),
            ("keys.data", ids(&self.data)),
            ("keys.digest", ids([&self.digest])),
            ("keys.audit", ids(&self.audit)),
        ]
    }
}

fn ids<'a>(keys: impl IntoIterator<Item = &'a Key>) -> String {
    keys.into_iter().map(|key| key.id.as_str()).collect::<Vec<_>>().join(" ")
}

fn open_keys(path: &Path, sources: &Sources) -> Result<Vec<Key>, SecretsError> {
    match fs::read_to_string(path) {
        Ok(text) => {
            let mode = fs::metadata(path).map_err(|source| failed(path, source))?.permissions().mode();
            if mode & 0o077 != 0 {
                return Err(SecretsError::Exposed(path.to_owned()));
            }
            parse(&text).ok_or_else(|| SecretsError::NotAKey(path.to_owned()))
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => generate(path, sources).map(|key| vec![key]),
        Err(source) => Err(failed(path, source)),
    }
}

/// One key a line: `id:base64`.
fn parse(text: &str) -> Option<Vec<Key>> {
    let keys: Option<Vec<Key>> = text
        .lines()
        .filter(|line| !line.trim().is_empty())
        .map(|line| {
            let (id, bytes) = line.trim().split_once(':')?;
            let bytes = BASE64.decode(bytes).ok()?.try_into().ok()?;
            Some(Key { id: id.to_owned(), bytes })
        })
        .collect();
    keys.filter(|keys| !keys.is_empty())
}

fn generate(path: &Path, sources: &Sources) -> Result<Key, SecretsError> {
    let key = Key { id: format!("k{:08x}", sources.number() >> 32), bytes: sources.bytes() };
    let write = || -> io::Result<()> {
        let draft = path.with_extension("draft");
        let mut file: File =
            OpenOptions::new().create(true).truncate(true).write(true).mode(0o600).open(&draft)?;
        writeln!(file, "{}:{}", key.id, BASE64.encode(key.bytes))?;
        file.sync_all()?;
        fs::rename(&draft, path)
    };
    write().map_err(|source| failed(path, source))?;
    Ok(key)
}

fn failed(path: &Path, source: io::Error) -> SecretsError {
    SecretsError::Io { path: path.to_owned(), source }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;
    use crate::app::sources;

    #[test]
    fn keys_are_made_once_and_refused_when_exposed() {
        let folder = tempfile::tempdir().unwrap();
        let first = Secrets::open(folder.path(), &sources()).unwrap();
        let second = Secrets::open(folder.path(), &sources()).unwrap();
        assert_eq!(first.ids(), second.ids());
        assert_eq!(first.token[0].bytes, second.token[0].bytes);
        assert_eq!(first.data[0].bytes, second.data[0].bytes);
        let all = [&first.token[0], &first.refresh, &first.data[0], &first.digest, &first.audit[0]];
        let different: HashSet<[u8; 32]> = all.into_iter().map(|key| key.bytes).collect();
        assert_eq!(different.len(), all.len(), "each key serves one purpose");
        let path = folder.path().join("token.keys");
        fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).unwrap();
        assert!(matches!(Secrets::open(folder.path(), &sources()), Err(SecretsError::Exposed(_))));
        fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
        fs::write(&path, "k1:short\n").unwrap();
        assert!(matches!(Secrets::open(folder.path(), &sources()), Err(SecretsError::NotAKey(_))));
    }
}
