//! The HTTP API: routes, who asks, and the one mapping of errors. A handler decodes, calls one act and
//! encodes; rules live elsewhere. Knows neither the store nor who is listening.

mod account;
pub mod address;
mod appeal;
pub mod assets;
mod audit;
mod device;
mod encode;
mod encode_appeal;
pub mod extract;
mod figures;
mod grant;
pub mod layers;
mod message;
pub mod operations;
pub mod origin;
mod pages;
pub mod problem;
mod region;
mod repeat;
mod room;
mod roster;
mod second_factor;
mod session;
mod shell;
mod verification;

use std::net::IpAddr;
use std::sync::Arc;

use axum::Router;
use axum::extract::FromRef;
use axum::middleware::from_fn_with_state;
use utoipa::openapi::{InfoBuilder, OpenApi, OpenApiBuilder};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::acts::Acts;
use crate::http::origin::Origins;

/// The path under which the API lives.
pub const BASE: &str = "/api/v1";

/// What handlers need.
#[derive(Clone)]
pub struct App {
    /// Everything anyone can do.
    pub acts: Arc<Acts>,
    /// The pages that may call with a browser's credentials.
    pub origins: Arc<Origins>,
    /// The proxies whose word is taken.
    pub proxies: Arc<[IpAddr]>,
    /// The refresh cookie's form.
    pub cookie: session::CookieForm,
    /// The API's description.
    pub api: Arc<OpenApi>,
}

impl FromRef<App> for Arc<Acts> {
    fn from_ref(app: &App) -> Self {
        app.acts.clone()
    }
}

impl FromRef<App> for Arc<[IpAddr]> {
    fn from_ref(app: &App) -> Self {
        app.proxies.clone()
    }
}

/// The routes of the API and its description.
///
/// # Errors
/// The operations that have no row in the table of acts, or the rows without an operation: then the server
/// does not start.
pub fn api() -> Result<(Router<App>, OpenApi), operations::Unlisted> {
    let (router, mut api) = OpenApiRouter::with_openapi(description())
        .routes(routes!(session::sign_in, session::sessions, session::end_other_sessions))
        .routes(routes!(session::refresh))
        .routes(routes!(session::sign_out))
        .routes(routes!(session::end_session))
        .routes(routes!(second_factor::set_up))
        .routes(routes!(second_factor::confirm))
        .routes(routes!(account::sign_up))
        .routes(routes!(account::me))
        .routes(routes!(region::regions))
        .routes(routes!(region::region))
        .routes(routes!(room::rooms))
        .routes(routes!(room::room))
        .routes(routes!(room::invitation))
        .routes(routes!(room::join))
        .routes(routes!(room::leave))
        .routes(routes!(message::history, message::post))
        .routes(routes!(message::edit))
        .routes(routes!(message::hide))
        .routes(routes!(appeal::open, appeal::appeals))
        .routes(routes!(appeal::appeal))
        .routes(routes!(appeal::write))
        .routes(routes!(appeal::accept))
        .routes(routes!(appeal::release))
        .routes(routes!(appeal::assign))
        .routes(routes!(appeal::transfer))
        .routes(routes!(appeal::ask))
        .routes(routes!(appeal::final_answer))
        .routes(routes!(appeal::refuse))
        .routes(routes!(appeal::confirm))
        .routes(routes!(appeal::contest))
        .routes(routes!(appeal::rate))
        .routes(routes!(appeal::withdraw))
        .routes(routes!(appeal::merge))
        .routes(routes!(appeal::status))
        .routes(routes!(roster::roster))
        .routes(routes!(roster::add))
        .routes(routes!(roster::remove))
        .routes(routes!(audit::audit))
        .routes(routes!(verification::hand_out, verification::handed_out))
        .routes(routes!(verification::take_back))
        .routes(routes!(verification::verify))
        .routes(routes!(figures::figures))
        .routes(routes!(grant::propose))
        .routes(routes!(grant::approve))
        .routes(routes!(grant::revoke))
        .routes(routes!(pages::openapi))
        .split_for_parts();
    operations::check(&api)?;
    let paths = std::mem::take(&mut api.paths.paths);
    api.paths.paths = paths.into_iter().map(|(path, item)| (format!("{BASE}{path}"), item)).collect();
    Ok((router, api))
}

fn description() -> OpenApi {
    OpenApiBuilder::new()
        .info(
            InfoBuilder::new()
                .title("Medchat")
                .version(env!("CARGO_PKG_VERSION"))
                .description(Some(
                    "Residents ask, their hospitals answer. Ids are opaque, instants RFC 3339 in UTC.",
                ))
                .build(),
        )
        .build()
}

/// The whole site: API, pages and files. Routes of the socket are merged by whoever puts the server together.
///
/// # Errors
/// As [`api`].
pub fn site(acts: Arc<Acts>, options: Options) -> Result<(Router<App>, App), operations::Unlisted> {
    let (routes, description) = api()?;
    let app = App {
        acts,
        origins: Arc::new(options.origins),
        proxies: options.proxies.into(),
        cookie: options.cookie,
        api: Arc::new(description),
    };
    let routes = routes.route_layer(from_fn_with_state(app.clone(), repeat::remember));
    let router = Router::new()
        .nest(
            BASE,
            routes.fallback(problem::no_such_route).method_not_allowed_fallback(problem::no_such_method),
        )
        .merge(pages::routes());
    Ok((router, app))
}

pub use operations::Unlisted;
pub use session::CookieForm;

/// What the site must be told.
pub struct Options {
    /// The pages that may call with a browser's credentials.
    pub origins: Origins,
    /// The proxies whose word is taken.
    pub proxies: Vec<IpAddr>,
    /// The refresh cookie's form.
    pub cookie: CookieForm,
}
