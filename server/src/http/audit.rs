//! The audit.

use axum::extract::State;
use domain::audit::Row;
use serde::Deserialize;
use utoipa::IntoParams;
use wire::audit::{AuditActor, AuditRow};
use wire::page::Page;
use wire::problem::Problem;

use crate::acts::audit_read::{AuditPage, Search};
use crate::http::App;
use crate::http::extract::{Query, SignedIn, limit};
use crate::http::problem::HttpResult;

/// Which rows.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct AuditQuery {
    /// An account's id.
    actor: Option<String>,
    /// An act's word, `grant.give`, or the kind before the dot.
    act: Option<String>,
    /// What it was done to, as `kind:id`.
    target: Option<String>,
    /// From this instant on.
    from: Option<String>,
    /// Before this instant.
    to: Option<String>,
    /// The `next` of the page before.
    after: Option<String>,
    /// How many, up to 100.
    limit: Option<u32>,
}

/// Who did what to what, and why; newest first.
#[utoipa::path(get, path = "/audit", tag = "people", params(AuditQuery), responses(
    (status = 200, body = Page<AuditRow>),
    (status = 403, body = Problem, description = "One is no auditor"),
    (status = 422, body = Problem),
))]
pub async fn audit(
    State(app): State<App>,
    SignedIn(person): SignedIn,
    Query(query): Query<AuditQuery>,
) -> HttpResult<axum::Json<Page<AuditRow>>> {
    let AuditQuery { actor, act, target, from, to, after, limit: most } = query;
    let limit = limit(most)? as usize;
    let search = Search { actor, act, target, from, to, after, limit };
    let page = app.acts.audit(&person, &search).await?;
    let items = page.rows.iter().map(|row| encode(row, &page)).collect();
    Ok(axum::Json(Page { items, next: page.next.clone() }))
}

fn encode(row: &Row, page: &AuditPage) -> AuditRow {
    let actor = row
        .actor
        .map(|id| AuditActor { id: id.to_string(), name: page.names.get(&id).cloned().unwrap_or_default() });
    AuditRow {
        id: row.id.to_string(),
        at: row.at.rfc3339(),
        actor,
        act: row.act.clone(),
        target: row.target.clone(),
        reason: row.reason.clone(),
    }
}
