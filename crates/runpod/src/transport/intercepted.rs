//! The exchanges of a program that takes part in them: see [`Intercept`].

use std::sync::Arc;

use reqwest::header::HeaderMap;
use reqwest::{Response, StatusCode};

use super::call::Call;
use crate::error::Reason;
use crate::intercept::{Answered, Intercept, Parts, Sent};
use crate::operation::Outcome;
use crate::urls::Urls;

/// What takes part, if anything does.
#[derive(Debug)]
pub(super) struct Intercepted {
    pub(super) intercept: Option<Arc<dyn Intercept>>,
    pub(super) urls: Urls,
}

impl Intercepted {
    /// The answer that is given in place of the server; `None` if the request is to be sent.
    pub(super) fn answer(&self, call: &Call) -> Option<Result<Response, Reason>> {
        Some(self.intercept.as_ref()?.answer(&self.sent(call))?.and_then(response))
    }

    /// The server has answered.
    pub(super) fn answered(&self, call: &Call, status: StatusCode, headers: &HeaderMap, body: &[u8]) {
        if let Some(intercept) = &self.intercept {
            intercept.answered(&self.sent(call), answered(status, headers, body));
        }
    }

    /// The request has failed. A failure that follows from an answer is not reported.
    pub(super) fn failed(&self, call: &Call, reason: &Reason) {
        let is_unanswered = matches!(
            reason,
            Reason::Timeout { .. }
                | Reason::Connect { .. }
                | Reason::Reset { .. }
                | Reason::TooLarge { .. }
                | Reason::Intercepted { .. }
        );
        if let Some(intercept) = self.intercept.as_ref().filter(|_| is_unanswered) {
            intercept.unanswered(&self.sent(call), reason);
        }
    }

    /// A body cannot be decompressed: there is an answer, but nothing of it to keep. Other reasons are those of `failed`.
    pub(super) fn unread(&self, call: &Call, reason: &Reason) {
        if let (Some(intercept), Reason::Decode { .. }) = (&self.intercept, reason) {
            intercept.unanswered(&self.sent(call), reason);
        }
    }

    /// The request has ended.
    pub(super) fn ended(&self, call: &Call, outcome: Outcome) {
        if let Some(intercept) = &self.intercept {
            intercept.ended(&self.sent(call), outcome);
        }
    }

    /// The server has opened a stream.
    pub(super) fn opened(&self, call: &Call, response: &Response) -> Option<Parts> {
        let answer = answered(response.status(), response.headers(), &[]);
        self.intercept.as_ref()?.opened(&self.sent(call), answer)
    }

    fn sent<'a>(&'a self, call: &'a Call) -> Sent<'a> {
        let (api, operation) = (call.subject.api, call.subject.operation);
        Sent { api, operation, url: &call.url, base: self.urls.of(api), body: call.body.as_deref() }
    }
}

fn answered(status: StatusCode, headers: &HeaderMap, body: &[u8]) -> Answered {
    let text = |(name, value): (&reqwest::header::HeaderName, &reqwest::header::HeaderValue)| {
        Some((name.as_str().to_owned(), value.to_str().ok()?.to_owned()))
    };
    Answered {
        status: status.as_u16(),
        headers: headers.iter().filter_map(text).collect(),
        body: body.to_vec(),
    }
}

fn response(answer: Answered) -> Result<Response, Reason> {
    let Answered { status, headers, body } = answer;
    let builder = http::Response::builder().status(status);
    let builder = headers.iter().fold(builder, |builder, (name, value)| builder.header(name, value));
    let invalid = |error: http::Error| Reason::Decode { cause: error.to_string().into() };
    builder.body(body).map(Response::from).map_err(invalid)
}
