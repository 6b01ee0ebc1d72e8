//! The caller: user agent, key and connection of a request.

use std::convert::Infallible;

use axum::extract::{ConnectInfo, FromRequestParts};
use axum::http::request::Parts;
use axum::http::{HeaderMap, Uri, header};

use crate::api::Api;
use crate::connection::ConnectionCutter;

/// The caller of a request.
///
/// It has no `Debug`, because it contains the key.
pub(crate) struct Caller {
    pub(crate) user_agent: String,
    /// The `Authorization` header.
    pub(super) authorization: Option<String>,
    /// `?api_key=`, which the GraphQL API also accepts.
    api_key: Option<String>,
    cutter: Option<ConnectionCutter>,
}

impl<S: Sync> FromRequestParts<S> for Caller {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        let cutter = parts.extensions.get::<ConnectInfo<ConnectionCutter>>().map(|info| info.0.clone());
        Ok(Self {
            user_agent: text(&parts.headers, header::USER_AGENT).unwrap_or_default(),
            authorization: text(&parts.headers, header::AUTHORIZATION),
            api_key: api_key(&parts.uri),
            cutter,
        })
    }
}

impl Caller {
    /// Resets the connection of the request.
    pub(super) fn reset_connection(&self) {
        if let Some(cutter) = &self.cutter {
            cutter.cut();
        }
    }

    /// Whether the bot protection in front of Runpod accepts the request. It does not look at the key.
    pub(super) fn passes_bot_protection(&self) -> bool {
        !self.user_agent.is_empty() && !self.user_agent.starts_with("Python-urllib/")
    }

    /// The key of the request, in the forms that the API accepts.
    pub(super) fn key(&self, api: Api) -> Option<&str> {
        let header = self.authorization.as_deref();
        let bearer = header.and_then(|value| value.strip_prefix("Bearer ")).map(str::trim);
        match api {
            Api::Graphql => bearer.or(self.api_key.as_deref()),
            // The job API also accepts the key without a scheme.
            Api::Jobs => bearer.or(header),
            Api::Rest => bearer,
        }
        .filter(|key| !key.is_empty())
    }
}

fn text(headers: &HeaderMap, name: header::HeaderName) -> Option<String> {
    headers.get(name).map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned())
}

fn api_key(uri: &Uri) -> Option<String> {
    let query = url::form_urlencoded::parse(uri.query()?.as_bytes());
    query.into_iter().find(|(name, _)| name == "api_key").map(|(_, value)| value.into_owned())
}
