//! `/probe` and `/sd`: one scrape target per account, so that several Prometheus servers can share many accounts.

use std::sync::Arc;

use axum::Json;
use axum::extract::{RawQuery, State};
use axum::http::header::HOST;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use serde::Serialize;

use super::{Context, metrics};
use crate::scrape::Scope;
use crate::settings::{Collector, Collectors, Shard};

/// `/probe?account=NAME&collect[]=NAME`: scrapes one account, with all of its collectors or the named ones.
pub(super) async fn probe(
    State(context): State<Context>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Response {
    match scope(&context, query.as_deref().unwrap_or_default()) {
        Ok(scope) => metrics::scrape(&context, scope, &headers).await,
        Err(rejection) => rejection.into_response(),
    }
}

fn scope(context: &Context, query: &str) -> Result<Scope, (StatusCode, String)> {
    let mut account = None;
    let mut collectors = Vec::new();
    for (name, value) in url::form_urlencoded::parse(query.as_bytes()) {
        match &*name {
            "account" => account = Some(value.into_owned()),
            "collect[]" | "collect" => {
                let collector = value.parse::<Collector>();
                collectors.push(collector.map_err(|error| (StatusCode::BAD_REQUEST, format!("{error}\n")))?);
            }
            _ => {} // ignored: a scrape configuration may add parameters
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
        return Err((StatusCode::NOT_FOUND, format!("{}:\n{}", unknown(context.shard, &account), list())));
    };
    let named = (!collectors.is_empty()).then(|| Collectors::from_iter(collectors).with_needs());
    Ok(Scope { account: Some(Arc::clone(account)), collectors: named })
}

/// Why this exporter does not have an account. It does not know the accounts of other shards, but can compute their shard.
fn unknown(shard: Option<Shard>, account: &str) -> String {
    match shard.map(|shard| (shard, shard.of(account))) {
        Some((shard, of)) if of != shard => {
            format!(
                "shard {shard} does not read this account; if it is configured, shard {of} does; accounts of shard {shard}"
            )
        }
        Some((shard, _)) => format!("unknown account; configured accounts of shard {shard}"),
        None => "unknown account; configured accounts".to_owned(),
    }
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
    /// Distinct per account: otherwise the `up` series of all targets would be the same.
    instance: String,
}

/// `/sd`: one target per account. Its address is the Host header of the request.
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
