//! Lines to Loki: collected into batches, pushed, tried again for a while, and counted where they are lost.
//!
//! This is the one place outside `runpod/` that speaks HTTP to somebody: it has a client of its own, so that nothing of an
//! account, its key least of all, can be on the way to Loki.

mod batch;

use std::fmt::Debug;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use backon::{ExponentialBuilder, Retryable as _};
use reqwest::header::CONTENT_TYPE;
use reqwest::{Client, StatusCode, redirect};
use secrecy::{ExposeSecret as _, SecretString};
use tokio::sync::mpsc::{self, Receiver, Sender};
use tokio::time::{Instant, timeout_at};
use url::Url;

use self::batch::{Entry, body};
use super::{Line, Origin, Sink};
use crate::version::USER_AGENT;
use clock::Clock;

/// Where and as whom.
#[derive(Debug, Clone)]
pub struct LokiTarget {
    /// The push API itself.
    pub url: Url,
    /// `X-Scope-OrgID`, where Loki has several tenants.
    pub tenant: Option<String>,
    /// Name and password.
    pub login: Option<(String, SecretString)>,
}

/// How much at once, and how long.
#[derive(Debug, Clone, Copy)]
pub struct LokiPace {
    /// Lines that wait at the most; what comes on top is dropped.
    pub buffer: usize,
    /// Bytes that wait at the most.
    pub bytes: usize,
    /// Lines in one push at the most.
    pub batch: usize,
    /// How long the first line of a push waits for others.
    pub age: Duration,
    /// Between tries: doubled until it is the second of these.
    pub pause: (Duration, Duration),
    /// Tries after the first, before a batch is dropped.
    pub tries: usize,
}

/// Bytes in one push: Loki takes 4 MB where nobody says otherwise.
const PUSH: usize = 1024 * 1024;

/// One push. Loki writes it to memory and answers; what takes longer has gone wrong.
const TIMEOUT: Duration = Duration::from_secs(10);

impl Default for LokiPace {
    fn default() -> Self {
        Self {
            buffer: 10_000,
            bytes: 16 * 1024 * 1024,
            batch: 1_000,
            age: Duration::from_secs(1),
            pause: (Duration::from_millis(500), Duration::from_secs(30)),
            tries: 8, // about two minutes: a restart of Loki
        }
    }
}

/// Told of lines that are lost.
pub trait Drops: Debug + Send + Sync {
    /// So many lines of an account are.
    fn dropped(&self, account: &str, lines: u64);
}

/// The entrance: takes lines, and passes them on to another sink too.
#[derive(Debug)]
pub struct ToLoki {
    also: Arc<dyn Sink>,
    to: Sender<Entry>,
    waiting: Arc<AtomicUsize>,
    room: usize,
    drops: Arc<dyn Drops>,
    clock: Arc<dyn Clock>,
}

/// The exit: pushes what comes in.
#[derive(Debug)]
pub struct Pusher {
    from: Receiver<Entry>,
    waiting: Arc<AtomicUsize>,
    client: Client,
    target: LokiTarget,
    pace: LokiPace,
    drops: Arc<dyn Drops>,
}

