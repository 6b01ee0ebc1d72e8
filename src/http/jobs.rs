//! `POST /webhooks/jobs/{endpoint_id}` and `POST /api/v1/jobs`: receives finished jobs from Runpod's webhook, and from
//! handlers and gateways.

use std::io::BufReader;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::{Path, RawQuery, State};
use axum::http::header::{self, AUTHORIZATION};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::routing::post;
use program::task::{self, Task};
use program::text::Visible;
use tokio::sync::{Semaphore, watch};
use tokio::time::timeout;

use super::Context;
use super::body::{Budget, Prefix, RequestBody, broken};
use crate::config::Webhook;
use crate::instruments::Jobs;
use crate::jobs::push::Batch;
use crate::jobs::{Job, Reason, Rejection, Trace, Via, webhook};

/// Maximum size of a body in bytes that is parsed on the async runtime, without a thread. Most bodies are smaller.
const SMALL: usize = 256 * 1024;

/// Maximum number of larger bodies that are parsed concurrently, each on a blocking thread. This keeps a core busy.
const MAX_LARGE: usize = 4;

/// Maximum number of pushes that are parsed concurrently, each on a blocking thread.
const MAX_PUSHES: usize = 2;

/// `Retry-After` in seconds, if a report may be accepted soon.
const RETRY_AFTER: HeaderValue = HeaderValue::from_static("1");

/// The header with the trace of a job.
const TRACEPARENT: &str = "traceparent";

/// Timeout of receiving a body. Runpod retries a webhook that fails.
const TIMEOUT: Duration = Duration::from_secs(30);

/// Maximum size of a push in bytes: about ten thousand jobs.
const MAX_PUSH: usize = 4 * 1024 * 1024;

/// Receives webhooks and pushes, checks their token and parses them.
#[derive(Debug)]
pub struct JobReceiver {
    /// The current settings; a reload replaces them.
    webhook: watch::Receiver<Arc<Webhook>>,
    /// Whether only this machine can reach the exporter.
    loopback: bool,
    large: Semaphore,
    pushes: Semaphore,
    budget: Budget,
}

impl JobReceiver {
    /// A receiver with these settings. `loopback` means that only this machine can reach the listeners.
    pub fn new(webhook: watch::Receiver<Arc<Webhook>>, loopback: bool) -> Self {
        Self {
            webhook,
            loopback,
            large: Semaphore::new(MAX_LARGE),
            pushes: Semaphore::new(MAX_PUSHES),
            budget: Budget::default(),
        }
    }

    fn webhook(&self) -> Arc<Webhook> {
        Arc::clone(&self.webhook.borrow())
    }

    /// Whether senders of jobs have to present a token.
    pub fn has_token(&self) -> bool {
        self.webhook().token.is_some()
    }

    /// Whether all jobs are rejected, because there is no token and other machines can reach the exporter.
    pub fn is_disabled(&self) -> bool {
        self.webhook().token.is_none() && !self.loopback
    }

    fn check(&self, given: Option<&str>) -> Result<(), Rejection> {
        if self.is_disabled() {
            let message = "jobs are not accepted without a token; set RUNPOD_WEBHOOK_TOKEN or --webhook.token-file, or listen on 127.0.0.1 only";
            return Err(Rejection::new(Reason::Closed, message));
        }
        let webhook = self.webhook();
        let Some(token) = &webhook.token else { return Ok(()) };
        let message = "the token is wrong or missing; pass it as ?token=… or as Authorization: Bearer …";
        let is_valid = given.is_some_and(|given| token.is(given));
        is_valid.then_some(()).ok_or_else(|| Rejection::new(Reason::Unauthorized, message))
    }

    /// Reads the job of a webhook. Memory does not grow with the size of the body.
    async fn read(&self, body: Body) -> Result<Job, Rejection> {
        let settings = self.webhook();
        let mut body = RequestBody::new(body, settings.max_body, self.budget.clone());
        match body.prefix(SMALL).await? {
            Prefix::Complete(body) => webhook::from_slice(&body, &settings.pointers),
            Prefix::Partial(prefix) => {
                let _permit = self.large.acquire().await; // never closed
                let parse = move |chunks| webhook::from_reader(BufReader::new(chunks), &settings.pointers);
                body.parse(prefix, parse).await
            }
        }
    }
}

/// The path of webhooks, without the id of the endpoint.
const WEBHOOKS: &str = "/webhooks/jobs/";

/// The path of pushes.
const PUSHES: &str = "/api/v1/jobs";

/// The routes of webhooks and pushes.
pub(super) fn routes() -> Router<Context> {
    Router::new()
        .route(&format!("{WEBHOOKS}{{endpoint_id}}"), post(webhook))
        .route(&format!("{WEBHOOKS}{{endpoint_id}}/"), post(webhook))
        .route(PUSHES, post(push))
        .route(&format!("{PUSHES}/"), post(push))
}

