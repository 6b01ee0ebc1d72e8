//! Access control: what every request passes before its route: the rate limit, the host that it names, the page that it comes from, and the
//! login. What `--web.config.file` says does not belong here: see `web/`.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::header::{
    AUTHORIZATION, CACHE_CONTROL, HOST, HeaderName, HeaderValue, ORIGIN, WWW_AUTHENTICATE,
    X_CONTENT_TYPE_OPTIONS,
};
use axum::http::request::Parts;
use axum::http::uri::Authority;
use axum::http::{HeaderMap, Method, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use program::text::Visible;
use secrecy::SecretString;
use tokio::sync::watch;

use super::jobs::{self, JobReceiver};
use crate::config::PageUrl;
use crate::web::Security;

/// What a browser says about the page that a request comes from.
const SEC_FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

/// The access control of a listener.
#[derive(Debug, Clone)]
pub struct Access {
    /// The current settings; a reload replaces them.
    pub security: watch::Receiver<Arc<Security>>,
    /// Whether only this machine can reach the listeners.
    pub loopback: bool,
    /// URL under which people reach the exporter, if configured.
    pub external: Option<PageUrl>,
    /// Accepts the token of webhooks and pushes.
    pub receiver: Arc<JobReceiver>,
    /// Whether the listeners have no other routes than those of webhooks and pushes.
    pub only_jobs: bool,
}

/// Why a request does not pass.
enum Refusal {
    TooMany,
    Host(String),
    Malformed(String),
    Origin,
    Login,
}

impl Access {
    fn security(&self) -> Arc<Security> {
        Arc::clone(&self.security.borrow())
    }

    async fn check(&self, security: &Security, request: &Parts) -> Result<(), Refusal> {
        if security.rate.as_ref().is_some_and(|rate| !rate.admits()) {
            return Err(Refusal::TooMany);
        }
        let host = host(request)?;
        // A page of another site can be given the address of this machine as that of its own host (DNS rebinding).
        if self.loopback
            && !security.authenticates()
            && let Some(host) = &host
            && !is_local(host.host())
            && !self.is_external(host)
        {
            return Err(Refusal::Host(host.to_string()));
        }
        if changes(&request.method) && self.is_from_another_site(&request.headers, host.as_ref()) {
            return Err(Refusal::Origin);
        }
        let is_job = jobs::is_route(request.uri.path());
        // Runpod's webhooks have a token and cannot log in. A route that does not exist needs no login.
        let is_open = if is_job { self.receiver.has_token() } else { self.only_jobs };
        match &security.logins {
            Some(logins) if !is_open => {
                let (user, password) = login(&request.headers).ok_or(Refusal::Login)?;
                logins.accepts(&user, &password).await.then_some(()).ok_or(Refusal::Login)
            }
            _ => Ok(()),
        }
    }

    /// Whether a browser sends this from a page of another site. Other clients say nothing of pages.
    fn is_from_another_site(&self, headers: &HeaderMap, host: Option<&Authority>) -> bool {
        if let Some(site) = headers.get(SEC_FETCH_SITE) {
            return !matches!(site.as_bytes(), b"same-origin" | b"none");
        }
        let Some(origin) = headers.get(ORIGIN) else { return false };
        let origin =
            origin.to_str().ok().and_then(|origin| origin.split_once("://")).map(|(_, origin)| origin);
        let origin: Option<Authority> = origin.and_then(|origin| origin.parse().ok());
        !origin.is_some_and(|origin| Some(&origin) == host || self.is_external(&origin))
    }

    /// Whether this is the host of the URL under which people reach the exporter.
    fn is_external(&self, host: &Authority) -> bool {
        let url = self.external.as_ref().and_then(|url| url::Url::parse(url.as_str()).ok());
        url.is_some_and(|url| {
            let port = host.port_u16().or(url.port_or_known_default());
            url.host_str().is_some_and(|own| own.eq_ignore_ascii_case(host.host()))
                && port == url.port_or_known_default()
        })
    }
}

/// Answers a request that passes, and adds the headers of every response.
pub(super) async fn pass(State(access): State<Access>, request: Request, next: Next) -> Response {
    let security = access.security();
    let (parts, body) = request.into_parts();
    let mut response = match access.check(&security, &parts).await {
        Ok(()) => next.run(Request::from_parts(parts, body)).await,
        Err(refusal) => refusal.response(),
    };
    let headers = response.headers_mut();
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.entry(CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    for (name, value) in &security.headers {
        if let Ok(value) = HeaderValue::from_str(value) {
            headers.insert(*name, value);
        }
    }
    response
}

impl Refusal {
    fn response(self) -> Response {
        match self {
            Self::TooMany => (
                StatusCode::TOO_MANY_REQUESTS,
                "too many requests; see rate_limit in the file of --web.config.file\n",
            )
                .into_response(),
            Self::Host(host) => {
                let text = format!(
                    "no access as \"{}\": only this machine can reach the exporter, which has no login; use http://127.0.0.1 with its port, or set --web.external-url\n",
                    Visible(&host)
                );
                (StatusCode::FORBIDDEN, text).into_response()
            }
            Self::Malformed(host) => {
                (StatusCode::BAD_REQUEST, format!("\"{}\" is not a host\n", Visible(&host))).into_response()
            }
            Self::Origin => {
                (StatusCode::FORBIDDEN, "no access from a page of another site\n").into_response()
            }
            Self::Login => {
                let challenge = [(WWW_AUTHENTICATE, "Basic realm=\"runpod-exporter\"")];
                (StatusCode::UNAUTHORIZED, challenge, "user name and password required\n").into_response()
            }
        }
    }
}

/// The host and port that a request names. HTTP/1.0 needs none, browsers always name one.
fn host(request: &Parts) -> Result<Option<Authority>, Refusal> {
    if let Some(authority) = request.uri.authority() {
        return Ok(Some(authority.clone()));
    }
    let Some(named) = request.headers.get(HOST) else { return Ok(None) };
    let host = String::from_utf8_lossy(named.as_bytes());
    host.parse().map(Some).map_err(|_malformed| Refusal::Malformed(host.into_owned()))
}

/// Whether only this machine can have this name or address.
fn is_local(host: &str) -> bool {
    let name = host.trim_end_matches('.').to_ascii_lowercase();
    let address = name.trim_start_matches('[').trim_end_matches(']').parse::<std::net::IpAddr>();
    name == "localhost"
        || name.ends_with(".localhost")
        || address.is_ok_and(|address| address.to_canonical().is_loopback())
}

fn changes(method: &Method) -> bool {
    !matches!(*method, Method::GET | Method::HEAD | Method::OPTIONS)
}

/// The user name and password of a request.
fn login(headers: &HeaderMap) -> Option<(String, SecretString)> {
    let (scheme, encoded) = headers.get(AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    let decoded = String::from_utf8(STANDARD.decode(encoded.trim()).ok()?).ok()?;
    let (user, password) = decoded.split_once(':')?;
    scheme.eq_ignore_ascii_case("basic").then(|| (user.to_owned(), password.into()))
}
