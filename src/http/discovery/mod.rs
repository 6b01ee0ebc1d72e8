//! `/sd/pods`: what runs on the pods, as targets for Prometheus's `http_sd`.
//!
//! It answers from the last scrape and sends no request to Runpod. Prometheus keeps its targets while a discovery fails, so an
//! account about which nothing is known fails the request: an incomplete list would remove targets that still exist.

mod known;
mod query;
mod target;

use axum::Json;
use axum::extract::{RawQuery, State};
use axum::http::header::HOST;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};

use self::query::Query;
use self::target::{Target, targets};
use super::Context;
use crate::settings::Mode;

/// A status with one line that says why.
type Refusal = (StatusCode, String);

/// `/sd/pods?port=N`: one target for each running pod that exposes the port.
pub(super) async fn pods(
    State(context): State<Context>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Response {
    let host = headers.get(HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
    match discover(&context, query.as_deref().unwrap_or_default(), host) {
        Ok(targets) => Json(targets).into_response(),
        Err((status, reason)) => (status, format!("{reason}\n")).into_response(),
    }
}

fn discover(context: &Context, query: &str, host: &str) -> Result<Vec<Target>, Refusal> {
    if matches!(context.mode, Mode::Replay) {
        let reason = "the pods of a recording are stand-ins, which nothing may connect to";
        return Err((StatusCode::NOT_FOUND, reason.to_owned()));
    }
    let query = Query::parse(query).map_err(|error| (StatusCode::BAD_REQUEST, error.to_string()))?;
    let accounts = context.scraper.accounts();
    let wanted = match &query.account {
        None => accounts,
        Some(name) => {
            let known = accounts.into_iter().find(|known| **known == **name);
            let refused =
                || (StatusCode::NOT_FOUND, format!("unknown account {name:?}; /sd lists the accounts"));
            vec![known.ok_or_else(refused)?]
        }
    };
    let known = wanted.into_iter().map(|name| {
        let pods = context.scraper.pods(&name);
        (name, pods)
    });
    let known = known::lists(known, context.clock.now())?;
    Ok(known
        .iter()
        .flat_map(|list| targets(list.account(), list.pods().collect(), &query, &context.pod_proxy, host))
        .collect())
}
