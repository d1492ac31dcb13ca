//! The audit: who did what to what, and why; and the chain that its rows are links of. A link's hash covers its number, its
//! row and the hash before it, so that whoever changes what was written must change all that follows, and the last hash
//! with it. That one, the head, is signed and kept outside the database. This knows no database, no key and no clock.

use sha2::{Digest as _, Sha256};

use crate::id::{AccountId, AuditId};
use crate::moment::Moment;

/// One row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// The row's id.
    pub id: AuditId,
    /// When.
    pub at: Moment,
    /// Who; `None` for the system.
    pub actor: Option<AccountId>,
    /// What was done, in a word.
    pub act: String,
    /// To what, as `kind:id`.
    pub target: String,
    /// Why, as the actor said.
    pub reason: String,
}

/// The hash of a link, SHA-256.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Hash(pub [u8; 32]);

impl Hash {
    /// What stands before the first link.
    pub const NONE: Self = Self([0; 32]);

    /// Reads 64 hexadecimal digits.
    pub fn parse(text: &str) -> Option<Self> {
        let mut bytes = [0; 32];
        if text.len() != 64 || !text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f')) {
            return None;
        }
        for (byte, place) in bytes.iter_mut().zip((0..).step_by(2)) {
            *byte = u8::from_str_radix(text.get(place..place + 2)?, 16).ok()?;
        }
        Some(Self(bytes))
    }
}

impl std::fmt::Display for Hash {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

/// How far a chain has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Head {
    /// The number of the last link; links are 1, 2, 3 and so on.
    pub n: u64,
    /// Its hash.
    pub hash: Hash,
}

impl Head {
    /// That of a chain without links.
    pub const EMPTY: Self = Self { n: 0, hash: Hash::NONE };

    /// The head once `row` is the next link.
    #[must_use]
    pub fn with(self, row: &Row) -> Self {
        let n = self.n.saturating_add(1);
        let mut sha = Sha256::new();
        sha.update(n.to_be_bytes());
        sha.update(self.hash.0);
        let (id, actor) = (row.id.to_string(), row.actor.map(|actor| actor.to_string()));
        sha.update(row.at.millis().to_be_bytes());
        // Each behind its length, so that no two rows are one text.
        for part in [&id, actor.as_ref().unwrap_or(&String::new()), &row.act, &row.target, &row.reason] {
            sha.update((part.len() as u64).to_be_bytes());
            sha.update(part.as_bytes());
        }
        Self { n, hash: Hash(sha.finalize().into()) }
    }
}

/// A link as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link {
    /// Its number.
    pub n: u64,
    /// The row it holds.
    pub id: AuditId,
    /// Its hash.
    pub hash: Hash,
}

/// What is wrong with a chain.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, thiserror::Error)]
pub enum Flaw {
    /// The row of a link is gone.
    #[error("row {0} is missing")]
    Missing(u64),
    /// A link's number is not the one after the last.
    #[error("link {0} is missing")]
    Gap(u64),
    /// A link's hash does not follow from its row and the link before it.
    #[error("row {0} is not what was sealed")]
    Changed(u64),
    /// A head that was signed is ahead of the chain: its tail was cut, or an older database stands in its place.
    #[error("a head was signed at {0}, but the chain is shorter")]
    Short(u64),
    /// A head that was signed is not on this chain.
    #[error("the link {0} is not the one whose hash was signed")]
    Other(u64),
}

/// Looks along a chain.
#[derive(Debug, Clone)]
pub struct Walk {
    head: Head,
    flaws: Vec<Flaw>,
    /// Heads that were signed, and are still to be met; the next one last.
    signed: Vec<Head>,
}

impl Walk {
    /// A walk that is to meet each of `signed`.
    pub fn past(mut signed: Vec<Head>) -> Self {
        signed.retain(|head| head.n > 0);
        signed.sort_by_key(|head| std::cmp::Reverse(head.n));
        Self { head: Head::EMPTY, flaws: Vec::new(), signed }
    }

    /// Looks at the next link and its row. After a flaw the walk goes on from what the link says, so that one flaw
    /// is told once.
    pub fn step(&mut self, link: &Link, row: Option<&Row>) {
        let due = self.head.n.saturating_add(1);
        if link.n != due {
            self.flaws.push(Flaw::Gap(due));
        }
        match row {
            None => self.flaws.push(Flaw::Missing(link.n)),
            Some(row) if self.head.with(row).hash != link.hash && link.n == due => {
                self.flaws.push(Flaw::Changed(link.n));
            }
            Some(_) => {}
        }
        self.head = Head { n: link.n, hash: link.hash };
        while let Some(signed) = self.signed.pop_if(|signed| signed.n <= link.n) {
            if signed != self.head {
                self.flaws.push(Flaw::Other(signed.n));
            }
        }
    }

