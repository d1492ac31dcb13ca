//! What the vault does to bytes, without a store: data keys are wrapped under a key of the secrets folder, texts are
//! sealed under a data key. XChaCha20-Poly1305 both times, since its nonce is long enough to be drawn at random.
//! Whatever was moved, cut or changed does not open: what it belongs to is authenticated with it.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
use chacha20poly1305::aead::{Aead as _, Payload};
use chacha20poly1305::{KeyInit as _, XChaCha20Poly1305};
use domain::feed::Feed;
use domain::id::{AccountId, EntryId};
use sha2::{Digest as _, Sha256};

use crate::auth::secrets::Key;

/// A number used once, drawn at random.
pub type Nonce = [u8; 24];

/// The bytes by which a sealed text tells which data key it was sealed with.
const MARK: usize = 8;

/// A data key out of its wrapping. It has no `Debug` that could print it.
#[derive(Clone)]
pub struct PlainKey([u8; 32]);

/// What became of a sealed text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Opened {
    /// It reads so.
    Text(String),
    /// Another key sealed it: the one of then was destroyed or lost.
    OtherKey,
    /// It is not what was sealed, or does not stand where it was.
    Broken,
}

impl PlainKey {
    /// The key made of random bytes.
    pub const fn new(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// Tells keys apart and nothing more.
    fn mark(&self) -> [u8; MARK] {
        let digest = Sha256::new().chain_update(b"medchat data key").chain_update(self.0).finalize();
        digest.first_chunk().copied().unwrap_or_default()
    }
}

/// Wraps the data key of `account` under `kek`; `None` is nothing the cipher does to so few bytes.
pub fn wrap(kek: &Key, account: AccountId, key: &PlainKey, nonce: Nonce) -> Option<String> {
    let sealed = encrypt(&kek.bytes, nonce, &key.0, &wrapping(kek, account))?;
    Some(BASE64.encode(sealed))
}

/// The data key of `account`; `None` when this is no data key of theirs wrapped under `kek`.
pub fn unwrap(kek: &Key, account: AccountId, wrapped: &str) -> Option<PlainKey> {
    let bytes = decrypt(&kek.bytes, &BASE64.decode(wrapped).ok()?, &wrapping(kek, account))?;
    Some(PlainKey(bytes.try_into().ok()?))
}

/// Seals the text of an entry; `None` is nothing the cipher does to a text of a message's length.
pub fn seal(key: &PlainKey, feed: Feed, entry: EntryId, text: &str, nonce: Nonce) -> Option<String> {
    let sealed = encrypt(&key.0, nonce, text.as_bytes(), &place(feed, entry))?;
    Some(BASE64.encode([key.mark().as_slice(), &sealed].concat()))
}

/// Opens what [`seal`] made, at the place it was made for.
pub fn open(key: &PlainKey, feed: Feed, entry: EntryId, data: &str) -> Opened {
    let Ok(bytes) = BASE64.decode(data) else { return Opened::Broken };
    let Some((mark, sealed)) = bytes.split_first_chunk::<MARK>() else { return Opened::Broken };
    if *mark != key.mark() {
        return Opened::OtherKey;
    }
    let text = decrypt(&key.0, sealed, &place(feed, entry)).and_then(|text| String::from_utf8(text).ok());
    text.map_or(Opened::Broken, Opened::Text)
}

/// What a wrapped key belongs to. An id is of one length, so no two pairs read alike.
fn wrapping(kek: &Key, account: AccountId) -> String {
    format!("{account} {}", kek.id)
}

/// What a sealed text belongs to. The name of a feed holds no space.
fn place(feed: Feed, entry: EntryId) -> String {
    format!("{feed} {entry}")
}

/// The nonce, and behind it the ciphertext.
fn encrypt(key: &[u8; 32], nonce: Nonce, plain: &[u8], belongs: &str) -> Option<Vec<u8>> {
    let payload = Payload { msg: plain, aad: belongs.as_bytes() };
    let sealed = XChaCha20Poly1305::new(key.into()).encrypt(&nonce.into(), payload).ok()?;
    Some([nonce.as_slice(), &sealed].concat())
}

fn decrypt(key: &[u8; 32], sealed: &[u8], belongs: &str) -> Option<Vec<u8>> {
    let (nonce, sealed) = sealed.split_first_chunk::<{ size_of::<Nonce>() }>()?;
    let payload = Payload { msg: sealed, aad: belongs.as_bytes() };
    XChaCha20Poly1305::new(key.into()).decrypt(nonce.into(), payload).ok()
}

#[cfg(test)]
mod tests {
    use domain::appeal::lane::Lane;
    use domain::id::Id;
    use proptest::prelude::*;
    use uuid::Uuid;

