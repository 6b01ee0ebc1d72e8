//! `/`: a first page for a person: what this is, where to look, and how the last scrape went.

use axum::extract::State;
use axum::http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, X_CONTENT_TYPE_OPTIONS};
use axum::response::{IntoResponse, Response};
use maud::{DOCTYPE, Markup, PreEscaped, html};

use super::App;
use crate::instruments::Mode;
use crate::snapshot::AccountSnapshot;

/// The page is text and one style sheet: whatever a hostile name smuggles in, nothing of it runs or loads.
const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; form-action 'none'; base-uri 'none'; frame-ancestors 'none'";

const STYLE: &str = "\
:root{color-scheme:light dark}\
body{font:16px/1.5 system-ui,sans-serif;max-width:70rem;margin:0 auto;padding:1rem}\
table{border-collapse:collapse;display:block;overflow-x:auto}\
th,td{padding:.25rem .75rem;text-align:left;border-bottom:1px solid color-mix(in srgb,currentColor 20%,transparent)}\
td.number{text-align:right;font-variant-numeric:tabular-nums}\
.demo{padding:.5rem 1rem;border:2px solid #b45309;border-radius:.5rem}\
nav a{margin-right:1rem}";

pub(super) async fn page(State(app): State<App>) -> Response {
    let latest = app.scraper.latest();
    let markup = html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width,initial-scale=1";
                title { "runpod-exporter" }
                style { (PreEscaped(STYLE)) }
            }
            body {
                h1 { "runpod-exporter " (env!("CARGO_PKG_VERSION")) }
                @if app.mode == Mode::Demo {
                    p.demo { strong { "Demo." } " The account behind these numbers is simulated: none of it is real." }
                }
                nav {
                    a href="metrics" { "Metrics" }
                    a href="health" { "Health" }
                    a href="ready" { "Readiness" }
                }
                @if latest.is_empty() {
                    p { "Nothing was scraped yet. Open the metrics, or point Prometheus here." }
                }
                @for account in &latest { (about(account)) }
            }
        }
    };
    let headers =
        [(CONTENT_SECURITY_POLICY, POLICY), (X_CONTENT_TYPE_OPTIONS, "nosniff"), (CACHE_CONTROL, "no-store")];
    (headers, axum::response::Html(markup.into_string())).into_response()
}

fn about(account: &AccountSnapshot) -> Markup {
    html! {
        h2 { "Account " bdi { (account.name) } }
        ul {
            @for report in &account.collectors {
                li {
                    (report.collector.as_str()) ": "
                    @match &report.error { None => "fine", Some(error) => (error), }
                    " (" (report.duration.as_millis()) " ms)"
                }
            }
        }
        @if !account.endpoints.is_empty() {
            table {
                thead { tr {
                    th scope="col" { "Endpoint" } th scope="col" { "Id" } th scope="col" { "Queued" }
                    th scope="col" { "In progress" } th scope="col" { "Workers ready" }
                } }
                tbody {
                    @for endpoint in &account.endpoints {
                        tr {
                            td { bdi { (endpoint.name) } }
                            td { code { (endpoint.id) } }
                            (number(endpoint.load.queue_depth))
                            (number(endpoint.load.in_progress))
                            (number(endpoint.load.workers.ready))
                        }
                    }
                }
            }
        }
    }
}

fn number(value: Option<f64>) -> Markup {
    html! { td.number { @match value { Some(value) => (value), None => "unknown", } } }
}
