//! What does not exist: a page with the nearest names.

use axum::http::{StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use maud::html;
use program::text::Visible;
use runpod::mask;

use super::{document, up};
use crate::docs;
use crate::similar;

/// The routes that a person opens.
const ROUTES: [(&str, &str); 5] = [
    ("", "overview"),
    ("metrics", "metrics"),
    ("api/v1/status", "status as JSON"),
    ("docs/", "documentation"),
    ("ready", "whether an account has answered"),
];

/// The response for a page of the documentation that does not exist.
pub(super) fn page(path: &str) -> Response {
    let last = path.trim_end_matches('/').rsplit('/').next().unwrap_or_default();
    let known = known();
    let wanted = last.trim_end_matches(".md").trim_end_matches(".html");
    let nearest = similar::nearest(wanted, known.iter().map(|(name, _)| name.as_str()));
    let mut targets: Vec<&(String, String)> = Vec::new();
    for target in nearest.iter().filter_map(|near| known.iter().find(|(name, _)| name == near)) {
        if !targets.iter().any(|(_, page)| *page == target.1) {
            targets.push(target);
        }
    }
    let up = up(path);
    let body = html! {
        h1 { "No such page" }
        p { "There is no page " code { "docs/" (Visible(&mask(path))) } " in this version." }
        @if !targets.is_empty() {
            p { "Did you mean:" }
            ul { @for (name, page) in targets { li { a href={ (up) "docs/" (page) } { (name) } } } }
        }
        p { "All pages are in the " a href={ (up) "docs/" } { "list" } "." }
    };
    (StatusCode::NOT_FOUND, document("No such page", &up, &body)).into_response()
}

/// The names under which pages are known, and the pages.
fn known() -> Vec<(String, String)> {
    let of_page = |page: &'static str| {
        let file = page.rsplit('/').next().unwrap_or(page);
        (file.trim_end_matches(".md").to_owned(), page.to_owned())
    };
    let findings = docs::runbooks().into_iter().flat_map(|runbook| {
        let page = runbook.page();
        let names = runbook.findings.into_iter().chain(runbook.name.strip_prefix("Runpod"));
        names.map(move |name| (name.to_owned(), page.clone())).collect::<Vec<_>>()
    });
    docs::pages().into_iter().map(of_page).chain(findings).collect()
}

/// The response for any other path that does not exist.
pub(in crate::http) async fn route(uri: Uri) -> Response {
    let path = uri.path();
    let up = "../".repeat(path.matches('/').count().saturating_sub(1));
    let up = if up.is_empty() { "./" } else { &up };
    let wanted = path.trim_matches('/');
    let nearest = similar::nearest(wanted, ROUTES.map(|(route, _)| route.trim_end_matches('/')));
    let body = html! {
        h1 { "Not found" }
        p { "There is nothing at " code { (Visible(&mask(path))) } "." }
        ul {
            @for (route, about) in ROUTES {
                li {
                    a href={ (up) (route) } { "/" (route) } ": " (about)
                    @if !route.is_empty() && nearest.contains(&route.trim_end_matches('/')) { " " strong { "(similar)" } }
                }
            }
        }
    };
    (StatusCode::NOT_FOUND, document("Not found", up, &body)).into_response()
}
