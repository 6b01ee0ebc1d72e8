//! `POST /webhooks/jobs/{endpoint_id}` and `POST /api/v1/jobs`: finished jobs, from Runpod and from those who have them.

use std::io::BufReader;
use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use axum::extract::{Path, RawQuery, State};
use axum::http::header::AUTHORIZATION;
use axum::http::{HeaderMap, StatusCode};
use tokio::sync::{Semaphore, watch};
use tokio::time::timeout;

use super::Context;
use super::body::{Beginning, Incoming};
use crate::config::Webhook;
use crate::jobs::push::Batch;
use crate::jobs::{Job, Reason, Rejection, Via, webhook};

/// A body up to this size is read when it is there: most are, and then nobody waits for a thread.
const SMALL: usize = 256 * 1024;

/// Larger bodies that are read together, each on a thread: the threads are shared with nobody, and this many keep a core busy.
const LARGE_AT_ONCE: usize = 4;

/// Whoever sends more slowly has gone away: Runpod tries again.
const PATIENCE: Duration = Duration::from_secs(30);

/// The body of a push: some ten thousand jobs.
const MAX_PUSH: usize = 4 * 1024 * 1024;

/// Whether a job that came by webhook or push is taken, and how.
#[derive(Debug)]
pub struct Intake {
    /// Another after each reload.
    webhook: watch::Receiver<Arc<Webhook>>,
    /// Whether only this machine can send anything.
    loopback: bool,
    large: Semaphore,
}

impl Intake {
    /// Takes jobs like this. `loopback` says that every listener can be reached from this machine alone.
    pub fn new(webhook: watch::Receiver<Arc<Webhook>>, loopback: bool) -> Self {
        Self { webhook, loopback, large: Semaphore::new(LARGE_AT_ONCE) }
    }

    fn webhook(&self) -> Arc<Webhook> {
        Arc::clone(&self.webhook.borrow())
    }

    /// Whether nobody's jobs are taken.
    pub fn is_closed(&self) -> bool {
        self.webhook().token.is_none() && !self.loopback
    }

    fn check(&self, given: Option<&str>) -> Result<(), Rejection> {
        if self.is_closed() {
            let told = "jobs are not accepted without a token; set RUNPOD_WEBHOOK_TOKEN or --webhook.token-file, or listen on 127.0.0.1 only";
            return Err(Rejection::new(Reason::Closed, told));
        }
        let webhook = self.webhook();
        let Some(token) = &webhook.token else { return Ok(()) };
        let told = "the token is wrong or missing; pass it as ?token=… or as Authorization: Bearer …";
        let right = given.is_some_and(|given| token.is(given));
        right.then_some(()).ok_or_else(|| Rejection::new(Reason::Unauthorized, told))
    }

    /// Reads the job of a webhook. However large the body is, what is kept of it is not.
    async fn read(&self, body: Body) -> Result<Job, Rejection> {
        let settings = self.webhook();
        let mut incoming = Incoming::new(body, settings.max_body);
        match incoming.beginning(SMALL).await? {
            Beginning::Whole(body) => webhook::from_slice(&body, &settings.pointers),
            Beginning::Part(begun) => {
                let _turn = self.large.acquire().await; // it is never closed
                let parse = move |pieces| webhook::from_reader(BufReader::new(pieces), &settings.pointers);
                incoming.parse(begun, parse).await
            }
        }
    }
}

/// The answer of both routes.
type Answer = (StatusCode, String);

/// Runpod's webhook. It is answered 200 for a job that is counted, and for one that was counted before.
pub(super) async fn webhook(
    State(context): State<Context>,
    Path(endpoint): Path<String>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
    body: Body,
) -> Answer {
    let jobs = context.scraper.jobs();
    let take = async {
        context.intake.check(token(query.as_deref(), &headers).as_deref())?;
        jobs.admit(&endpoint)?;
        let job = in_time(context.intake.read(body)).await?;
        jobs.observe(Via::Webhook, &endpoint, &job)
    };
    let told = |new| if new { "counted\n" } else { "already counted\n" }.to_owned();
    answer(&context, Via::Webhook, take.await.map(told))
}

/// Jobs of a handler or gateway: all that are in the body, or none.
pub(super) async fn push(
    State(context): State<Context>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
    body: Body,
) -> Answer {
    let jobs = context.scraper.jobs();
    let take = async {
        context.intake.check(token(query.as_deref(), &headers).as_deref())?;
        let mut incoming = Incoming::new(body, MAX_PUSH);
        let (Beginning::Whole(body) | Beginning::Part(body)) = in_time(incoming.beginning(MAX_PUSH)).await?;
        let batch = Batch::read(&body)?;
        let told = batch.jobs.iter().map(|pushed| (&*pushed.endpoint_id, &pushed.job));
        let new = jobs.observe_all(Via::Push, told);
        let new = new.map_err(|(position, rejection)| batch.blame(position, rejection))?;
        Ok(format!("counted {new} of {}\n", batch.jobs.len()))
    };
    answer(&context, Via::Push, take.await)
}

async fn in_time<T>(read: impl Future<Output = Result<T, Rejection>>) -> Result<T, Rejection> {
    let told = || format!("body not received within {} seconds", PATIENCE.as_secs());
    let late = |_elapsed| Rejection::new(Reason::Timeout, told());
    timeout(PATIENCE, read).await.map_err(late)?
}

/// The token as it was given: in the URL, which is all that Runpod's webhook can carry, or as a header.
fn token(query: Option<&str>, headers: &HeaderMap) -> Option<String> {
    let mut parameters = url::form_urlencoded::parse(query.unwrap_or_default().as_bytes());
    let in_url = parameters.find(|(name, _)| name == "token").map(|(_, value)| value.into_owned());
    in_url.or_else(|| {
        let (scheme, token) = headers.get(AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
        scheme.eq_ignore_ascii_case("bearer").then(|| token.trim().to_owned())
    })
}

fn answer(context: &Context, via: Via, taken: Result<String, Rejection>) -> Answer {
    match taken {
        Ok(told) => (StatusCode::OK, told),
        Err(rejection) => {
            context.scraper.jobs().rejected(via, rejection.reason);
            (status(rejection.reason), format!("{rejection}\n"))
        }
    }
}

const fn status(reason: Reason) -> StatusCode {
    match reason {
        Reason::Closed => StatusCode::FORBIDDEN,
        Reason::Unauthorized => StatusCode::UNAUTHORIZED,
        Reason::UnknownEndpoint => StatusCode::NOT_FOUND,
        Reason::TooManyUnread => StatusCode::SERVICE_UNAVAILABLE,
        Reason::Malformed | Reason::NotFinished => StatusCode::BAD_REQUEST,
        Reason::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
        Reason::Timeout => StatusCode::REQUEST_TIMEOUT,
    }
}
