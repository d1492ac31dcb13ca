//! Feeds: raising the number and appending. Numbers are counters in rows, raised in the transaction that
//! inserts; that alone makes them gapless. Reading what was appended is `entry`'s work.

use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap};

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
use crate::row;

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
/// fails, which on PostgreSQL would spoil the others. Feeds are raised in the order of their names, so that
/// two groups never wait for each other in a circle. A moment is never earlier than the feed's last one.
///
/// # Errors
/// [`StoreError::MissingParent`] when a feed or an author is not there; then nothing is appended.
pub async fn append(tx: &mut Tx, now: Moment, drafts: &[Draft]) -> StoreResult<Vec<Outcome>> {
    let fresh = claim(tx, drafts).await?;
    let mut by_feed: BTreeMap<Feed, Vec<usize>> = BTreeMap::new();
    for (index, draft) in drafts.iter().enumerate() {
        if fresh.get(index) == Some(&true) {
            by_feed.entry(draft.feed).or_default().push(index);
        }
    }
    let mut landed: HashMap<usize, Written> = HashMap::new();
    for (feed, indices) in by_feed {
        let (head, at) = raise(tx, feed, indices.len(), now).await?;
        let first = head.saturating_sub(indices.len() as u64);
        for (seq, index) in (first.saturating_add(1)..).zip(indices) {
            if let Some(draft) = drafts.get(index) {
                landed.insert(index, Written { feed, seq, id: draft.id, at });
            }
        }
    }
    insert(tx, drafts, &landed).await?;
    let mut outcomes = Vec::with_capacity(drafts.len());
    for (index, draft) in drafts.iter().enumerate() {
        outcomes.push(match landed.remove(&index) {
            Some(written) => Outcome::Fresh(written),
            None => earlier(tx, draft).await?,
        });
    }
    Ok(outcomes)
}

/// How many of `left` rows the next statement writes. Each connection prepares a statement of every size once
/// and keeps it, so there are few sizes: all up to 16, then powers of two up to 256. Left to chance, groups push
/// everything else out of that memory. SQLite takes 32 766 parameters in one statement.
fn share(left: usize) -> usize {
    match left {
        0..=16 => left,
        17..256 => 1 << left.ilog2(),
        _ => 256,
    }
}

/// Claims the tries of `drafts`; `true` where the draft is to be appended.
async fn claim(tx: &mut Tx, drafts: &[Draft]) -> StoreResult<Vec<bool>> {
    // In one order everywhere, for two groups that claim the same tries.
    let mut wanted: BTreeMap<(String, String), (usize, &str)> = BTreeMap::new();
    for (index, draft) in drafts.iter().enumerate() {
        if let Some((cid, digest)) = &draft.attempt {
            let key = (draft.author.account.to_string(), cid.to_string());
            wanted.entry(key).or_insert((index, digest));
        }
    }
    let mut fresh: Vec<bool> = drafts.iter().map(|draft| draft.attempt.is_none()).collect();
    let tries: Vec<_> = wanted.iter().collect();
    let mut left = tries.as_slice();
    while !left.is_empty() {
        let (chunk, rest) = left.split_at(share(left.len()));
        left = rest;
        for key in claim_rows(tx, drafts, chunk).await? {
            if let Some(claimed) = wanted.get(&key).and_then(|(index, _)| fresh.get_mut(*index)) {
                *claimed = true;
            }
        }
    }
    Ok(fresh)
}

/// Author and name of a try; where its first draft is, and the digest of that.
type Try<'a> = (&'a (String, String), &'a (usize, &'a str));

/// Gives author and name of the tries that nobody had claimed.
async fn claim_rows(tx: &mut Tx, drafts: &[Draft], tries: &[Try<'_>]) -> StoreResult<Vec<(String, String)>> {
    Ok(on_tx!(tx, on => {
        let mut query = QueryBuilder::<Db>::new("insert into cids (author, cid, digest, entry) ");
        query.push_values(tries, |mut values, ((author, cid), (index, digest))| {
            values
                .push_bind(author)
                .push_bind(cid)
                .push_bind(*digest)
                .push_bind(drafts.get(*index).map(|draft| draft.id.to_string()));
        });
        query.push(" on conflict do nothing returning author, cid");
        query.build_query_as::<(String, String)>().fetch_all(on).await
    })?)
}

/// Raises the head of a feed by `by`; gives the new head and the moment of its new entries.
async fn raise(tx: &mut Tx, feed: Feed, by: usize, now: Moment) -> StoreResult<(u64, Moment)> {
    let sql = "update feeds set head = head + $2, \
               last_at = case when last_at > $3 then last_at else $3 end where id = $1 returning head, last_at";
    let raised = on_tx!(tx, on => {
        sqlx::query_as::<Db, (i64, i64)>(sql)
            .bind(feed.to_string())
            .bind(row::bigint(by as u64))
            .bind(now.millis())
            .fetch_optional(on)
            .await
    })?;
    let (head, at) = raised.ok_or(StoreError::MissingParent(sqlx::Error::RowNotFound))?;
    Ok((row::count(head), Moment::from_millis(at)))
}

async fn insert(tx: &mut Tx, drafts: &[Draft], landed: &HashMap<usize, Written>) -> StoreResult<()> {
    let mut rows = Vec::with_capacity(landed.len());
    for (index, draft) in drafts.iter().enumerate() {
        if let Some(written) = landed.get(&index) {
            let signature = draft.author.signature.as_ref();
            let signature = signature.map(|it| row::to_json(it, "entries", "signature")).transpose()?;
            rows.push((draft, written, signature, Columns::of(draft)?));
        }
    }
    let mut left = rows.as_slice();
    while !left.is_empty() {
        let (chunk, rest) = left.split_at(share(left.len()));
        left = rest;
        insert_rows(tx, chunk).await?;
    }
    Ok(())
}

async fn insert_rows(
    tx: &mut Tx,
    rows: &[(&Draft, &Written, Option<String>, Columns<'_>)],
) -> StoreResult<()> {
    on_tx!(tx, on => {
        let mut query = QueryBuilder::<Db>::new(
            "insert into entries (feed, seq, id, at, kind, author, author_kind, alias, signature, \
             target, text, cid, hidden, sealed_for) ",
        );
        query.push_values(rows, |mut values, (draft, written, signature, columns)| {
            values
                .push_bind(written.feed.to_string())
                .push_bind(row::bigint(written.seq))
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
        query.build().execute(on).await.map(|_| ())
    })?;
    Ok(())
}

/// What became of the try when it was made before.
async fn earlier(tx: &mut Tx, draft: &Draft) -> StoreResult<Outcome> {
    let Some((cid, digest)) = &draft.attempt else { return Ok(Outcome::Conflict) };
    Ok(match cid::find(tx, draft.author.account, cid).await? {
        Some(Fate::Written { digest: before, written }) if before == *digest => Outcome::Repeated(written),
        _ => Outcome::Conflict,
    })
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
    if feeds.is_empty() {
        return Ok(HashMap::new());
    }
    on_store!(store, pool => {
        let mut query = QueryBuilder::<Db>::new("select id, epoch, head, seen from feeds where id in (");
        let mut list = query.separated(", ");
        for feed in feeds {
            list.push_bind(feed.to_string());
        }
        query.push(")");
        query.build_query_as::<(String, String, i64, i64)>().fetch_all(pool).await
    })?
    .into_iter()
    .map(|(id, epoch, seq, seen)| {
        Ok((row::parse(&id, "feeds", "id")?, Head { epoch, seq: row::count(seq), seen: row::count(seen) }))
    })
    .collect()
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
