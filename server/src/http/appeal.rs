//! Appeals: opening one, the queue, one whole, and every act done to one.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use utoipa::IntoParams;
use wire::appeal::{Appeal, AppealCard, AppealStatus, OpenedAppeal};
use wire::appeal_act::{
    ActOnAppeal, AskResident, AssignAppeal, ContestAppeal, GiveFinalAnswer, MergeAppeal, OpenAppeal,
    PostToAppeal, RateAppeal, RefuseAppeal, TransferAppeal, WrittenInLane,
};
use wire::page::Page;
use wire::problem::Problem;

use crate::acts::appeal_answer::Letter;
use crate::acts::appeal_list::Queue;
use crate::acts::appeal_open::Question;
use crate::acts::error::ActResult;
use crate::http::App;
use crate::http::address::From;
use crate::http::encode_appeal as encode;
use crate::http::extract::{Caller, Json, Path, Query, SignedIn, limit};
use crate::http::problem::HttpResult;

/// Which appeals.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct QueueQuery {
    /// States, separated by commas; `open` stands for all open ones.
    state: Option<String>,
    /// The id of the organisation that owes the answer.
    organisation: Option<String>,
    /// The room's id.
    room: Option<String>,
    /// A category.
    category: Option<String>,
    /// With a clock that is due before this instant.
    due_before: Option<String>,
    /// Only one's own: those a colleague has; residents see no others anyway.
    mine: Option<bool>,
    /// Only those nobody has.
    unassigned: Option<bool>,
    /// The id of the author, for staff.
    author: Option<String>,
    /// Words of the public text, or digits of the number.
    q: Option<String>,
    /// The cursor of the page before.
    after: Option<String>,
    /// From 1 to 100.
    limit: Option<u32>,
}

/// A number and its code.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct StatusQuery {
    /// The number.
    number: String,
    /// The code.
    code: String,
}

/// Opens an appeal; answers when it is durable.
#[utoipa::path(post, path = "/appeals", tag = "appeals", request_body = OpenAppeal, responses(
    (status = 200, body = OpenedAppeal, description = "The same try had opened it before"),
    (status = 201, body = OpenedAppeal),
    (status = 403, body = Problem, description = "`not_verified` or `not_allowed`"),
    (status = 404, body = Problem),
    (status = 409, body = Problem, description = "`cid_conflict`, or `wrong_state` while a read-only room is closed"),
    (status = 422, body = Problem),
    (status = 429, body = Problem),
))]
pub async fn open(
    State(app): State<App>,
    SignedIn(person): SignedIn,
    Json(body): Json<OpenAppeal>,
) -> HttpResult<Response> {
    let OpenAppeal { cid, room, organisation, category, text, private_text, from, acknowledged: _ } = body;
    let from = from.unwrap_or_default();
    let question = Question { cid, room, organisation, category, text, private_text, from };
    let opened = app.acts.open_appeal(&person, question).await?;
    let status = if opened.fresh { StatusCode::CREATED } else { StatusCode::OK };
    Ok((status, axum::Json(encode::opened(&opened))).into_response())
}

/// The appeals one works on, watches or has opened; those due first come first, one's own newest first.
#[utoipa::path(get, path = "/appeals", tag = "appeals", params(QueueQuery), responses(
    (status = 200, body = Page<AppealCard>),
    (status = 422, body = Problem),
))]
pub async fn appeals(
    State(app): State<App>,
    SignedIn(person): SignedIn,
    Query(query): Query<QueueQuery>,
) -> HttpResult<axum::Json<Page<AppealCard>>> {
    let queue = Queue {
        state: query.state,
        organisation: query.organisation,
        room: query.room,
        category: query.category,
        due_before: query.due_before,
        mine: query.mine.unwrap_or_default(),
        unassigned: query.unassigned.unwrap_or_default(),
        author: query.author,
        words: query.q,
        after: query.after,
        limit: limit(query.limit)? as usize,
    };
    let (cards, next) = app.acts.appeals(&person, &queue).await?;
    let items = cards.iter().map(|(card, author)| AppealCard::new(card, author)).collect();
    Ok(axum::Json(Page { items, next }))
}

