//! Clinics: the organisation a resident last asked by name. It is a habit, not a right: nothing hangs on it but where
//! an appeal that names nobody is first given.

use std::collections::HashMap;

use domain::id::{AccountId, OrganisationId};
use sqlx::QueryBuilder;

use crate::engine::{Store, Tx, on_store, on_tx};
use crate::error::StoreResult;
use crate::row;

/// Remembers that the resident asked this organisation, over the one before.
///
/// # Errors
/// [`crate::StoreError::MissingParent`] when the account or the organisation is not there.
pub async fn remember(tx: &mut Tx, account: AccountId, organisation: OrganisationId) -> StoreResult<()> {
    let sql = "insert into clinics (account, organisation) values ($1, $2) \
               on conflict (account) do update set organisation = excluded.organisation";
    on_tx!(tx, on => {
        sqlx::query::<Db>(sql)
            .bind(account.to_string())
            .bind(organisation.to_string())
            .execute(on)
            .await
            .map(|_| ())
    })?;
    Ok(())
}

/// The organisation the resident last asked; `None` when they have asked none.
///
/// # Errors
/// Those of the engine; a row that cannot be read is corrupt.
pub async fn of(store: &Store, account: AccountId) -> StoreResult<Option<OrganisationId>> {
    let sql = "select organisation from clinics where account = $1";
    let found = on_store!(store, pool => {
        sqlx::query_scalar::<Db, String>(sql).bind(account.to_string()).fetch_optional(pool).await
    })?;
    found.map(|organisation| row::parse(&organisation, "clinics", "organisation")).transpose()
}

/// The same of several residents; who has asked none is left out.
///
/// # Errors
/// Those of the engine; a row that cannot be read is corrupt.
pub async fn of_many(
    store: &Store,
    accounts: &[AccountId],
) -> StoreResult<HashMap<AccountId, OrganisationId>> {
    if accounts.is_empty() {
        return Ok(HashMap::new());
    }
    on_store!(store, pool => {
        let mut query =
            QueryBuilder::<Db>::new("select account, organisation from clinics where account in (");
        let mut list = query.separated(", ");
        for account in accounts {
            list.push_bind(account.to_string());
        }
        query.push(")");
        query.build_query_as::<(String, String)>().fetch_all(pool).await
    })?
    .into_iter()
    .map(|(account, organisation)| {
        Ok((
            row::parse(&account, "clinics", "account")?,
            row::parse(&organisation, "clinics", "organisation")?,
        ))
    })
    .collect()
}
