//! `/`: the overview: status of all accounts, findings and recommendations.
//!
//! It is made from the latest scrapes; serving it makes no requests to Runpod. It works without its script, which only
//! refreshes it. The content is assembled in `status/`; this renders it as HTML.

mod accounts;
mod advice;
mod clusters;
mod console;
mod details;
mod draw;
mod endpoints;
mod filter;
mod headline;
mod pods;
mod view;
mod words;

use std::hash::{DefaultHasher, Hash as _, Hasher as _};

use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use axum::http::HeaderMap;
use axum::http::StatusCode;
use axum::http::header::{CACHE_CONTROL, ETAG, IF_NONE_MATCH};
use axum::response::{Html, IntoResponse, Response};
use maud::{DOCTYPE, Markup, html};

use self::headline::Census;
use self::view::View;
use super::Context;
use crate::config::PageUrl;
use crate::diagnosis::{Finding, Subject};
use crate::settings::Mode;
use crate::status::{AccountStatus, EndpointStatus, Status, Verdict};

/// The data of the page.
struct Page<'a> {
    status: &'a Status,
    view: &'a View,
    /// URL of Grafana, if configured.
    grafana: Option<&'a str>,
    /// URL of Alertmanager, if configured.
    alertmanager: Option<&'a str>,
}

/// A row of the table of endpoints: the account's index, the account, the endpoint.
type Row<'a> = (usize, &'a AccountStatus, &'a EndpointStatus);

pub(super) async fn page(
    State(context): State<Context>,
    view: Result<Query<View>, QueryRejection>,
    headers: HeaderMap,
) -> Response {
    let status = context.status();
    // Invalid parameters are ignored.
    let view = view.map(|Query(view)| view).unwrap_or_default();
    let tag = tag(&status, &view);
    let caching = [(CACHE_CONTROL, "private, no-cache".to_owned()), (ETAG, tag.clone())];
    if headers.get(IF_NONE_MATCH).is_some_and(|known| known.as_bytes() == tag.as_bytes()) {
        return (StatusCode::NOT_MODIFIED, caching).into_response();
    }
    let page = Page {
        status: &status,
        view: &view,
        grafana: context.grafana.as_ref().map(PageUrl::as_str),
        alertmanager: context.alertmanager.as_ref().map(|alertmanager| alertmanager.link()),
    };
    (caching, Html(page.document().into_string())).into_response()
}

/// The entity tag. The page depends only on the latest scrapes, alerts, errors in logs, and the parameters.
fn tag(status: &Status, view: &View) -> String {
    let mut hasher = DefaultHasher::new();
    for account in &status.accounts {
        (&account.account, account.taken).hash(&mut hasher);
        for error in account.endpoints.iter().filter_map(|endpoint| endpoint.last_errors.as_ref()?.last()) {
            (error.count, error.timestamp).hash(&mut hasher);
        }
    }
    status.alertmanager.as_ref().map(|alertmanager| alertmanager.read).hash(&mut hasher);
    view.hash(&mut hasher);
    format!("W/\"{}-{:016x}\"", status.version, hasher.finish())
}

impl Page<'_> {
    fn document(&self) -> Markup {
        html! {
            (DOCTYPE)
            html lang="en" {
                head {
                    meta charset="utf-8";
                    meta name="viewport" content="width=device-width,initial-scale=1";
                    meta name="version" content=(self.status.version);
                    title { (self.title()) }
                    link rel="stylesheet" href="overview.css";
                    link rel="icon" href="data:,"; // empty, so that browsers do not request one
                    script src="overview.js" type="module" {}
                    noscript { meta http-equiv="refresh" content="15"; }
                }
                body {
                    a.skip href="#content" { "Skip to content" }
                    (self.header())
                    p #lost role="alert" hidden {}
                    p #old role="status" hidden {}
                    main #content tabindex="-1" { (self.content()) }
                    footer { "runpod-exporter " (self.status.version) }
                }
            }
        }
    }

    /// The title of the browser tab.
    fn title(&self) -> String {
        let Census { unhealthy, degraded, .. } = self.census();
        match (self.status.accounts.is_empty(), unhealthy, degraded) {
            (true, ..) => "Runpod: no data yet".to_owned(),
            (false, 0, 0) => format!("Runpod: {}", self.status.verdict.as_str()),
            (false, 0, degraded) => format!("({degraded}) Runpod: degraded"),
            (false, unhealthy, _) => format!("({unhealthy}) Runpod: unhealthy"),
        }
    }

    fn header(&self) -> Markup {
        let dashboards = self.grafana.map(|grafana| format!("{grafana}/d/runpod-overview"));
        html! {
            header {
                p.product { "Runpod" }
                nav aria-label="This exporter" {
                    a href=(dashboards.as_deref().unwrap_or("docs/dashboards.md")) { "Dashboards" }
                    @if let Some(alertmanager) = self.alertmanager { a href=(alertmanager) { "Alertmanager" } }
                    a href="metrics" { "Metrics" }
                    a href="api/v1/status" { "JSON" }
                    a href="docs/" { "Docs" }
                }
                @if self.status.mode == Mode::Demo.as_str() {
                    p.demo { strong { "Demo" } ": the account is simulated; none of this data is real. Commands need the variables that the demo printed at its start." }
                }
                @if self.status.mode == Mode::Replay.as_str() {
                    p.demo { strong { "Recording" } ": Runpod is not read; the data and the time are those of the recording, and names and ids are stand-ins." }
                }
            }
        }
    }

    fn content(&self) -> Markup {
        html! {
            @if self.status.accounts.is_empty() {
                h1.headline { "No data yet" }
                p.note {
                    "The exporter queries Runpod on each scrape. Point Prometheus here, or open "
                    a href="metrics" { "the metrics" } "."
                }
            } @else {
                (self.headline())
                (self.accounts())
                (self.endpoints())
                (self.pods())
                (self.clusters())
            }
        }
    }

    /// Whether to show the account of each row.
    fn has_several(&self) -> bool {
        self.status.accounts.len() > 1
    }

    /// The accounts with their indices, from which ids on the page are made.
    fn each(&self) -> impl Iterator<Item = (usize, &AccountStatus)> + Clone {
        self.status.accounts.iter().enumerate()
    }
}

/// A verdict as a colored badge.
fn badge(verdict: Verdict) -> Markup {
    let class = match verdict {
        Verdict::Healthy => "good",
        Verdict::Degraded => "warning",
        Verdict::Unhealthy | Verdict::Unknown => "critical",
    };
    html! { span.badge.(class) { (verdict.as_str()) } }
}

/// The id of a finding on the page.
fn finding_id(account: usize, finding: &Finding) -> String {
    let about = match &finding.subject {
        Subject::Account => "",
        Subject::Endpoint { id, .. } | Subject::Pod { id, .. } | Subject::Cluster { id, .. } => id,
    };
    anchor("f", account, &format!("{}-{about}", finding.name.as_str()))
}

/// The id of an element of the page.
fn anchor(kind: &str, account: usize, name: &str) -> String {
    let plain = |c: char| if c.is_ascii_alphanumeric() || c == '_' { c } else { '-' };
    format!("{kind}-{account}-{}", name.chars().map(plain).collect::<String>())
}
