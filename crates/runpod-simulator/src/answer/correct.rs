//! A correct answer, before a fault changes it, and the identity that it is written for.

use std::borrow::Cow;

use axum::body::Body;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

use super::caller::Caller;
use crate::api::Api;
use crate::log_stream::LogStream;
use crate::problem::Problem;

const JSON: &str = "application/json; charset=utf-8";
const PROBLEM: &str = "application/problem+json";

/// The identity that an answer is written for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Identity {
    Owner,
    Anonymous,
}

/// A correct answer.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(super) status: StatusCode,
    pub(super) body: Value,
    /// Whether the body is a problem as in RFC 9457.
    pub(super) problem: bool,
    /// Seconds.
    pub(super) retry_after: Option<u64>,
    /// A stream of log lines instead of the body.
    pub(super) stream: Option<Box<LogStream>>,
}

impl Answer {
    pub(crate) fn new(status: StatusCode, body: Value) -> Self {
        Self { status, body, problem: false, retry_after: None, stream: None }
    }

    pub(crate) fn ok(body: Value) -> Self {
        Self::new(StatusCode::OK, body)
    }

    /// A stream of log lines.
    pub(crate) fn stream(stream: LogStream) -> Self {
        Self { stream: Some(Box::new(stream)), ..Self::ok(Value::Null) }
    }

    /// An error in the form of the API.
    pub(crate) fn error(api: Api, status: StatusCode, message: impl Into<Cow<'static, str>>) -> Self {
        match api {
            Api::Rest => Problem::new(status, message).into(),
            Api::Graphql | Api::Jobs => Self::new(status, json!({ "error": message.into() })),
        }
    }

    pub(super) fn gone(api: Api) -> Self {
        Self::error(api, StatusCode::GONE, "this API has been retired")
    }

    pub(super) fn unauthorized(api: Api, caller: &Caller) -> Self {
        let message = match (api, caller.key(api)) {
            (Api::Graphql | Api::Jobs, _) => "unauthorized",
            (Api::Rest, None) => "missing bearer token",
            (Api::Rest, Some(_)) => "invalid bearer token",
        };
        Self::error(api, StatusCode::UNAUTHORIZED, message)
    }
}

impl From<Problem> for Answer {
    fn from(problem: Problem) -> Self {
        let (status, retry_after) = (problem.status, problem.retry_after);
        Self { problem: true, retry_after, ..Self::new(status, problem.body()) }
    }
}

impl IntoResponse for Answer {
    fn into_response(self) -> Response {
        if let Some(stream) = self.stream {
            return stream.into_response();
        }
        let kind = if self.problem { PROBLEM } else { JSON };
        let mut response = with_type(self.status, kind, Body::from(text(&self.body)));
        if let Some(seconds) = self.retry_after {
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        response
    }
}

/// JSON as text. Unlike its `Display`, without a check of each fragment: most of what tests wait for passes here.
pub(super) fn text(body: &Value) -> Vec<u8> {
    serde_json::to_vec(body).unwrap_or_default()
}

/// A response that claims to be JSON.
pub(super) fn json_response(status: StatusCode, body: Body) -> Response {
    with_type(status, JSON, body)
}

fn with_type(status: StatusCode, kind: &'static str, body: Body) -> Response {
    (status, [(header::CONTENT_TYPE, kind)], body).into_response()
}