    use super::*;

    fn id<N>(number: u128) -> Id<N> {
        Id::from_uuid(Uuid::from_u128(number))
    }

    fn kek(name: &str, byte: u8) -> Key {
        Key { id: name.into(), bytes: [byte; 32] }
    }

    fn lane(number: u128) -> Feed {
        Feed::Appeal(id(number), Lane::Private)
    }

    /// One bit of what `sealed` holds, turned.
    fn flipped(sealed: &str, bit: usize) -> String {
        let mut bytes = BASE64.decode(sealed).unwrap();
        let bit = bit % (bytes.len() * 8);
        bytes[bit / 8] ^= 1 << (bit % 8);
        BASE64.encode(bytes)
    }

    proptest! {
        #[test]
        fn what_was_wrapped_comes_out_again(bytes: [u8; 32], nonce: Nonce, account: u128) {
            let (kek, key) = (kek("k1", 1), PlainKey::new(bytes));
            let wrapped = wrap(&kek, id(account), &key, nonce).unwrap();
            prop_assert_eq!(unwrap(&kek, id(account), &wrapped).unwrap().0, bytes);
        }

        #[test]
        fn a_wrapped_key_is_somebodys_and_under_one_key(nonce: Nonce, cut in 1..90_usize, bit: usize) {
            let (own, key) = (kek("k1", 1), PlainKey::new([5; 32]));
            let wrapped = wrap(&own, id(7), &key, nonce).unwrap();
            prop_assert!(unwrap(&own, id(8), &wrapped).is_none(), "of somebody else");
            prop_assert!(unwrap(&kek("k1", 2), id(7), &wrapped).is_none(), "under another key");
            prop_assert!(unwrap(&kek("k2", 1), id(7), &wrapped).is_none(), "under another name");
            prop_assert!(unwrap(&own, id(7), &flipped(&wrapped, bit)).is_none());
            let cut = cut.min(wrapped.len());
            prop_assert!(unwrap(&own, id(7), &wrapped[..wrapped.len() - cut]).is_none());
        }

        #[test]
        fn what_was_sealed_reads_the_same(text: String, nonce: Nonce, key: [u8; 32]) {
            let key = PlainKey::new(key);
            let sealed = seal(&key, lane(1), id(2), &text, nonce).unwrap();
            prop_assert_eq!(open(&key, lane(1), id(2), &sealed), Opened::Text(text));
        }

        #[test]
        fn a_sealed_text_stays_where_it_was_and_as_it_was(text in ".{1,60}", nonce: Nonce, bit: usize, cut: usize) {
            let key = PlainKey::new([5; 32]);
            let sealed = seal(&key, lane(1), id(2), &text, nonce).unwrap();
            prop_assert_eq!(open(&key, lane(2), id(2), &sealed), Opened::Broken, "in another feed");
            prop_assert_eq!(open(&key, Feed::Room(id(1)), id(2), &sealed), Opened::Broken);
            prop_assert_eq!(open(&key, lane(1), id(3), &sealed), Opened::Broken, "in another entry");
            prop_assert_eq!(open(&PlainKey::new([6; 32]), lane(1), id(2), &sealed), Opened::OtherKey);
            let turned = open(&key, lane(1), id(2), &flipped(&sealed, bit));
            prop_assert!(!matches!(turned, Opened::Text(_)), "{turned:?}");
            let cut = open(&key, lane(1), id(2), &sealed[..cut % sealed.len()]);
            prop_assert_eq!(cut, Opened::Broken);
        }

        #[test]
        fn whatever_stands_there_is_refused_quietly(data: String) {
            let key = PlainKey::new([5; 32]);
            prop_assert!(!matches!(open(&key, lane(1), id(2), &data), Opened::Text(_)));
            prop_assert!(unwrap(&kek("k1", 1), id(1), &data).is_none());
        }
    }
}