/// Why lines cannot be sent at all.
#[derive(Debug, thiserror::Error)]
#[error("cannot set up the HTTP client for Loki")]
pub struct LokiError(#[from] reqwest::Error);

/// Why a push failed.
#[derive(Debug, thiserror::Error)]
enum PushError {
    #[error("Loki returned status {0}")]
    Status(StatusCode),
    #[error("cannot reach Loki ({0})")]
    Network(String),
}

/// An entrance and its exit. `also` is told of every line first.
pub fn to_loki(
    target: LokiTarget,
    pace: LokiPace,
    also: Arc<dyn Sink>,
    drops: Arc<dyn Drops>,
    clock: Arc<dyn Clock>,
) -> Result<(ToLoki, Pusher), LokiError> {
    // Says Err if an account was first: the provider is the same.
    drop(rustls::crypto::ring::default_provider().install_default());
    let client = Client::builder()
        .user_agent(USER_AGENT)
        .redirect(redirect::Policy::none()) // a redirect would carry the password to wherever it points
        .timeout(TIMEOUT)
        .build()?;
    let (to, from) = mpsc::channel(pace.buffer.max(1));
    let waiting = Arc::new(AtomicUsize::new(0));
    let entrance = ToLoki {
        also,
        to,
        waiting: Arc::clone(&waiting),
        room: pace.bytes,
        drops: Arc::clone(&drops),
        clock,
    };
    Ok((entrance, Pusher { from, waiting, client, target, pace, drops }))
}

impl Sink for ToLoki {
    fn line(&self, origin: &Origin, line: &Line) {
        self.also.line(origin, line);
        let moment = line.moment.unwrap_or_else(|| self.clock.now());
        let size = line.text.len();
        let has_room = self.waiting.fetch_add(size, Ordering::Relaxed) + size <= self.room;
        if !has_room || self.to.try_send(Entry::new(origin, line, moment)).is_err() {
            self.waiting.fetch_sub(size, Ordering::Relaxed);
            self.drops.dropped(&origin.account, 1);
        }
    }

    fn gone(&self, origin: &Origin) {
        self.also.gone(origin);
    }
}

impl Pusher {
    /// Pushes until the entrance is gone.
    pub async fn run(mut self) {
        let mut is_told = false;
        while let Some(batch) = self.next().await {
            match self.push(&batch).await {
                Ok(()) => {
                    if std::mem::take(&mut is_told) {
                        tracing::info!("Loki accepts lines again");
                    }
                }
                Err(error) => {
                    if !std::mem::replace(&mut is_told, true) {
                        tracing::warn!(
                            lines = batch.len(),
                            "dropping log lines: {error}; check --logs.loki-url, the tenant and the password"
                        );
                    }
                    for (account, lines) in batch::by_account(&batch) {
                        self.drops.dropped(account, lines);
                    }
                }
            }
        }
    }

    /// The next batch: what has come until it is large enough, or its first line has waited long enough.
    async fn next(&mut self) -> Option<Vec<Entry>> {
        let mut batch = vec![self.from.recv().await?];
        let due = Instant::now() + self.pace.age;
        let mut size = 0;
        while batch.len() < self.pace.batch && size < PUSH {
            let Ok(Some(entry)) = timeout_at(due, self.from.recv()).await else { break };
            size += entry.size();
            batch.push(entry);
        }
        let bytes: usize = batch.iter().map(Entry::size).sum();
        self.waiting.fetch_sub(bytes, Ordering::Relaxed);
        Some(batch)
    }

    async fn push(&self, batch: &[Entry]) -> Result<(), PushError> {
        let body = bytes::Bytes::from(body(batch));
        let (first, longest) = self.pace.pause;
        let pauses = ExponentialBuilder::new()
            .with_min_delay(first)
            .with_max_delay(longest)
            .with_max_times(self.pace.tries)
            .with_jitter();
        let once = || self.once(body.clone());
        once.retry(pauses).when(PushError::may_pass).await
    }

    async fn once(&self, body: bytes::Bytes) -> Result<(), PushError> {
        let LokiTarget { url, tenant, login } = &self.target;
        let mut request = self.client.post(url.clone()).header(CONTENT_TYPE, "application/json").body(body);
        if let Some(tenant) = tenant {
            request = request.header("X-Scope-OrgID", tenant);
        }
        if let Some((name, password)) = login {
            request = request.basic_auth(name, Some(password.expose_secret()));
        }
        let network = |error: reqwest::Error| PushError::Network(error.without_url().to_string());
        let status = request.send().await.map_err(network)?.status();
        if status.is_success() { Ok(()) } else { Err(PushError::Status(status)) }
    }
}

impl PushError {
    /// Whether it may be different the next time. What is wrong with a batch stays wrong.
    fn may_pass(&self) -> bool {
        match self {
            Self::Network(_) => true,
            Self::Status(status) => status.is_server_error() || *status == StatusCode::TOO_MANY_REQUESTS,
        }
    }
}
