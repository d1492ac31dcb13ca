//! The queue of appeals: what somebody may see and wants to see of them, in the order in which they are due, page by
//! page. Callers name it by `appeal`. Who may see what, the policy says.

use std::collections::HashMap;
use std::fmt;
use std::str::FromStr;

use domain::appeal::state::StateKind;
use domain::id::{AccountId, AppealId, OrganisationId, RoomId};
use domain::moment::Moment;
use domain::text;
use domain::topic::Topic;
use sqlx::QueryBuilder;

use crate::appeal::{Columns, Row, SELECT};
use crate::condition::Condition;
use crate::engine::{Store, on_store};
use crate::error::StoreResult;
use crate::row;

/// Which appeals are wanted. `desks` and `rooms` say what one may see: either is enough, and with neither everything
/// may be seen. All else narrows.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Wanted {
    /// Opened by this resident.
    pub author: Option<AccountId>,
    /// Owned by one of these, or owned by nobody and in one of `desk_rooms`.
    pub desks: Option<Vec<OrganisationId>>,
    /// The rooms these desks serve.
    pub desk_rooms: Vec<RoomId>,
    /// In one of these.
    pub rooms: Option<Vec<RoomId>>,
    /// Owned by this organisation.
    pub organisation: Option<OrganisationId>,
    /// In this room.
    pub room: Option<RoomId>,
    /// In one of these states; in any when there are none.
    pub states: Vec<StateKind>,
    /// Given to this employee.
    pub assignee: Option<AccountId>,
    /// Given to nobody.
    pub unassigned: bool,
    /// About this.
    pub category: Option<Topic>,
    /// With a clock that runs and is due before this moment.
    pub due_before: Option<Moment>,
    /// With these words or digits in the excerpt, or these digits in the number.
    pub words: Option<String>,
    /// Newest first instead of due first.
    pub newest_first: bool,
}

/// The place of an appeal in one of the two orders. As text it is opaque to everybody else.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    newest_first: bool,
    pub(crate) tier: i64,
    pub(crate) turn: i64,
    id: AppealId,
}

/// The text is no place in a list of appeals.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a place in a list of appeals")]
pub struct NotAPlace;

impl Place {
    /// Where `row` stands: newest first by its opening, or due first. Then those come first of which a clock runs, by
    /// its due moment; then the open ones that are paused, the longest open first; then those nobody owes anything, the
    /// latest first.
    pub const fn of(row: &Row, newest_first: bool) -> Self {
        let (tier, turn) = match row.due_at {
            _ if newest_first => (0, row.opened_at.millis()),
            _ if !row.state.is_open() => (2, row.last_at.millis().saturating_neg()),
            Some(due_at) => (0, due_at.millis()),
            None => (1, row.opened_at.millis()),
        };
        Self { newest_first, tier, turn, id: row.id }
    }

    /// Whether it is a place of this order: after one of the other nothing comes.
    pub const fn suits(self, newest_first: bool) -> bool {
        self.newest_first == newest_first
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let order = if self.newest_first { "new" } else { "due" };
        write!(f, "{order}.{}.{}.{}", self.tier, self.turn, self.id)
    }
}
impl FromStr for Place {
    type Err = NotAPlace;
    fn from_str(text: &str) -> Result<Self, NotAPlace> {
        let mut parts = text.splitn(4, '.');
        let newest_first = match parts.next() {
            Some("new") => true,
            Some("due") => false,
            _ => return Err(NotAPlace),
        };
        let mut number = || parts.next().and_then(|part| part.parse().ok()).ok_or(NotAPlace);
        let (tier, turn) = (number()?, number()?);
        let id = parts.next().and_then(|part| part.parse().ok()).ok_or(NotAPlace)?;
        Ok(Self { newest_first, tier, turn, id })
    }
}

/// Up to `limit` wanted appeals after a place, due first or newest first.
///
/// # Errors
/// Those of the engine; a row that cannot be read is corrupt.
pub async fn list(
    store: &Store,
    wanted: &Wanted,
    after: Option<&Place>,
    limit: u32,
) -> StoreResult<Vec<Row>> {
    let mut condition = Condition::always();
    wanted.seen(&mut condition);
    wanted.narrow(&mut condition);
    if let Some(words) = &wanted.words {
        look_for(words, &mut condition);
    }
    if let Some(place) = after {
        wanted.come_after(place, &mut condition);
    }
    condition.sql(if wanted.newest_first {
        " order by opened_at desc, id desc"
    } else {
        " order by tier, turn, id"
    });
    page(store, condition, limit).await
}

/// The page that `condition`, which ends in an order, begins with.
async fn page(store: &Store, mut condition: Condition, limit: u32) -> StoreResult<Vec<Row>> {
    condition.sql(" limit ").number(i64::from(limit));
    on_store!(store, pool => {
        let mut query = QueryBuilder::<Db>::new(SELECT);
        condition.push_to(&mut query);
        query.build_query_as::<Columns>().fetch_all(pool).await
    })?
    .into_iter()
    .map(Columns::row)
    .collect()
}

impl Wanted {
    /// What one may see.
    fn seen(&self, condition: &mut Condition) {
        if self.desks.is_none() && self.rooms.is_none() {
            return;
        }
        condition.sql(" and (false");
        if let Some(desks) = &self.desks {
            condition.sql(" or ").one_of("organisation", desks);
            condition.sql(" or (organisation is null and ").one_of("room", &self.desk_rooms).sql(")");
        }
        if let Some(rooms) = &self.rooms {
            condition.sql(" or ").one_of("room", rooms);
        }
        condition.sql(")");
    }

