//! `serve`: starts the parts, and stops them in order.

use std::io;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use backon::{ExponentialBuilder, Retryable as _};
use clock::{Clock, after};
use futures_util::future::BoxFuture;
use tokio::net::TcpListener;
use tokio::task::JoinSet;
use tokio::time::{Instant, timeout};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::{config_check, failure::Failure};
use crate::app::App;
use crate::cli;
use crate::config::Web;
use crate::http::{self, JobReceiver, Reload, router};
use crate::logs::{self, FollowOptions, LineSink, LokiOptions, LokiTarget, to_loki};
use crate::reload::{Reloader, on_file_change, on_hangup};
use crate::scrape::{Scope, Scraper, Threads};
use crate::settings::Mode;
use program::listen::{are_loopback, listen_on_all};
use program::log;
use program::output::{print, raise_open_files};
use program::signal;

/// Maximum time after a signal in which requests in flight can finish: less than the timeout of service managers.
const DRAIN: Duration = Duration::from_secs(20);

/// Initial and maximum delay between attempts of the first successful scrape.
const FIRST_BACKOFF: (Duration, Duration) = (Duration::from_secs(1), Duration::from_mins(1));

/// Timeout of such an attempt: shorter than that of a usual scrape, so that a scrape that arrives meanwhile joins it.
const FIRST_TIMEOUT: Duration = Duration::from_secs(5);

pub(super) async fn run(flags: cli::Serve, clock: Arc<dyn Clock>) -> Result<ExitCode, Failure> {
    log::start(&flags.log.level, flags.log.format)?;
    let files = raise_open_files();
    let inputs = cli::inputs();
    let (web, loki) = (flags.web()?, flags.loki(&inputs)?);
    if flags.only_checks() {
        let accounts = flags.settings(files, &inputs)?.accounts;
        print(config_check::run(&web, loki, accounts, clock).await?.as_bytes())?;
        return Ok(ExitCode::SUCCESS);
    }
    let tasks = TaskTracker::new();
    let app = Arc::new(App::on(Threads::own()?, Mode::Serve, clock, tasks.clone()));
    let reading = inputs.clone();
    let load = Box::new(move || flags.settings(files, &reading));
    let reloader = Arc::new(Reloader::start(load, inputs, app)?);
    let listeners = listen_on_all(&web.listen).await?;
    let shutdown = signal::shutdown()?;
    until(listeners, reloader, web, Mode::Serve, tasks, loki, shutdown).await?;
    Ok(ExitCode::SUCCESS)
}

/// Serves until `shutdown`, then drains.
pub(super) async fn until(
    listeners: Vec<TcpListener>,
    reloader: Arc<Reloader>,
    web: Web,
    mode: Mode,
    tasks: TaskTracker,
    loki: Option<LokiTarget>,
    shutdown: impl Future<Output = ()>,
) -> Result<(), Failure> {
    let app = Arc::clone(reloader.app());
    let scraper = Arc::clone(app.scraper());
    let stop = CancellationToken::new();
    tasks.spawn(stop.clone().run_until_cancelled_owned(first_scrape(Arc::clone(&scraper))));
    tasks.spawn(stop.clone().run_until_cancelled_owned(on_hangup(Arc::clone(&reloader))?));
    tasks.spawn(stop.clone().run_until_cancelled_owned(on_file_change(Arc::clone(&reloader))));
    let receiver = Arc::new(JobReceiver::new(reloader.webhook(), are_loopback(&listeners)?));
    if receiver.is_disabled() {
        tracing::info!(
            "job webhooks and pushes are disabled: the exporter is reachable from other machines and has no token; set RUNPOD_WEBHOOK_TOKEN or --webhook.token-file"
        );
    }
    let sink = log_sink(&app, loki, &tasks, &stop)?;
    tasks.spawn(stop.clone().run_until_cancelled_owned(follow_logs(&app, sink)));
    let (clock, started) = (Arc::clone(app.clock()), app.clock().elapsed());
    let Web { timeout_offset, grafana, .. } = web;
    let routes = router(http::Context {
        scraper,
        timeout_offset,
        mode,
        reload: reloader,
        receiver,
        clock,
        started,
        grafana,
    });
    let mut servers = JoinSet::new();
    for listener in listeners {
        tracing::info!(address = %listener.local_addr()?, "listening");
        servers.spawn(serve(listener, routes.clone(), stop.clone()));
    }
    let ended = tokio::select! {
        () = shutdown => None,
        ended = servers.join_next() => ended, // without a signal, a server ends only on an error
    };
    tracing::info!("shutting down; finishing the scrapes in flight");
    stop.cancel();
    tasks.close();
    drain(servers, &tasks).await;
    match ended {
        Some(Ok(Err(error))) => Err(error.into()),
        _ => Ok(()),
    }
}

