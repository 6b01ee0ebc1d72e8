//! How the REST API says no: problem details, as RFC 9457 has them.

use std::borrow::Cow;

use axum::http::StatusCode;
use serde_json::json;

use crate::answer::Answer;

/// Why there is no answer.
#[derive(Debug)]
pub(crate) struct Problem {
    status: StatusCode,
    detail: Cow<'static, str>,
    /// What is wrong with the request, one by one.
    errors: Vec<String>,
    /// Seconds.
    retry_after: Option<u64>,
}

impl Problem {
    pub(crate) fn new(status: StatusCode, detail: impl Into<Cow<'static, str>>) -> Self {
        Self { status, detail: detail.into(), errors: Vec::new(), retry_after: None }
    }

    pub(super) fn not_found() -> Self {
        Self::new(StatusCode::NOT_FOUND, "resource not found")
    }

    /// A query that does not make sense.
    pub(super) fn bad_query(error: impl Into<String>) -> Self {
        let problem = Self::new(StatusCode::BAD_REQUEST, "invalid query parameters");
        Self { errors: vec![error.into()], ..problem }
    }

    pub(crate) fn retry_after(self, seconds: u64) -> Self {
        Self { retry_after: Some(seconds), ..self }
    }
}

impl From<Problem> for Answer {
    fn from(problem: Problem) -> Self {
        let Problem { status, detail, errors, retry_after } = problem;
        let title = status.canonical_reason().unwrap_or("Error");
        let mut body = json!({ "title": title, "status": status.as_u16(), "detail": detail });
        if let (Some(fields), false) = (body.as_object_mut(), errors.is_empty()) {
            fields.insert("errors".to_owned(), errors.into());
        }
        Self { status, body, problem: true, retry_after, feed: None }
    }
}