/// One appeal with its log and the lanes one may read.
#[utoipa::path(get, path = "/appeals/{id}", tag = "appeals", params(("id" = String, Path)), responses(
    (status = 200, body = Appeal),
    (status = 401, body = Problem, description = "This region asks readers to sign in"),
    (status = 404, body = Problem),
))]
pub async fn appeal(
    State(app): State<App>,
    Caller(actor): Caller,
    Path(id): Path<String>,
) -> HttpResult<axum::Json<Appeal>> {
    Ok(axum::Json(encode::appeal(&app.acts.appeal(&actor, &id).await?)))
}

/// Writes a message in an appeal; answers when it is durable.
#[utoipa::path(post, path = "/appeals/{id}/messages", tag = "appeals", params(("id" = String, Path)),
    request_body = PostToAppeal, responses(
    (status = 200, body = WrittenInLane, description = "The same try had landed before"),
    (status = 201, body = WrittenInLane),
    (status = 403, body = Problem),
    (status = 404, body = Problem),
    (status = 409, body = Problem, description = "`cid_conflict`, `stale_view` with the missing entries, `wrong_state`"),
    (status = 422, body = Problem),
    (status = 429, body = Problem),
))]
pub async fn write(
    State(app): State<App>,
    SignedIn(person): SignedIn,
    Path(appeal): Path<String>,
    Json(body): Json<PostToAppeal>,
) -> HttpResult<Response> {
    let PostToAppeal { cid, lane, text, seen, acknowledged: _ } = body;
    let letter = Letter { appeal, lane: lane.map(Into::into), text, seen };
    let landed = app.acts.write_to_appeal(&person, &cid, letter).await?;
    let status = if landed.fresh { StatusCode::CREATED } else { StatusCode::OK };
    Ok((status, axum::Json(encode::written_in_lane(&landed.written))).into_response())
}

/// The answer to an act: the appeal as it stands after it.
async fn after(
    app: &App,
    person: &domain::actor::Person,
    id: &str,
    done: ActResult<()>,
) -> HttpResult<axum::Json<Appeal>> {
    done?;
    Ok(axum::Json(encode::appeal(&app.acts.appeal_after_act(person, id).await?)))
}

/// Takes an appeal.
#[utoipa::path(post, path = "/appeals/{id}/accept", tag = "appeals", params(("id" = String, Path)),
    request_body = ActOnAppeal, responses(
    (status = 200, body = Appeal), (status = 403, body = Problem), (status = 404, body = Problem),
    (status = 409, body = Problem, description = "`wrong_state`"),
))]
pub async fn accept(
    State(app): State<App>,
    SignedIn(person): SignedIn,
    Path(id): Path<String>,
    Json(ActOnAppeal {}): Json<ActOnAppeal>,
) -> HttpResult<axum::Json<Appeal>> {
    after(&app, &person, &id, app.acts.accept_appeal(&person, &id).await).await
}

/// Gives an appeal back for a colleague to take.
#[utoipa::path(post, path = "/appeals/{id}/release", tag = "appeals", params(("id" = String, Path)),
    request_body = ActOnAppeal, responses(
    (status = 200, body = Appeal), (status = 403, body = Problem), (status = 404, body = Problem),
    (status = 409, body = Problem, description = "`wrong_state`"),
))]
pub async fn release(
    State(app): State<App>,
    SignedIn(person): SignedIn,
    Path(id): Path<String>,
    Json(ActOnAppeal {}): Json<ActOnAppeal>,
) -> HttpResult<axum::Json<Appeal>> {
    after(&app, &person, &id, app.acts.release_appeal(&person, &id).await).await
}

/// Gives an appeal to a colleague.
#[utoipa::path(post, path = "/appeals/{id}/assign", tag = "appeals", params(("id" = String, Path)),
    request_body = AssignAppeal, responses(
    (status = 200, body = Appeal), (status = 403, body = Problem), (status = 404, body = Problem),
    (status = 409, body = Problem, description = "`wrong_state`"), (status = 422, body = Problem),
))]
pub async fn assign(
    State(app): State<App>,
    SignedIn(person): SignedIn,
    Path(id): Path<String>,
    Json(AssignAppeal { staff }): Json<AssignAppeal>,
) -> HttpResult<axum::Json<Appeal>> {
    after(&app, &person, &id, app.acts.assign_appeal(&person, &id, &staff).await).await
}

