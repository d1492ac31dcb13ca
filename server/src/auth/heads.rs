//! Heads of the audit's chain, signed and kept in a file outside the database: whoever changes the database alone cannot
//! change these. Each line stands for itself, so a copy of the file, or of one line, is as good a witness anywhere else.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read as _, Seek as _, SeekFrom, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
use domain::audit::{Hash, Head};
use domain::moment::Moment;
use ed25519_dalek::{Signature, Signer as _, SigningKey, VerifyingKey};
use serde::{Deserialize, Serialize};

use crate::auth::secrets::Key;

/// No line is longer, in bytes.
const LONGEST: u64 = 1024;

/// A line of the file.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Line {
    /// The number of the link.
    n: u64,
    /// Its hash, in hexadecimal digits.
    hash: String,
    /// When it was signed, RFC 3339.
    at: String,
    /// The public key, base64.
    key: String,
    /// The Ed25519 signature of the rest, base64.
    signature: String,
}

impl Line {
    fn signed_text(&self) -> String {
        format!("medchat audit head\n{}\n{}\n{}\n", self.n, self.hash, self.at)
    }

    /// The head, if the signature is right and one of `keys` made it.
    fn check(&self, keys: &[VerifyingKey]) -> Option<Head> {
        let bytes = |text: &str| BASE64.decode(text).ok();
        let key = keys.iter().find(|key| BASE64.encode(key.as_bytes()) == self.key)?;
        let signature = Signature::from_slice(&bytes(&self.signature)?).ok()?;
        key.verify_strict(self.signed_text().as_bytes(), &signature).ok()?;
        Some(Head { n: self.n, hash: Hash::parse(&self.hash)? })
    }
}

/// What a file of heads says.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Witness {
    /// The heads that are rightly signed.
    pub heads: Vec<Head>,
    /// The numbers of the lines that no key of this installation has signed: a line was changed, or the key was.
    pub foreign: Vec<usize>,
}

/// What the last line of a file says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Last {
    /// There is none.
    None,
    /// A head that is rightly signed.
    Signed(Head),
    /// No key of this installation has signed it.
    Foreign,
}

/// Signs heads and keeps them in a file.
pub struct Heads {
    path: PathBuf,
    signing: SigningKey,
    verifying: Vec<VerifyingKey>,
}

impl Heads {
    /// Heads in the file `path`, signed with the first of `keys`; `None` when there is none.
    pub fn new(path: PathBuf, keys: &[Key]) -> Option<Self> {
        let all: Vec<SigningKey> = keys.iter().map(|key| SigningKey::from_bytes(&key.bytes)).collect();
        let verifying = all.iter().map(SigningKey::verifying_key).collect();
        Some(Self { path, signing: all.into_iter().next()?, verifying })
    }

    /// The file.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// What this installation's own file says; nothing while there is none.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn own(&self) -> io::Result<Witness> {
        match self.read(&self.path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Witness::default()),
            read => read,
        }
    }

    /// What the last line of this installation's own file says; the file may be long.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn last(&self) -> io::Result<Last> {
        let mut file = match File::open(&self.path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Last::None),
            opened => opened?,
        };
        let start = file.metadata()?.len().saturating_sub(LONGEST);
        file.seek(SeekFrom::Start(start))?;
        let mut end = Vec::new();
        file.read_to_end(&mut end)?;
        let Some(line) = end.split(|byte| *byte == b'\n').rfind(|line| !line.is_empty()) else {
            return Ok(Last::None);
        };
        let head = serde_json::from_slice(line).ok().and_then(|line: Line| line.check(&self.verifying));
        Ok(head.map_or(Last::Foreign, Last::Signed))
    }

    /// What a file says.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn read(&self, path: &Path) -> io::Result<Witness> {
        let mut witness = Witness::default();
        for (number, line) in (1..).zip(fs::read_to_string(path)?.lines()) {
            let head = serde_json::from_str(line).ok().and_then(|line: Line| line.check(&self.verifying));
            match head {
                Some(head) => witness.heads.push(head),
                None => witness.foreign.push(number),
            }
        }
        Ok(witness)
    }

    /// Signs a head and puts it behind those in the file, durably.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn keep(&self, head: Head, at: Moment) -> io::Result<()> {
        let mut line = Line {
            n: head.n,
            hash: head.hash.to_string(),
            at: at.rfc3339(),
            key: BASE64.encode(self.signing.verifying_key().as_bytes()),
            signature: String::new(),
        };
        let signature = self.signing.sign(line.signed_text().as_bytes());
        line.signature = BASE64.encode(signature.to_bytes());
        let mut text = serde_json::to_string(&line)?;
        if let Some(folder) = self.path.parent() {
            fs::create_dir_all(folder)?;
        }
        text.push('\n');
        let mut file = OpenOptions::new().create(true).append(true).mode(0o600).open(&self.path)?;
        file.write_all(text.as_bytes())?;
        file.sync_all()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn heads(folder: &Path, byte: u8) -> Heads {
        Heads::new(folder.join("audit.heads"), &[Key { id: "k1".into(), bytes: [byte; 32] }]).unwrap()
    }

    fn head(n: u64) -> Head {
        Head { n, hash: Hash([7; 32]) }
    }

    #[test]
    fn what_was_signed_is_read_back() {
        let folder = tempfile::tempdir().unwrap();
        let heads = heads(folder.path(), 1);
        assert_eq!((heads.own().unwrap(), heads.last().unwrap()), (Witness::default(), Last::None));
        heads.keep(head(3), Moment::from_millis(0)).unwrap();
        heads.keep(head(5), Moment::from_millis(1)).unwrap();
        assert_eq!(heads.own().unwrap(), Witness { heads: vec![head(3), head(5)], foreign: vec![] });
        assert_eq!(heads.last().unwrap(), Last::Signed(head(5)));
    }

    #[test]
    fn a_line_that_was_changed_is_no_witness() {
        let folder = tempfile::tempdir().unwrap();
        let heads = heads(folder.path(), 1);
        heads.keep(head(3), Moment::from_millis(0)).unwrap();
        let line = fs::read_to_string(heads.path()).unwrap();
        let changed = [
            line.replace("\"n\":3", "\"n\":2"),
            line.replace("0707", "0708"),
            line.replace("1970", "1971"),
            line.replace("signature\":\"", "signature\":\"A"),
            "{}\n".into(),
        ];
        for text in changed {
            assert_ne!(text, line);
            fs::write(heads.path(), &text).unwrap();
            assert_eq!(heads.own().unwrap(), Witness { heads: vec![], foreign: vec![1] }, "{text}");
            assert_eq!(heads.last().unwrap(), Last::Foreign);
        }
    }

    #[test]
    fn another_key_is_told() {
        let folder = tempfile::tempdir().unwrap();
        heads(folder.path(), 1).keep(head(3), Moment::from_millis(0)).unwrap();
        let other = heads(folder.path(), 2);
        other.keep(head(4), Moment::from_millis(0)).unwrap();
        assert_eq!(other.own().unwrap(), Witness { heads: vec![head(4)], foreign: vec![1] });
    }
}
