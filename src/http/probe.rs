//! `/probe` and `/sd`: one account a target, so that Prometheus spreads many accounts over many servers.

use std::sync::Arc;

use axum::Json;
use axum::extract::{RawQuery, State};
use axum::http::header::HOST;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use serde::Serialize;

use super::{Context, metrics};
use crate::scrape::Scope;
use crate::settings::{Collector, Collectors};

/// `/probe?account=NAME&collect[]=NAME`: one account, and of its collectors all or those that are named.
pub(super) async fn probe(
    State(context): State<Context>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Response {
    match scope(&context, query.as_deref().unwrap_or_default()) {
        Ok(scope) => metrics::scrape(&context, scope, &headers).await,
        Err(refusal) => refusal.into_response(),
    }
}

fn scope(context: &Context, query: &str) -> Result<Scope, (StatusCode, String)> {
    let mut account = None;
    let mut wanted = Vec::new();
    for (name, value) in url::form_urlencoded::parse(query.as_bytes()) {
        match &*name {
            "account" => account = Some(value.into_owned()),
            "collect[]" | "collect" => {
                let collector = value.parse::<Collector>();
                wanted.push(collector.map_err(|error| (StatusCode::BAD_REQUEST, format!("{error}\n")))?);
            }
            _ => {} // Prometheus may send parameters that are for somebody else
        }
    }
    let known = context.scraper.accounts();
    let list = || known.iter().flat_map(|name| ["  ", name, "\n"]).collect::<String>();
    let Some(account) = account else {
        return Err((
            StatusCode::BAD_REQUEST,
            format!("missing ?account=NAME; configured accounts:\n{}", list()),
        ));
    };
    let Some(account) = known.iter().find(|name| ***name == *account) else {
        return Err((StatusCode::NOT_FOUND, format!("unknown account; configured accounts:\n{}", list())));
    };
    let collectors = (!wanted.is_empty()).then(|| Collectors::from_iter(wanted).with_needs());
    Ok(Scope { account: Some(Arc::clone(account)), collectors })
}

/// One target group of `http_sd`.
#[derive(Debug, Serialize)]
pub(super) struct Group {
    targets: [String; 1],
    labels: Labels,
}

#[derive(Debug, Serialize)]
struct Labels {
    #[serde(rename = "__metrics_path__")]
    metrics_path: &'static str,
    #[serde(rename = "__param_account")]
    account: String,
    /// Targets on one address must differ in a label that stays, or their `up` would be one series.
    instance: String,
}

/// `/sd`: one target an account, on the address by which the exporter was asked.
pub(super) async fn targets(State(context): State<Context>, headers: HeaderMap) -> Response {
    let host = headers.get(HOST).and_then(|host| host.to_str().ok());
    let Some(host) = host else {
        return (StatusCode::BAD_REQUEST, "missing Host header, which is the address of the targets\n")
            .into_response();
    };
    let group = |account: Arc<str>| Group {
        targets: [host.to_owned()],
        labels: Labels {
            metrics_path: "/probe",
            instance: format!("{host}/{account}"),
            account: (*account).to_owned(),
        },
    };
    Json(context.scraper.accounts().into_iter().map(group).collect::<Vec<_>>()).into_response()
}
