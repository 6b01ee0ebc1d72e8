//! Who asks: what the head of a request says about its sender.

use std::convert::Infallible;

use axum::extract::{ConnectInfo, FromRequestParts};
use axum::http::request::Parts;
use axum::http::{HeaderMap, Uri, header};

use crate::api::Api;
use crate::connection::Scissors;
use crate::simulator::Simulator;

/// Who asks, by the request's head.
///
/// Without `Debug`, because it holds the key as it came.
pub(crate) struct Caller {
    pub(crate) user_agent: String,
    /// The `Authorization` header as it came.
    pub(super) authorization: Option<String>,
    /// `?api_key=`, which the GraphQL API takes too.
    api_key: Option<String>,
    scissors: Option<Scissors>,
}

impl FromRequestParts<Simulator> for Caller {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &Simulator) -> Result<Self, Infallible> {
        let scissors = parts.extensions.get::<ConnectInfo<Scissors>>().map(|info| info.0.clone());
        Ok(Self {
            user_agent: text(&parts.headers, header::USER_AGENT).unwrap_or_default(),
            authorization: text(&parts.headers, header::AUTHORIZATION),
            api_key: api_key(&parts.uri),
            scissors,
        })
    }
}

impl Caller {
    /// Resets the connection that the request came on.
    pub(super) fn hang_up(&self) {
        if let Some(scissors) = &self.scissors {
            scissors.cut();
        }
    }

    /// Whether the protection in front of Runpod lets the request through. It does not judge by the key.
    pub(super) fn is_welcome(&self) -> bool {
        !self.user_agent.is_empty() && !self.user_agent.starts_with("Python-urllib/")
    }

    pub(super) fn key(&self, api: Api) -> Option<&str> {
        let header = self.authorization.as_deref();
        let bearer = header.and_then(|value| value.strip_prefix("Bearer ")).map(str::trim);
        match api {
            Api::Graphql => bearer.or(self.api_key.as_deref()),
            // The jobs API also takes the bare key.
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
