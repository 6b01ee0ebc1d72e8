//! Errors of the REST API: problem details as in RFC 9457.
//!
//! How one becomes a response does not belong here.

use std::borrow::Cow;

use axum::http::StatusCode;
use serde_json::{Value, json};

/// Why the REST API refuses a request.
#[derive(Debug)]
pub(crate) struct Problem {
    pub(crate) status: StatusCode,
    detail: Cow<'static, str>,
    /// The mistakes in the request, one by one.
    errors: Vec<String>,
    /// Seconds.
    pub(crate) retry_after: Option<u64>,
}

impl Problem {
    pub(crate) fn new(status: StatusCode, detail: impl Into<Cow<'static, str>>) -> Self {
        Self { status, detail: detail.into(), errors: Vec::new(), retry_after: None }
    }

    pub(crate) fn not_found() -> Self {
        Self::new(StatusCode::NOT_FOUND, "resource not found")
    }

    /// A query parameter that is missing, malformed or out of place.
    pub(crate) fn bad_query(error: impl Into<String>) -> Self {
        let problem = Self::new(StatusCode::BAD_REQUEST, "invalid query parameters");
        Self { errors: vec![error.into()], ..problem }
    }

    pub(crate) fn retry_after(self, seconds: u64) -> Self {
        Self { retry_after: Some(seconds), ..self }
    }

    /// The problem as JSON.
    pub(crate) fn body(self) -> Value {
        let Self { status, detail, errors, retry_after: _ } = self;
        let title = status.canonical_reason().unwrap_or("Error");
        let mut body = json!({ "title": title, "status": status.as_u16(), "detail": detail });
        if let (Some(fields), false) = (body.as_object_mut(), errors.is_empty()) {
            fields.insert("errors".to_owned(), errors.into());
        }
        body
    }
}