/// Passes an appeal to another organisation of the region; its clocks go on.
#[utoipa::path(post, path = "/appeals/{id}/transfer", tag = "appeals", params(("id" = String, Path)),
    request_body = TransferAppeal, responses(
    (status = 200, body = Appeal), (status = 403, body = Problem), (status = 404, body = Problem),
    (status = 409, body = Problem, description = "`wrong_state`"), (status = 422, body = Problem),
))]
pub async fn transfer(
    State(app): State<App>,
    SignedIn(person): SignedIn,
    Path(id): Path<String>,
    Json(TransferAppeal { organisation, reason }): Json<TransferAppeal>,
) -> HttpResult<axum::Json<Appeal>> {
    let done = app.acts.transfer_appeal(&person, &id, &organisation, &reason).await;
    after(&app, &person, &id, done).await
}

/// Asks the author something; the final answer's clock waits for the reply.
#[utoipa::path(post, path = "/appeals/{id}/ask", tag = "appeals", params(("id" = String, Path)),
    request_body = AskResident, responses(
    (status = 200, body = Appeal), (status = 403, body = Problem), (status = 404, body = Problem),
    (status = 409, body = Problem, description = "`wrong_state`, `stale_view`"), (status = 422, body = Problem),
))]
pub async fn ask(
    State(app): State<App>,
    SignedIn(person): SignedIn,
    Path(id): Path<String>,
    Json(AskResident { text, lane, seen }): Json<AskResident>,
) -> HttpResult<axum::Json<Appeal>> {
    let letter = Letter { appeal: id.clone(), lane: lane.map(Into::into), text, seen };
    after(&app, &person, &id, app.acts.ask_resident(&person, letter).await).await
}

/// Gives the final answer.
#[utoipa::path(post, path = "/appeals/{id}/final-answer", tag = "appeals", params(("id" = String, Path)),
    request_body = GiveFinalAnswer, responses(
    (status = 200, body = Appeal), (status = 403, body = Problem), (status = 404, body = Problem),
    (status = 409, body = Problem, description = "`wrong_state`, `stale_view`"), (status = 422, body = Problem),
))]
pub async fn final_answer(
    State(app): State<App>,
    SignedIn(person): SignedIn,
    Path(id): Path<String>,
    Json(GiveFinalAnswer { text, outcome, lane, seen }): Json<GiveFinalAnswer>,
) -> HttpResult<axum::Json<Appeal>> {
    let letter = Letter { appeal: id.clone(), lane: lane.map(Into::into), text, seen };
    after(&app, &person, &id, app.acts.answer_finally(&person, letter, outcome.into()).await).await
}

/// Refuses an appeal, with a reason.
#[utoipa::path(post, path = "/appeals/{id}/refuse", tag = "appeals", params(("id" = String, Path)),
    request_body = RefuseAppeal, responses(
    (status = 200, body = Appeal), (status = 403, body = Problem), (status = 404, body = Problem),
    (status = 409, body = Problem, description = "`wrong_state`"), (status = 422, body = Problem),
))]
pub async fn refuse(
    State(app): State<App>,
    SignedIn(person): SignedIn,
    Path(id): Path<String>,
    Json(RefuseAppeal { reason }): Json<RefuseAppeal>,
) -> HttpResult<axum::Json<Appeal>> {
    after(&app, &person, &id, app.acts.refuse_appeal(&person, &id, &reason).await).await
}

