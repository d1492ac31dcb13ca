//! Feeds: raising the number and appending. Numbers are counters in rows, raised in the transaction that
//! inserts; that alone makes them gapless. Reading what was appended is `entry`'s work.

use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap, HashSet};

use domain::author::Author;
use domain::feed::{Body, Feed, Head, Sealed};
use domain::id::{AccountId, EntryId};
use domain::message::Cid;
use domain::moment::Moment;
use sqlx::QueryBuilder;

use crate::cid::{self, Fate};
use crate::engine::{Store, Tx, on_store, on_tx};
use crate::entry::Written;
use crate::error::{StoreError, StoreResult};
use crate::{row, share};

/// Something to be appended.
#[derive(Debug, Clone)]
pub struct Draft {
    /// The feed.
    pub feed: Feed,
    /// The entry's id.
    pub id: EntryId,
    /// Who writes it.
    pub author: Author,
    /// What it says.
    pub body: Body,
    /// The client's name for the try and the digest of what it sent, where there is one.
    pub attempt: Option<(Cid, String)>,
}

/// What became of a draft.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// It is an entry now.
    Fresh(Written),
    /// The same try with the same content had made this entry before.
    Repeated(Written),
    /// The try had another content, or was given up.
    Conflict,
}

/// Creates a feed; one that is there already stays as it is.
///
/// # Errors
/// Those of the engine.
pub async fn create(tx: &mut Tx, feed: Feed, epoch: &str) -> StoreResult<()> {
    let sql = "insert into feeds (id, epoch, head, last_at) values ($1, $2, 0, 0) on conflict do nothing";
    on_tx!(tx, on => sqlx::query::<Db>(sql).bind(feed.to_string()).bind(epoch).execute(on).await.map(|_| ()))?;
    Ok(())
}

/// Appends `drafts` in their order and tells what became of each.
///
/// Tries are claimed first: no number is taken for one that repeats, and no outcome hangs on a statement that
/// fails, which on PostgreSQL would spoil the others. Feeds are locked in the order of their names, so that
/// two groups never wait for each other in a circle. A moment is never earlier than the feed's last one.
///
/// # Errors
/// [`StoreError::MissingParent`] when a feed or an author is not there; then nothing is appended.
pub async fn append(tx: &mut Tx, now: Moment, drafts: &[Draft]) -> StoreResult<Vec<Outcome>> {
    let fresh = claim(tx, drafts).await?;
    let landed = number(tx, now, drafts, &fresh).await?;
    insert(tx, drafts, &landed).await?;
    let repeated = drafts.iter().zip(&landed).filter(|(_, written)| written.is_none());
    let tries: Vec<_> = repeated.filter_map(|(draft, _)| draft.name()).collect();
    let fates = cid::fates(tx, &tries).await?;
    let outcome = |(draft, written): (&Draft, Option<Written>)| match (written, &draft.attempt) {
        (Some(written), _) => Outcome::Fresh(written),
        (None, Some((cid, digest))) => match fates.get(&(draft.author.account, cid.clone())) {
            Some(Fate::Written { digest: before, written }) if before == digest => {
                Outcome::Repeated(written.clone())
            }
            _ => Outcome::Conflict,
        },
        (None, None) => Outcome::Conflict,
    };
    Ok(drafts.iter().zip(landed).map(outcome).collect())
}

impl Draft {
    /// Author and name of its try.
    fn name(&self) -> Option<(AccountId, &Cid)> {
        self.attempt.as_ref().map(|(cid, _)| (self.author.account, cid))
    }
}

/// A try that is to be claimed: the first draft of its name, and the digest of that.
type Try<'a> = (&'a Draft, &'a str);

