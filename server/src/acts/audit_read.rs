//! Reading the audit: who did what to what, and why. For auditors alone; whoever leads or runs the place does not read
//! there what others did.

use std::collections::HashMap;

use domain::actor::{Actor, Person};
use domain::audit::Row;
use domain::id::AccountId;
use domain::moment::Moment;
use domain::policy::Act;
use store::audit::Asked;

use crate::acts::Acts;
use crate::acts::error::{ActError, ActResult};

/// Which rows are wanted; everything that is said must hold.
#[derive(Debug, Clone, Default)]
pub struct Search {
    /// By this account.
    pub actor: Option<String>,
    /// Acts of this word, or of this kind: `grant` for `grant.give` too.
    pub act: Option<String>,
    /// Done to this, as `kind:id`.
    pub target: Option<String>,
    /// From this instant on.
    pub from: Option<String>,
    /// Before this instant.
    pub to: Option<String>,
    /// After this place, as a page before has told it.
    pub after: Option<String>,
    /// At most so many.
    pub limit: usize,
}

/// A page of the audit.
pub struct AuditPage {
    /// Its rows, newest first.
    pub rows: Vec<Row>,
    /// The names of those who did it, as colleagues know them.
    pub names: HashMap<AccountId, String>,
    /// The place after which the next page begins.
    pub next: Option<String>,
}

impl Acts {
    /// The rows that `search` asks for.
    ///
    /// # Errors
    /// [`ActError::Denied`]; [`ActError::Invalid`] for a filter that means nothing; those of the store.
    pub async fn audit(&self, person: &Person, search: &Search) -> ActResult<AuditPage> {
        Self::admit_to_service(&Actor::Person(person.clone()), Act::SeeAudit)?;
        let asked = asked(search)?;
        let limit = u32::try_from(search.limit.saturating_add(1)).unwrap_or(u32::MAX);
        let mut rows = store::audit::search(&self.store, &asked, limit).await?;
        let more = rows.len() > search.limit;
        rows.truncate(search.limit);
        let next = rows.last().filter(|_| more).map(|row| format!("{}-{}", row.at.millis(), row.id));
        let mut actors: Vec<AccountId> = rows.iter().filter_map(|row| row.actor).collect();
        actors.sort_unstable();
        actors.dedup();
        let names = store::account::names(&self.store, &actors).await?;
        Ok(AuditPage { rows, names, next })
    }
}

fn asked(search: &Search) -> ActResult<Asked> {
    let unknown =
        |field: &'static str| move || ActError::invalid(field, "unknown", "this means nothing here");
    let moment = |field, text: &Option<String>| {
        text.as_deref().map(|text| Moment::parse_rfc3339(text).ok_or_else(unknown(field))).transpose()
    };
    let actor = search.actor.as_deref().map(|id| id.parse().map_err(|_| unknown("actor")()));
    // A word of an act is letters, dots and low lines: nothing a pattern could trip over but the last, which is any letter.
    let is_word = |word: &String| word.bytes().all(|byte| matches!(byte, b'a'..=b'z' | b'.' | b'_'));
    if search.act.as_ref().is_some_and(|act| !is_word(act)) {
        return Err(unknown("act")());
    }
    let after = search.after.as_deref().map(|place| {
        let (at, id) = place.split_once('-').ok_or_else(unknown("after"))?;
        let at = at.parse().map(Moment::from_millis).map_err(|_| unknown("after")())?;
        Ok::<_, ActError>((at, id.to_owned()))
    });
    Ok(Asked {
        actor: actor.transpose()?,
        act: search.act.clone(),
        target: search.target.clone(),
        from: moment("from", &search.from)?,
        to: moment("to", &search.to)?,
        after: after.transpose()?,
    })
}