/// Confirms the final answer.
#[utoipa::path(post, path = "/appeals/{id}/confirm", tag = "appeals", params(("id" = String, Path)),
    request_body = ActOnAppeal, responses(
    (status = 200, body = Appeal), (status = 403, body = Problem), (status = 404, body = Problem),
    (status = 409, body = Problem, description = "`wrong_state`"),
))]
pub async fn confirm(
    State(app): State<App>,
    SignedIn(person): SignedIn,
    Path(id): Path<String>,
    Json(ActOnAppeal {}): Json<ActOnAppeal>,
) -> HttpResult<axum::Json<Appeal>> {
    after(&app, &person, &id, app.acts.confirm_answer(&person, &id).await).await
}

/// Contests the final answer; the next cycle begins.
#[utoipa::path(post, path = "/appeals/{id}/contest", tag = "appeals", params(("id" = String, Path)),
    request_body = ContestAppeal, responses(
    (status = 200, body = Appeal), (status = 403, body = Problem), (status = 404, body = Problem),
    (status = 409, body = Problem, description = "`wrong_state`"), (status = 422, body = Problem),
))]
pub async fn contest(
    State(app): State<App>,
    SignedIn(person): SignedIn,
    Path(id): Path<String>,
    Json(ContestAppeal { reason }): Json<ContestAppeal>,
) -> HttpResult<axum::Json<Appeal>> {
    after(&app, &person, &id, app.acts.contest_answer(&person, &id, &reason).await).await
}

/// Rates the final answer, once.
#[utoipa::path(post, path = "/appeals/{id}/rate", tag = "appeals", params(("id" = String, Path)),
    request_body = RateAppeal, responses(
    (status = 200, body = Appeal), (status = 403, body = Problem), (status = 404, body = Problem),
    (status = 409, body = Problem, description = "`wrong_state`, `already_done`"), (status = 422, body = Problem),
))]
pub async fn rate(
    State(app): State<App>,
    SignedIn(person): SignedIn,
    Path(id): Path<String>,
    Json(RateAppeal { score, comment }): Json<RateAppeal>,
) -> HttpResult<axum::Json<Appeal>> {
    after(&app, &person, &id, app.acts.rate_answer(&person, &id, score, comment.as_deref()).await).await
}

/// Takes an appeal back.
#[utoipa::path(post, path = "/appeals/{id}/withdraw", tag = "appeals", params(("id" = String, Path)),
    request_body = ActOnAppeal, responses(
    (status = 200, body = Appeal), (status = 403, body = Problem), (status = 404, body = Problem),
    (status = 409, body = Problem, description = "`wrong_state`"),
))]
pub async fn withdraw(
    State(app): State<App>,
    SignedIn(person): SignedIn,
    Path(id): Path<String>,
    Json(ActOnAppeal {}): Json<ActOnAppeal>,
) -> HttpResult<axum::Json<Appeal>> {
    after(&app, &person, &id, app.acts.withdraw_appeal(&person, &id).await).await
}

/// Joins an appeal to another one, which goes on for both.
#[utoipa::path(post, path = "/appeals/{id}/merge", tag = "appeals", params(("id" = String, Path)),
    request_body = MergeAppeal, responses(
    (status = 200, body = Appeal), (status = 403, body = Problem), (status = 404, body = Problem),
    (status = 409, body = Problem, description = "`wrong_state`"), (status = 422, body = Problem),
))]
pub async fn merge(
    State(app): State<App>,
    SignedIn(person): SignedIn,
    Path(id): Path<String>,
    Json(MergeAppeal { into }): Json<MergeAppeal>,
) -> HttpResult<axum::Json<Appeal>> {
    after(&app, &person, &id, app.acts.merge_appeals(&person, &id, &into).await).await
}

/// An appeal's state for whoever holds its number and code.
#[utoipa::path(get, path = "/status", tag = "appeals", params(StatusQuery), responses(
    (status = 200, body = AppealStatus),
    (status = 404, body = Problem),
    (status = 422, body = Problem, description = "A digit or a symbol is mistyped"),
    (status = 429, body = Problem),
))]
pub async fn status(
    State(app): State<App>,
    Caller(actor): Caller,
    From(from): From,
    Query(StatusQuery { number, code }): Query<StatusQuery>,
) -> HttpResult<axum::Json<AppealStatus>> {
    Ok(axum::Json(encode::status(&app.acts.status(&actor, from, &number, &code).await?)))
}