impl Reload for Reloader {
    fn reload(self: Arc<Self>) -> BoxFuture<'static, Result<(), String>> {
        Box::pin(async move { Self::reload(&self).await.map(|_| ()).map_err(|error| error.to_string()) })
    }
}

/// Counts the log lines, and sends them to Loki if it is configured.
fn log_sink(
    app: &App,
    loki: Option<LokiTarget>,
    tasks: &TaskTracker,
    stop: &CancellationToken,
) -> Result<Arc<dyn LineSink>, Failure> {
    let lines = app.instruments().log_lines().clone();
    let Some(target) = loki else { return Ok(Arc::new(lines)) };
    if app.scraper().watched().is_empty() {
        tracing::warn!(
            "--logs.loki-url has no effect: no account has the logs collector enabled; add --collector.logs"
        );
    }
    let (next, drops, clock) = (Arc::new(lines.clone()), Arc::new(lines), Arc::clone(app.clock()));
    let (sink, pusher) =
        to_loki(target, LokiOptions::default(), next, drops, clock).map_err(Failure::Loki)?;
    tasks.spawn(stop.clone().run_until_cancelled_owned(pusher.run()));
    Ok(Arc::new(sink))
}

/// Waits for the scrapes in flight, but no longer than a service manager would.
async fn drain(mut servers: JoinSet<io::Result<()>>, tasks: &TaskTracker) {
    let drained = timeout(DRAIN, async {
        while servers.join_next().await.is_some() {}
        tasks.wait().await;
    });
    if drained.await.is_err() {
        tracing::warn!(seconds = DRAIN.as_secs(), "shut down with requests in flight");
    }
}

async fn serve(listener: TcpListener, routes: Router, stop: CancellationToken) -> io::Result<()> {
    axum::serve(listener, routes).with_graceful_shutdown(stop.cancelled_owned()).await
}

/// Follows the logs of the accounts that have the logs collector enabled.
fn follow_logs(app: &App, sink: Arc<dyn LineSink>) -> impl Future<Output = ()> + use<> {
    let scraper = Arc::clone(app.scraper());
    logs::collect(move || scraper.watched(), sink, Arc::clone(app.clock()), FollowOptions::default())
}

/// Scrapes until an account answers, without waiting for Prometheus: some clusters send scrapes only to pods that are
/// ready, and the GraphQL fields are negotiated before the first scrape. After that, all requests to Runpod are caused by
/// scrapes.
async fn first_scrape(scraper: Arc<Scraper>) {
    let first_answer = || async {
        // Errors are logged there.
        drop(scraper.scrape(Scope::default(), after(Instant::now(), FIRST_TIMEOUT)).await);
        scraper.has_answered().then_some(()).ok_or(())
    };
    let (initial, maximum) = FIRST_BACKOFF;
    let backoff =
        ExponentialBuilder::new().with_min_delay(initial).with_max_delay(maximum).without_max_times();
    if first_answer.retry(backoff).await.is_ok() {
        tracing::info!("first successful scrape; ready");
    }
}