/// Whether a path is one of these routes, which check a token.
pub(super) fn is_route(path: &str) -> bool {
    path.starts_with(WEBHOOKS) || path.trim_end_matches('/') == PUSHES
}

/// The response of both routes.
type Reply = (StatusCode, HeaderMap, String);

/// Receives Runpod's webhook. The response is 200 for a job that is counted now or was counted before.
async fn webhook(
    State(context): State<Context>,
    Path(endpoint): Path<String>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
    body: Body,
) -> Reply {
    let jobs = context.scraper.jobs();
    let result = async {
        context.receiver.check(token(query.as_deref(), &headers).as_deref())?;
        jobs.admit(&endpoint)?;
        let mut job = in_time(context.receiver.read(body)).await?;
        job.trace = headers.get(TRACEPARENT).and_then(|header| Trace::parse(header.to_str().ok()?));
        jobs.observe(Via::Webhook, &endpoint, &job)
    };
    let message = |new| if new { "counted\n" } else { "already counted\n" }.to_owned();
    respond(&context, Via::Webhook, result.await.map(message))
}

/// Receives jobs of a handler or gateway. Either all of them are counted, or none.
async fn push(
    State(context): State<Context>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
    body: Body,
) -> Reply {
    let jobs = context.scraper.jobs();
    let result = async {
        context.receiver.check(token(query.as_deref(), &headers).as_deref())?;
        let mut body = RequestBody::new(body, MAX_PUSH, context.receiver.budget.clone());
        let (Prefix::Complete(bytes) | Prefix::Partial(bytes)) = in_time(body.prefix(MAX_PUSH)).await?;
        let _permit = context.receiver.pushes.acquire().await; // never closed
        let jobs = jobs.clone();
        task::blocking(Task::Jobs, move || count(&jobs, &bytes)).await.map_err(broken)?
    };
    respond(&context, Via::Push, result.await)
}

/// Counts the jobs of a push: either all of them, or none.
fn count(jobs: &Jobs, body: &[u8]) -> Result<String, Rejection> {
    let batch = Batch::read(body)?;
    let pushed = batch.jobs.iter().map(|pushed| (&*pushed.endpoint_id, &pushed.job));
    let new =
        jobs.observe_all(Via::Push, pushed).map_err(|(index, rejection)| batch.locate(index, rejection))?;
    Ok(format!("counted {new} of {}\n", batch.jobs.len()))
}

async fn in_time<T>(read: impl Future<Output = Result<T, Rejection>>) -> Result<T, Rejection> {
    let message = || format!("body not received within {} seconds", TIMEOUT.as_secs());
    let late = |_elapsed| Rejection::new(Reason::Timeout, message());
    timeout(TIMEOUT, read).await.map_err(late)?
}

/// The token in the request: a URL parameter, the only place that Runpod's webhook supports, or a header.
fn token(query: Option<&str>, headers: &HeaderMap) -> Option<String> {
    let mut parameters = url::form_urlencoded::parse(query.unwrap_or_default().as_bytes());
    let in_url = parameters.find(|(name, _)| name == "token").map(|(_, value)| value.into_owned());
    in_url.or_else(|| {
        let (scheme, token) = headers.get(AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
        scheme.eq_ignore_ascii_case("bearer").then(|| token.trim().to_owned())
    })
}

fn respond(context: &Context, via: Via, result: Result<String, Rejection>) -> Reply {
    match result {
        Ok(message) => (StatusCode::OK, HeaderMap::new(), message),
        Err(rejection) => {
            context.scraper.jobs().rejected(via, rejection.reason);
            let status = status(rejection.reason);
            let is_temporary = status == StatusCode::SERVICE_UNAVAILABLE;
            let headers = is_temporary.then_some((header::RETRY_AFTER, RETRY_AFTER)).into_iter().collect();
            // The message may repeat a part of the body, and its reader may be a terminal.
            (status, headers, format!("{}\n", Visible(&rejection.message)))
        }
    }
}

const fn status(reason: Reason) -> StatusCode {
    match reason {
        Reason::Closed => StatusCode::FORBIDDEN,
        Reason::Unauthorized => StatusCode::UNAUTHORIZED,
        Reason::UnknownEndpoint => StatusCode::NOT_FOUND,
        Reason::TooManyUnread | Reason::Busy => StatusCode::SERVICE_UNAVAILABLE,
        Reason::Malformed | Reason::NotFinished => StatusCode::BAD_REQUEST,
        Reason::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
        Reason::Timeout => StatusCode::REQUEST_TIMEOUT,
    }
}
