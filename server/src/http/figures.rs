//! Figures.

use axum::extract::State;
use domain::figures::{Figures as Counted, Spread as Times, Waits as Waited};
use domain::moment::Moment;
use serde::Deserialize;
use utoipa::IntoParams;
use wire::figures::{Figures, Filter, Group, Satisfaction, Spread, Tally, Waits};
use wire::problem::Problem;

use crate::acts::figures::{FiguresView, Question};
use crate::http::App;
use crate::http::extract::{Query, SignedIn};
use crate::http::problem::HttpResult;

/// Which figures.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct FiguresQuery {
    /// A region's code.
    region: Option<String>,
    /// An organisation's id.
    organisation: Option<String>,
    /// A room's id.
    room: Option<String>,
    /// A category.
    category: Option<String>,
    /// Opened from here on: a date of the zone named in the answer, or an instant.
    from: Option<String>,
    /// Opened until then: a date, whose day still counts, or an instant, which does not.
    to: Option<String>,
    /// Grouped by `organisation`, `room`, `category`, `week` or `day`.
    by: Option<String>,
}

/// How long people waited, what share was kept within the promise, and what came of it.
#[utoipa::path(get, path = "/figures", tag = "figures", params(FiguresQuery), responses(
    (status = 200, body = Figures),
    (status = 403, body = Problem),
    (status = 404, body = Problem),
    (status = 422, body = Problem),
))]
pub async fn figures(
    State(app): State<App>,
    SignedIn(person): SignedIn,
    Query(query): Query<FiguresQuery>,
) -> HttpResult<axum::Json<Figures>> {
    let FiguresQuery { region, organisation, room, category, from, to, by } = query;
    let question = Question { region, organisation, room, category, from, to, by };
    Ok(axum::Json(encode(&app.acts.figures(&person, &question).await?)))
}

fn encode(view: &FiguresView) -> Figures {
    let group = |(key, name, figures): &(String, String, Counted)| Group {
        key: key.clone(),
        name: name.clone(),
        figures: tally(figures),
    };
    Figures {
        all: tally(&view.all),
        groups: view.groups.iter().map(group).collect(),
        time_zone: view.time_zone.clone(),
        counted_at: view.counted_at.rfc3339(),
        filter: filter(view),
    }
}

fn filter(view: &FiguresView) -> Filter {
    let asked = &view.asked;
    let regions = asked.region.iter().chain(asked.regions.iter().flatten());
    let organisations = asked.organisation.iter().chain(asked.organisations.iter().flatten());
    let narrow = asked.region.is_some() || asked.organisation.is_some();
    Filter {
        regions: regions.take(if narrow { 1 } else { usize::MAX }).map(ToString::to_string).collect(),
        organisations: organisations
            .take(if asked.organisation.is_some() { 1 } else { usize::MAX })
            .map(ToString::to_string)
            .collect(),
        room: asked.room.map(|id| id.to_string()),
        category: asked.category.map(|topic| topic.key().into()),
        from: asked.from.map(Moment::rfc3339),
        to: asked.to.map(Moment::rfc3339),
    }
}

fn tally(figures: &Counted) -> Tally {
    Tally {
        appeals: figures.appeals,
        declared: figures.declared,
        confirmed: figures.confirmed,
        contested: figures.contested,
        silent: figures.silent,
        first_answer: waits(&figures.first_answer),
        final_answer: waits(&figures.final_answer),
        satisfaction: Satisfaction {
            mean: figures.satisfaction.mean,
            responses: figures.satisfaction.responses,
            rate: figures.satisfaction.rate,
        },
    }
}

fn waits(waits: &Waited) -> Waits {
    let Spread { mean, median, p90 } = spread(waits.working.as_ref());
    Waits { mean, median, p90, within: waits.within, wall: spread(waits.wall.as_ref()) }
}

fn spread(times: Option<&Times>) -> Spread {
    Spread {
        mean: times.map(|times| times.mean),
        median: times.map(|times| times.median),
        p90: times.map(|times| times.p90),
    }
}