    /// How far the chain has come, and all that is wrong with it.
    pub fn end(mut self) -> (Head, Vec<Flaw>) {
        self.flaws.extend(self.signed.iter().rev().map(|signed| Flaw::Short(signed.n)));
        (self.head, self.flaws)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use uuid::Uuid;

    use super::*;

    fn row(number: u128) -> Row {
        Row {
            id: AuditId::from_uuid(Uuid::from_u128(number)),
            at: Moment::from_millis(1_000),
            actor: number.is_multiple_of(2).then(|| AccountId::from_uuid(Uuid::from_u128(7))),
            act: "grant.give".into(),
            target: format!("account:{number}"),
            reason: String::new(),
        }
    }

    fn chain(count: u128) -> Vec<(Link, Option<Row>)> {
        let mut head = Head::EMPTY;
        (1..=count)
            .map(|number| {
                let row = row(number);
                head = head.with(&row);
                (Link { n: head.n, id: row.id, hash: head.hash }, Some(row))
            })
            .collect()
    }

    fn head_of(chain: &[(Link, Option<Row>)]) -> Head {
        chain.last().map_or(Head::EMPTY, |(link, _)| Head { n: link.n, hash: link.hash })
    }

    fn walk(chain: &[(Link, Option<Row>)], signed: &[Head]) -> Vec<Flaw> {
        let mut walk = Walk::past(signed.to_vec());
        chain.iter().for_each(|(link, row)| walk.step(link, row.as_ref()));
        walk.end().1
    }

    /// What a forger does who can write to the database, and knows how links are made.
    #[derive(Debug, Clone, Copy)]
    enum Forgery {
        Edit,
        EditAndLinkAnew,
        Delete,
        DeleteWithLink,
        DeleteAndLinkAnew,
        Insert,
        Swap,
        CutTail,
    }

    fn linked_anew(rows: Vec<Row>) -> Vec<(Link, Option<Row>)> {
        let mut head = Head::EMPTY;
        rows.into_iter()
            .map(|row| {
                head = head.with(&row);
                (Link { n: head.n, id: row.id, hash: head.hash }, Some(row))
            })
            .collect()
    }

    fn forged(mut chain: Vec<(Link, Option<Row>)>, place: usize, how: Forgery) -> Vec<(Link, Option<Row>)> {
        let rows = |chain: Vec<(Link, Option<Row>)>| chain.into_iter().filter_map(|(_, row)| row).collect();
        match how {
            Forgery::Edit | Forgery::EditAndLinkAnew => {
                chain[place].1.as_mut().unwrap().reason.push('x');
                if matches!(how, Forgery::EditAndLinkAnew) { linked_anew(rows(chain)) } else { chain }
            }
            Forgery::Delete => {
                chain[place].1 = None;
                chain
            }
            Forgery::DeleteWithLink | Forgery::DeleteAndLinkAnew => {
                chain.remove(place);
                if matches!(how, Forgery::DeleteAndLinkAnew) { linked_anew(rows(chain)) } else { chain }
            }
            Forgery::Insert => {
                let mut all: Vec<Row> = rows(chain);
                all.insert(place, row(999));
                linked_anew(all)
            }
            Forgery::Swap => {
                let mut all: Vec<Row> = rows(chain);
                all.swap(place, place + 1);
                linked_anew(all)
            }
            Forgery::CutTail => {
                chain.truncate(place);
                chain
            }
        }
    }

    #[test]
    fn an_honest_chain_has_no_flaw() {
        let whole = chain(9);
        let heads = [0, 3, 9].map(|n| head_of(&whole[..n]));
        assert_eq!(walk(&whole, &heads), []);
        assert_eq!(walk(&[], &[Head::EMPTY]), []);
    }

    proptest! {
        /// Whatever was done before the last link shows by the signed head at the latest.
        #[test]
        fn every_forgery_is_found(
            place in 0_usize..8,
            how in prop_oneof![
                Just(Forgery::Edit),
                Just(Forgery::EditAndLinkAnew),
                Just(Forgery::Delete),
                Just(Forgery::DeleteWithLink),
                Just(Forgery::DeleteAndLinkAnew),
                Just(Forgery::Insert),
                Just(Forgery::Swap),
                Just(Forgery::CutTail),
            ],
        ) {
            let whole = chain(9);
            let head = head_of(&whole);
            let flaws = walk(&forged(whole, place, how), &[head]);
            prop_assert!(!flaws.is_empty());
        }

        #[test]
        fn a_hash_reads_as_it_is_written(bytes in any::<[u8; 32]>()) {
            prop_assert_eq!(Hash::parse(&Hash(bytes).to_string()), Some(Hash(bytes)));
        }
    }

    #[test]
    fn what_is_wrong_is_named() {
        let head = head_of(&chain(9));
        let told = |how| walk(&forged(chain(9), 4, how), &[head]);
        assert_eq!(told(Forgery::Edit), [Flaw::Changed(5)]);
        assert_eq!(told(Forgery::Delete), [Flaw::Missing(5)]);
        assert_eq!(told(Forgery::DeleteWithLink), [Flaw::Gap(5)]);
        assert_eq!(told(Forgery::EditAndLinkAnew), [Flaw::Other(9)]);
        assert_eq!(told(Forgery::CutTail), [Flaw::Short(9)]);
    }

    #[test]
    fn links_stay_what_they_were() {
        // A chain of years ago is still to be followed.
        assert_eq!(
            Head::EMPTY.with(&row(1)).hash.to_string(),
            "06a09421c783650f41cbc01ab6b0a9c77c5d9441188fba4f323a2e7b6699a190"
        );
    }
}