/// Claims the tries of `drafts`; `true` where the draft is to be appended.
async fn claim(tx: &mut Tx, drafts: &[Draft]) -> StoreResult<Vec<bool>> {
    // In one order everywhere, for two groups that claim the same tries.
    let mut wanted: BTreeMap<(AccountId, &Cid), (usize, Try<'_>)> = BTreeMap::new();
    for (index, draft) in drafts.iter().enumerate() {
        if let (Some(name), Some((_, digest))) = (draft.name(), &draft.attempt) {
            wanted.entry(name).or_insert((index, (draft, digest)));
        }
    }
    let (places, tries): (Vec<usize>, Vec<Try<'_>>) = wanted.into_values().unzip();
    let mut claimed = HashSet::with_capacity(tries.len());
    for piece in share::filled(&tries) {
        claimed.extend(claim_piece(tx, &piece).await?);
    }
    let mut fresh: Vec<bool> = drafts.iter().map(|draft| draft.attempt.is_none()).collect();
    for (place, (draft, _)) in places.into_iter().zip(tries) {
        if let Some(fresh) = fresh.get_mut(place) {
            *fresh = claimed.contains(&draft.id.to_string());
        }
    }
    Ok(fresh)
}

/// Gives the entries of the tries that nobody had claimed.
async fn claim_piece(tx: &mut Tx, tries: &[(&Try<'_>, bool)]) -> StoreResult<Vec<String>> {
    Ok(on_tx!(tx, on => {
        let mut query = QueryBuilder::<Db>::new("insert into cids (author, cid, digest, entry) ");
        query.push_values(tries, |mut values, ((draft, digest), _)| {
            values
                .push_bind(draft.author.account.to_string())
                .push_bind(draft.attempt.as_ref().map(|(cid, _)| cid.as_str()))
                .push_bind(*digest)
                .push_bind(draft.id.to_string());
        });
        query.push(" on conflict do nothing returning entry");
        query.build_query_scalar::<String>().fetch_all(on).await
    })?)
}

/// Raises the feeds of the fresh drafts and tells where each of these lands.
async fn number(
    tx: &mut Tx,
    now: Moment,
    drafts: &[Draft],
    fresh: &[bool],
) -> StoreResult<Vec<Option<Written>>> {
    let fresh = || drafts.iter().zip(fresh).map(|(draft, fresh)| fresh.then_some(draft));
    let mut counts: BTreeMap<Feed, u64> = BTreeMap::new();
    for draft in fresh().flatten() {
        *counts.entry(draft.feed).or_default() += 1;
    }
    let counts: Vec<(Feed, u64)> = counts.into_iter().collect();
    let mut next: HashMap<Feed, (u64, Moment)> = HashMap::with_capacity(counts.len());
    for piece in share::filled(&counts) {
        next.extend(raise(tx, &piece, now).await?);
    }
    for (feed, more) in counts {
        let (head, _) = next.get_mut(&feed).ok_or(StoreError::MissingParent(sqlx::Error::RowNotFound))?;
        *head = head.saturating_sub(more);
    }
    let mut place = |draft: &Draft| {
        let (head, at) = next.get_mut(&draft.feed)?;
        *head = head.saturating_add(1);
        Some(Written { feed: draft.feed, seq: *head, id: draft.id, at: *at })
    };
    Ok(fresh().map(|draft| draft.and_then(&mut place)).collect())
}

/// Raises the head of each feed by the number beside it; gives the new heads and the moments of the new entries.
/// Feeds that are not there are left out.
async fn raise(
    tx: &mut Tx,
    feeds: &[(&(Feed, u64), bool)],
    now: Moment,
) -> StoreResult<Vec<(Feed, (u64, Moment))>> {
    let lock = tx.locking();
    on_tx!(tx, on => {
        let mut query = QueryBuilder::<Db>::new("with risen (id, more) as (");
        query.push_values(feeds, |mut values, ((feed, more), _)| {
            values.push_bind(feed.to_string()).push_bind(row::bigint(*more));
        });
        query.push("), moved as (select feeds.id, head + more as raised, case when last_at > ");
        query.push_bind(now.millis()).push(" then last_at else ").push_bind(now.millis());
        query.push(" end as moment from risen join feeds on feeds.id = risen.id order by feeds.id").push(lock);
        query.push(
            ") update feeds set head = raised, last_at = moment from moved where feeds.id = moved.id \
             returning feeds.id, feeds.head, feeds.last_at",
        );
        query.build_query_as::<(String, i64, i64)>().fetch_all(on).await
    })?
    .into_iter()
    .map(|(id, head, at)| Ok((row::parse(&id, "feeds", "id")?, (row::count(head), Moment::from_millis(at)))))
    .collect()
}

async fn insert(tx: &mut Tx, drafts: &[Draft], landed: &[Option<Written>]) -> StoreResult<()> {
    let mut rows = Vec::with_capacity(drafts.len());
    for (draft, written) in drafts.iter().zip(landed) {
        if let Some(written) = written {
            let signature = draft.author.signature.as_ref();
            let signature = signature.map(|it| row::to_json(it, "entries", "signature")).transpose()?;
            rows.push((draft, written, signature, Columns::of(draft)?));
        }
    }
    for piece in share::filled(&rows) {
        insert_piece(tx, &piece).await?;
    }
    Ok(())
}

/// A draft, where it lands, its signature as JSON and what it says.
type Row<'a> = (&'a Draft, &'a Written, Option<String>, Columns<'a>);

async fn insert_piece(tx: &mut Tx, rows: &[(&Row<'_>, bool)]) -> StoreResult<()> {
    on_tx!(tx, on => {
        let mut query = QueryBuilder::<Db>::new(
            "insert into entries (feed, seq, id, at, kind, author, author_kind, alias, signature, \
             target, text, cid, hidden, sealed_for) select * from (",
        );
        query.push_values(rows, |mut values, ((draft, written, signature, columns), real)| {
            values
                .push_bind(written.feed.to_string())
                // What fills up has the number that no entry has.
                .push_bind(if *real { row::bigint(written.seq) } else { 0 })
                .push_bind(written.id.to_string())
                .push_bind(written.at.millis())
                .push_bind(columns.kind)
                .push_bind(draft.author.account.to_string())
                .push_bind(draft.author.kind.word())
                .push_bind(&draft.author.alias)
                .push_bind(signature)
                .push_bind(&columns.target)
                .push_bind(&*columns.text)
                .push_bind(draft.attempt.as_ref().map(|(cid, _)| cid.as_str()))
                .push_bind(false)
                .push_bind(columns.sealed_for.map(|owner| owner.to_string()));
        });
        // Both engines call the columns of rows without names so.
        query.push(") as rows where column2 > 0");
        query.build().execute(on).await.map(|_| ())
    })?;
    Ok(())
}

/// What an entry says, in columns.
struct Columns<'a> {
    kind: &'static str,
    target: Option<String>,
    text: Cow<'a, str>,
    sealed_for: Option<AccountId>,
}

impl<'a> Columns<'a> {
    fn of(draft: &'a Draft) -> StoreResult<Self> {
        let plain = |kind, target: Option<EntryId>, text: Option<&'a str>| Self {
            kind,
            target: target.map(|target| target.to_string()),
            text: text.unwrap_or_default().into(),
            sealed_for: None,
        };
        Ok(match &draft.body {
            Body::Message { text } => plain("message", None, text.as_deref()),
            Body::Sealed(Sealed { owner, data }) => {
                Self { sealed_for: Some(*owner), ..plain("message", None, Some(data)) }
            }
            Body::Edit { target, text } => plain("edit", Some(*target), text.as_deref()),
            Body::Hide { target, reason } => plain("hide", Some(*target), Some(reason)),
            Body::Appeal { card, opening } => Self {
                text: row::to_json(card, "entries", "text")?.into(),
                target: (!opening).then(|| card.id.to_string()),
                ..plain("appeal", None, None)
            },
            Body::Notice(notice) => {
                Self { text: row::to_json(notice, "entries", "text")?.into(), ..plain("notice", None, None) }
            }
        })
    }
}

/// How far a feed has come; `None` when there is no such feed.
///
/// # Errors
/// Those of the engine.
pub async fn head(store: &Store, feed: Feed) -> StoreResult<Option<Head>> {
    let sql = "select epoch, head, seen from feeds where id = $1";
    let found = on_store!(store, pool => {
        sqlx::query_as::<Db, (String, i64, i64)>(sql).bind(feed.to_string()).fetch_optional(pool).await
    })?;
    Ok(found.map(|(epoch, seq, seen)| Head { epoch, seq: row::count(seq), seen: row::count(seen) }))
}

/// How far each of these feeds has come; those that are not there are left out.
///
/// # Errors
/// Those of the engine; a row that cannot be read is corrupt.
pub async fn heads(store: &Store, feeds: &[Feed]) -> StoreResult<HashMap<Feed, Head>> {
    let mut heads = HashMap::with_capacity(feeds.len());
    for piece in share::filled(feeds) {
        let rows = on_store!(store, pool => {
            let mut query = QueryBuilder::<Db>::new("select id, epoch, head, seen from feeds where id in (");
            let mut list = query.separated(", ");
            for (feed, _) in piece {
                list.push_bind(feed.to_string());
            }
            query.push(")");
            query.build_query_as::<(String, String, i64, i64)>().fetch_all(pool).await
        })?;
        for (id, epoch, seq, seen) in rows {
            let head = Head { epoch, seq: row::count(seq), seen: row::count(seen) };
            heads.insert(row::parse(&id, "feeds", "id")?, head);
        }
    }
    Ok(heads)
}

/// The heads of all feeds that changed at `since` or later.
///
/// # Errors
/// Those of the engine; a row that cannot be read is corrupt.
pub async fn changed(store: &Store, since: Moment) -> StoreResult<Vec<(Feed, u64)>> {
    let sql = "select id, head from feeds where last_at >= $1";
    on_store!(store, pool => {
        sqlx::query_as::<Db, (String, i64)>(sql).bind(since.millis()).fetch_all(pool).await
    })?
    .into_iter()
    .map(|(id, head)| Ok((row::parse(&id, "feeds", "id")?, row::count(head))))
    .collect()
}