    fn narrow(&self, condition: &mut Condition) {
        if let Some(author) = self.author {
            condition.sql(" and author = ").text(author);
        }
        if let Some(organisation) = self.organisation {
            condition.sql(" and organisation = ").text(organisation);
        }
        if let Some(room) = self.room {
            condition.sql(" and room = ").text(room);
        }
        if !self.states.is_empty() {
            condition.sql(" and ").one_of("state", self.states.iter().map(|state| state.word()));
        }
        if !self.states.is_empty() && self.states.iter().all(|state| state.is_open()) {
            // It follows from the states, but the engine does not know that: it need not walk through what is over.
            condition.sql(" and tier < 2");
        }
        if let Some(assignee) = self.assignee {
            condition.sql(" and assignee = ").text(assignee);
        }
        if self.unassigned {
            condition.sql(" and assignee is null");
        }
        if let Some(category) = self.category {
            condition.sql(" and category = ").text(category.key());
        }
        if let Some(moment) = self.due_before {
            // The tier of clocks that run, whose turn is their due moment: one index serves it.
            condition.sql(" and tier = 0 and turn < ").number(moment.millis());
        }
    }

    fn come_after(&self, place: &Place, condition: &mut Condition) {
        if !place.suits(self.newest_first) {
            condition.sql(" and false");
        } else if self.newest_first {
            condition.sql(" and (opened_at, id) < (").number(place.turn);
            condition.sql(", ").text(place.id).sql(")");
        } else {
            condition.sql(" and (tier, turn, id) > (").number(place.tier);
            condition.sql(", ").number(place.turn).sql(", ").text(place.id).sql(")");
        }
    }
}

/// Words as people compare them, and the digits alone where there is nothing but digits and what stands between them.
fn look_for(words: &str, condition: &mut Condition) {
    condition.sql(" and (folded like ").text(pattern(&text::fold(words))).sql(" escape '!'");
    let digits: String = words.chars().filter(char::is_ascii_digit).collect();
    let is_number = words.chars().all(|typed| typed.is_ascii_digit() || !typed.is_alphanumeric());
    if is_number && !digits.is_empty() {
        condition.sql(" or folded like ").text(pattern(&digits)).sql(" escape '!'");
    }
    condition.sql(")");
}

/// A pattern for what holds `part`.
fn pattern(part: &str) -> String {
    let mut pattern = String::from("%");
    for symbol in part.chars() {
        if matches!(symbol, '%' | '_' | '!') {
            pattern.push('!');
        }
        pattern.push(symbol);
    }
    pattern.push('%');
    pattern
}

/// Up to `limit` appeals after `after`, by id, that are open or answered: those whose moments may still change.
///
/// # Errors
/// Those of the engine; a row that cannot be read is corrupt.
pub async fn open_of(store: &Store, after: Option<AppealId>, limit: u32) -> StoreResult<Vec<AppealId>> {
    let alive = StateKind::ALL.into_iter().filter(|state| state.is_open() || *state == StateKind::Answered);
    let mut condition = Condition::always();
    condition.sql(" and ").one_of("state", alive.map(StateKind::word));
    if let Some(after) = after {
        condition.sql(" and id > ").text(after);
    }
    condition.sql(" order by id limit ").number(i64::from(limit));
    on_store!(store, pool => {
        let mut query = QueryBuilder::<Db>::new("select id from appeals where ");
        condition.push_to(&mut query);
        query.build_query_scalar::<String>().fetch_all(pool).await
    })?
    .iter()
    .map(|id| row::parse(id, "appeals", "id"))
    .collect()
}

/// Up to `limit` open appeals after `after` that one of these organisations owns or nobody does, oldest first.
///
/// # Errors
/// Those of the engine; a row that cannot be read is corrupt.
pub async fn waiting(
    store: &Store,
    organisations: &[OrganisationId],
    after: Option<&Row>,
    limit: u32,
) -> StoreResult<Vec<Row>> {
    let mut condition = Condition::always();
    condition.sql(" and tier < 2 and (organisation is null or ").one_of("organisation", organisations);
    condition.sql(")");
    if let Some(after) = after {
        condition.sql(" and (opened_at, id) > (").number(after.opened_at.millis());
        condition.sql(", ").text(after.id).sql(")");
    }
    condition.sql(" order by opened_at, id");
    page(store, condition, limit).await
}

/// How many open appeals of this organisation each of its employees has; who has none is left out.
///
/// # Errors
/// Those of the engine; a row that cannot be read is corrupt.
pub async fn loads(store: &Store, organisation: OrganisationId) -> StoreResult<HashMap<AccountId, u64>> {
    let sql = "select assignee, count(*) from appeals \
               where organisation = $1 and tier < 2 and assignee is not null group by assignee";
    on_store!(store, pool => {
        sqlx::query_as::<Db, (String, i64)>(sql).bind(organisation.to_string()).fetch_all(pool).await
    })?
    .into_iter()
    .map(|(assignee, count)| Ok((row::parse(&assignee, "appeals", "assignee")?, row::count(count))))
    .collect()
}
