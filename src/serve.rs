//! Wiring and drain: the parts are put together here and taken down in order. No logic.

use std::future::Future;
use std::io;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use backon::{ExponentialBuilder, Retryable as _};
use tokio::net::TcpListener;
use tokio::task::JoinSet;
use tokio::time::{Instant, timeout};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::config::Web;
use crate::http::{App, Intake, Reload, router};
use crate::instruments::Mode;
use crate::logs::{self, LokiError, LokiPace, LokiTarget, Pace, Sink, to_loki};
use crate::reload::{Reloader, on_file_change, on_hangup};
use crate::runpod::SetupError;
use crate::scrape::{Scope, Scraper};

/// After the signal: scrapes in flight are answered, but nobody waits longer than a service manager would.
const DRAIN: Duration = Duration::from_secs(20);

/// Between tries to reach an account for the first time: doubled until it is this long.
const FIRST_CONTACT: (Duration, Duration) = (Duration::from_secs(1), Duration::from_mins(1));

/// How long a first try may take: less than any scrape, so that a scrape that comes meanwhile joins it.
const FIRST_SCRAPE: Duration = Duration::from_secs(5);

/// Why the exporter could not start or go on.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// An account's client.
    #[error("account {account}: {cause}")]
    Setup {
        /// Its name.
        account: Arc<str>,
        /// What is wrong.
        cause: SetupError,
    },
    /// The instruments.
    #[error("cannot register the exporter's own metrics: {0}")]
    Instruments(#[from] prometheus::Error),
    /// An address that cannot be listened on.
    #[error("cannot listen on {address}: {cause}")]
    Listen {
        /// As given.
        address: String,
        /// What the system says.
        cause: io::Error,
    },
    /// The client that sends lines to Loki.
    #[error("cannot set up the HTTP client for Loki; are root certificates (ca-certificates) installed?")]
    Loki(#[source] LokiError),
    /// The server itself.
    #[error("the HTTP server stopped: {0}")]
    Server(#[from] io::Error),
}

/// Opens the listeners, so that a port in use is told before anything else happens.
pub async fn listen(web: &Web) -> Result<Vec<TcpListener>, ServeError> {
    let mut listeners = Vec::new();
    for address in &web.listen {
        // Go's habit, and so that of other exporters: a port alone means every interface.
        let full = if address.starts_with(':') { format!("0.0.0.0{address}") } else { address.clone() };
        let listener = TcpListener::bind(&full).await;
        listeners.push(listener.map_err(|cause| ServeError::Listen { address: address.clone(), cause })?);
    }
    Ok(listeners)
}

/// Serves until `shutdown`, then drains.
pub async fn run(
    listeners: Vec<TcpListener>,
    reloader: Arc<Reloader>,
    web: Web,
    mode: Mode,
    tasks: TaskTracker,
    loki: Option<LokiTarget>,
    shutdown: impl Future<Output = ()>,
) -> Result<(), ServeError> {
    let scraper = Arc::clone(reloader.scraper());
    let stop = CancellationToken::new();
    tasks.spawn(stop.clone().run_until_cancelled_owned(make_contact(Arc::clone(&scraper))));
    tasks.spawn(stop.clone().run_until_cancelled_owned(on_hangup(Arc::clone(&reloader))?));
    tasks.spawn(stop.clone().run_until_cancelled_owned(on_file_change(Arc::clone(&reloader))));
    let intake = Arc::new(Intake::new(reloader.webhook(), are_loopback(&listeners)?));
    if intake.is_closed() {
        tracing::info!(
            "job webhooks and pushes are disabled: the exporter is reachable from other machines and has no token; set RUNPOD_WEBHOOK_TOKEN or --webhook.token-file"
        );
    }
    let lines = reloader.instruments().log_lines().clone();
    let sink: Arc<dyn Sink> = match loki {
        None => Arc::new(lines),
        Some(target) => {
            if scraper.watches().is_empty() {
                tracing::warn!(
                    "--logs.loki-url has no effect: no account has the logs collector enabled; add --collector.logs"
                );
            }
            let (sink, drops) = (Arc::new(lines.clone()), Arc::new(lines));
            let clock = Arc::clone(reloader.clock());
            let (entrance, pusher) =
                to_loki(target, LokiPace::default(), sink, drops, clock).map_err(ServeError::Loki)?;
            tasks.spawn(stop.clone().run_until_cancelled_owned(pusher.run()));
            Arc::new(entrance)
        }
    };
    tasks.spawn(stop.clone().run_until_cancelled_owned(follow_logs(&reloader, sink)));
    let (clock, started) = (Arc::clone(reloader.clock()), reloader.clock().elapsed());
    let Web { timeout_offset, grafana, .. } = web;
    let routes =
        router(App { scraper, timeout_offset, mode, reload: reloader, intake, clock, started, grafana });
    let mut servers = JoinSet::new();
    for listener in listeners {
        tracing::info!(address = %listener.local_addr()?, "listening");
        servers.spawn(serve(listener, routes.clone(), stop.clone()));
    }
    let ended = tokio::select! {
        () = shutdown => None,
        ended = servers.join_next() => ended, // a server ends by itself only in trouble
    };
    tracing::info!("shutting down; finishing the scrapes in flight");
    stop.cancel();
    tasks.close();
    let drained = timeout(DRAIN, async {
        while servers.join_next().await.is_some() {}
        tasks.wait().await;
    });
    if drained.await.is_err() {
        tracing::warn!(seconds = DRAIN.as_secs(), "shut down with requests in flight");
    }
    match ended {
        Some(Ok(Err(error))) => Err(error.into()),
        _ => Ok(()),
    }
}

/// Whether nobody but this machine can reach any of them.
pub(crate) fn are_loopback(listeners: &[TcpListener]) -> io::Result<bool> {
    let mut addresses = listeners.iter().map(TcpListener::local_addr);
    addresses.try_fold(true, |all, address| Ok(all && address?.ip().is_loopback()))
}

impl Reload for Reloader {
    fn reload(&self) -> Result<(), String> {
        Self::reload(self).map(|_| ()).map_err(|error| error.to_string())
    }
}

async fn serve(listener: TcpListener, routes: Router, stop: CancellationToken) -> io::Result<()> {
    axum::serve(listener, routes).with_graceful_shutdown(stop.cancelled_owned()).await
}

/// Follows the logs of the accounts whose logs are collected.
fn follow_logs(reloader: &Reloader, sink: Arc<dyn Sink>) -> impl Future<Output = ()> + use<> {
    let scraper = Arc::clone(reloader.scraper());
    logs::collect(move || scraper.watches(), sink, Arc::clone(reloader.clock()), Pace::default())
}

/// Makes the first contact without waiting for a scrape: readiness gates the traffic of scrapes in some clusters, and the
/// fields of the documents are learned before the first one. Ends with the first answer; after that, every request to
/// Runpod is caused by a scrape.
async fn make_contact(scraper: Arc<Scraper>) {
    let first_answer = || async {
        // Whether there was a page does not matter here: whoever scrapes is told.
        drop(scraper.scrape(Scope::default(), Instant::now() + FIRST_SCRAPE).await);
        scraper.has_answered().then_some(()).ok_or(())
    };
    let (pause, longest) = FIRST_CONTACT;
    let for_ever =
        ExponentialBuilder::new().with_min_delay(pause).with_max_delay(longest).without_max_times();
    if first_answer.retry(for_ever).await.is_ok() {
        tracing::info!("first successful scrape; ready");
    }
}

/// Listens for SIGTERM and SIGINT from now on; the future resolves at the first of them.
pub fn signal() -> io::Result<impl Future<Output = ()> + Send + 'static> {
    use tokio::signal::unix::{SignalKind, signal};
    let (mut terminate, mut interrupt) = (signal(SignalKind::terminate())?, signal(SignalKind::interrupt())?);
    Ok(async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
    })
}
