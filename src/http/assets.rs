//! Style sheet and script of the pages, and the security headers of all pages.

use axum::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, HeaderValue, REFERRER_POLICY,
    X_CONTENT_TYPE_OPTIONS,
};
use axum::response::{IntoResponse, Response};

/// The content security policy: markup injected through a name cannot run, load or send anything. `data:` is for the empty
/// icon.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/// The style sheet of the overview and the documentation. The last part changes what the others define.
const STYLES: &str = concat!(
    include_str!("styles/page.css"),
    include_str!("styles/tables.css"),
    include_str!("styles/phone.css")
);

pub(super) async fn css() -> impl IntoResponse {
    asset("text/css; charset=utf-8", STYLES)
}

pub(super) async fn js() -> impl IntoResponse {
    asset("text/javascript; charset=utf-8", include_str!("overview/overview.js"))
}

/// A file that browsers revalidate each time, so that it has the same version as the page.
fn asset(kind: &'static str, text: &'static str) -> impl IntoResponse {
    ([(CONTENT_TYPE, kind), (CACHE_CONTROL, "no-cache")], text)
}

/// Adds the security headers.
pub(super) async fn guard(mut response: Response) -> Response {
    let headers = response.headers_mut();
    headers.insert(CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY));
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    // URLs contain the names of accounts and endpoints.
    headers.insert(REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    response
}
