//! What the pages load, and what they may: nothing but this, from nowhere else.

use axum::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, HeaderValue, REFERRER_POLICY,
    X_CONTENT_TYPE_OPTIONS,
};
use axum::response::{IntoResponse, Response};

/// Whatever a hostile name smuggles into a page, nothing of it runs, loads, or is sent anywhere. `data:` is the icon that
/// there is not.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

pub(super) async fn css() -> impl IntoResponse {
    asset("text/css; charset=utf-8", include_str!("overview/overview.css"))
}

pub(super) async fn js() -> impl IntoResponse {
    asset("text/javascript; charset=utf-8", include_str!("overview/overview.js"))
}

/// Asked for anew each time: small, and never older than the page.
fn asset(kind: &'static str, text: &'static str) -> impl IntoResponse {
    ([(CONTENT_TYPE, kind), (CACHE_CONTROL, "no-cache")], text)
}

/// Says what a page may do.
pub(super) async fn guard(mut response: Response) -> Response {
    let headers = response.headers_mut();
    headers.insert(CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY));
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    // Names of accounts and endpoints stand in addresses.
    headers.insert(REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    response
}
