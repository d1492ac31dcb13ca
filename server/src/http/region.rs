//! Regions.

use axum::extract::State;
use wire::page::Page;
use wire::problem::Problem;
use wire::region::Region;

use crate::acts::Acts;
use crate::acts::error::ActError;
use crate::http::App;
use crate::http::encode;
use crate::http::extract::{Caller, Path};
use crate::http::problem::HttpResult;

/// All regions.
#[utoipa::path(get, path = "/regions", tag = "regions", responses((status = 200, body = Page<Region>)))]
pub async fn regions(State(app): State<App>, Caller(actor): Caller) -> HttpResult<axum::Json<Page<Region>>> {
    Acts::admit_to_service(&actor, domain::policy::Act::SeeRegions)?;
    let now = app.acts.now();
    let catalogue = app.acts.catalogue();
    let items = catalogue.regions().map(|entry| encode::region(&catalogue, entry, now)).collect();
    Ok(axum::Json(Page { items, next: None }))
}

/// One region.
#[utoipa::path(get, path = "/regions/{code}", tag = "regions", params(("code" = String, Path)), responses(
    (status = 200, body = Region),
    (status = 404, body = Problem),
))]
pub async fn region(
    State(app): State<App>,
    Caller(actor): Caller,
    Path(code): Path<String>,
) -> HttpResult<axum::Json<Region>> {
    Acts::admit_to_service(&actor, domain::policy::Act::SeeRegions)?;
    let catalogue = app.acts.catalogue();
    let entry = catalogue.region(&code).ok_or_else(ActError::not_found)?;
    Ok(axum::Json(encode::region(&catalogue, entry, app.acts.now())))
}
