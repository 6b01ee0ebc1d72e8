//! Sends log lines to Loki in batches, retries failed pushes, and counts lines that are dropped.
//!
//! It has its own HTTP client, so that no API key can be sent to Loki.

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

use self::batch::{Entry, lines_by_account, push_body};
use super::{Line, LineSink, LogOrigin};
use crate::version::USER_AGENT;
use clock::{Clock, after};
use program::task::{Panicked, Task, caught};

/// Where lines are sent, and with which credentials.
#[derive(Debug, Clone)]
pub struct LokiTarget {
    /// URL of the push API.
    pub url: Url,
    /// Tenant (`X-Scope-OrgID`), if Loki has several.
    pub tenant: Option<String>,
    /// User name and password.
    pub login: Option<(String, SecretString)>,
}

/// Limits and delays of sending lines.
#[derive(Debug, Clone, Copy)]
pub struct LokiOptions {
    /// Maximum number of queued lines; further lines are dropped.
    pub queue_lines: usize,
    /// Maximum size of the queued lines in bytes.
    pub queue_bytes: usize,
    /// Maximum number of lines in a push.
    pub batch: usize,
    /// Maximum time that a line waits for a batch to fill.
    pub linger: Duration,
    /// Initial and maximum delay between retries. The delay doubles at each failure.
    pub backoff: (Duration, Duration),
    /// Number of retries before a batch is dropped.
    pub retries: usize,
}

/// Size of a push in bytes above which no line is added. Loki accepts 4 MB by default.
const BATCH_BYTES: usize = 1024 * 1024;

/// Timeout of a push. Loki answers as soon as the lines are in memory.
const TIMEOUT: Duration = Duration::from_secs(10);

impl Default for LokiOptions {
    fn default() -> Self {
        Self {
            queue_lines: 10_000,
            queue_bytes: 16 * 1024 * 1024,
            batch: 1_000,
            linger: Duration::from_secs(1),
            backoff: (Duration::from_millis(500), Duration::from_secs(30)),
            retries: 8, // about two minutes: a restart of Loki
        }
    }
}

/// Counts the lines that are dropped.
pub trait DropCounter: Debug + Send + Sync {
    /// Counts dropped lines of an account.
    fn dropped(&self, account: &str, lines: u64);
}

/// Queues lines for the pusher, after passing them to another sink.
#[derive(Debug)]
pub struct LokiSink {
    next: Arc<dyn LineSink>,
    queue: Sender<Entry>,
    queued_bytes: Arc<AtomicUsize>,
    max_bytes: usize,
    drops: Arc<dyn DropCounter>,
    clock: Arc<dyn Clock>,
}

/// Pushes queued lines to Loki.
#[derive(Debug)]
pub struct LokiPusher {
    queue: Receiver<Entry>,
    queued_bytes: Arc<AtomicUsize>,
    client: Client,
    target: LokiTarget,
    options: LokiOptions,
    drops: Arc<dyn DropCounter>,
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
    #[error(transparent)]
    Panicked(#[from] Panicked),
}

/// A sink and the pusher that empties its queue. `next` receives every line too, also those that are dropped here.
pub fn to_loki(
    target: LokiTarget,
    options: LokiOptions,
    next: Arc<dyn LineSink>,
    drops: Arc<dyn DropCounter>,
    clock: Arc<dyn Clock>,
) -> Result<(LokiSink, LokiPusher), LokiError> {
    // An error means that the client of an account has installed the same provider before.
    drop(rustls::crypto::ring::default_provider().install_default());
    // Without TLS, a system without root certificates is enough.
    let builder = Client::builder();
    let builder = if target.url.scheme() == "https" { builder } else { builder.tls_certs_only([]) };
    let client = builder
        .user_agent(USER_AGENT)
        .redirect(redirect::Policy::none()) // the password must not be sent to another host
        .timeout(TIMEOUT)
        .build()?;
    let (sender, receiver) = mpsc::channel(options.queue_lines.max(1));
    let queued_bytes = Arc::new(AtomicUsize::new(0));
    let sink = LokiSink {
        next,
        queue: sender,
        queued_bytes: Arc::clone(&queued_bytes),
        max_bytes: options.queue_bytes,
        drops: Arc::clone(&drops),
        clock,
    };
    Ok((sink, LokiPusher { queue: receiver, queued_bytes, client, target, options, drops }))
}

impl LineSink for LokiSink {
    fn line(&self, origin: &LogOrigin, line: &Line) {
        self.next.line(origin, line);
        let timestamp = line.timestamp.unwrap_or_else(|| self.clock.now());
        let size = line.text.len();
        let fits = self.queued_bytes.fetch_add(size, Ordering::Relaxed) + size <= self.max_bytes;
        if !fits || self.queue.try_send(Entry::new(origin, line, timestamp)).is_err() {
            self.queued_bytes.fetch_sub(size, Ordering::Relaxed);
            self.drops.dropped(&origin.account, 1);
        }
    }

    fn gone(&self, origin: &LogOrigin) {
        self.next.gone(origin);
    }
}

impl LokiPusher {
    /// Pushes until the sink is dropped. Logs when pushing starts to fail and when it works again.
    pub async fn run(&mut self) {
        let mut is_failing = false;
        while let Some(batch) = self.next_batch().await {
            match caught(Task::Loki, self.push(&batch)).await.unwrap_or_else(|panic| Err(panic.into())) {
                Ok(()) => {
                    if std::mem::take(&mut is_failing) {
                        tracing::info!("Loki accepts lines again");
                    }
                }
                Err(error) => {
                    if !std::mem::replace(&mut is_failing, true) {
                        tracing::warn!(
                            lines = batch.len(),
                            "dropping log lines: {error}; check --logs.loki-url, the tenant and the password"
                        );
                    }
                    for (account, lines) in lines_by_account(&batch) {
                        self.drops.dropped(account, lines);
                    }
                }
            }
        }
    }

    /// The next batch. It ends when it is large enough, or when its first line has waited long enough.
    async fn next_batch(&mut self) -> Option<Vec<Entry>> {
        let mut batch = vec![self.queue.recv().await?];
        let due = after(Instant::now(), self.options.linger);
        let mut size = 0;
        while batch.len() < self.options.batch && size < BATCH_BYTES {
            let Ok(Some(entry)) = timeout_at(due, self.queue.recv()).await else { break };
            size += entry.size();
            batch.push(entry);
        }
        let bytes: usize = batch.iter().map(Entry::size).sum();
        self.queued_bytes.fetch_sub(bytes, Ordering::Relaxed);
        Some(batch)
    }

    async fn push(&self, batch: &[Entry]) -> Result<(), PushError> {
        let body = bytes::Bytes::from(push_body(batch));
        let (initial, maximum) = self.options.backoff;
        let backoff = ExponentialBuilder::new()
            .with_min_delay(initial)
            .with_max_delay(maximum)
            .with_max_times(self.options.retries)
            .with_jitter();
        let send = || self.send(body.clone());
        send.retry(backoff).when(PushError::is_retryable).await
    }

    async fn send(&self, body: bytes::Bytes) -> Result<(), PushError> {
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
    /// Whether a retry may succeed. A batch that Loki rejects once is rejected again.
    fn is_retryable(&self) -> bool {
        match self {
            Self::Network(_) => true,
            Self::Panicked(_) => false,
            Self::Status(status) => status.is_server_error() || *status == StatusCode::TOO_MANY_REQUESTS,
        }
    }
}
