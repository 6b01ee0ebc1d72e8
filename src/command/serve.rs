//! `serve`: starts the parts, and stops them in order.

use std::io;
use std::pin::pin;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use backon::{ExponentialBuilder, Retryable as _};
use clock::{Clock, after};
use futures_util::future::BoxFuture;
use program::task::Task;
use tokio::sync::Mutex;
use tokio::task::JoinSet;
use tokio::time::{Instant, timeout};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::background::Background;
use super::listeners::{self, Listeners, log_readers};
use super::replay::{Upstream, upstream};
use super::{config_check, failure::Failure};
use crate::alerts::Alertmanager;
use crate::app::App;
use crate::cli;
use crate::config::{AlertmanagerUrls, Web};
use crate::http::{Access, Context, JobReceiver, Reload};
use crate::logs::{self, FollowOptions, LineSink, LokiOptions, LokiTarget, to_loki};
use crate::recording::Replay;
use crate::reload::{Reloader, on_file_change, on_hangup};
use crate::scrape::{Scope, Scraper, Threads};
use crate::settings::Mode;
use program::listen::{are_loopback, inherited, listen_on_all};
use program::log;
use program::output::{print, raise_open_files};
use program::signal;

/// Maximum time after a signal in which requests in flight can finish. Docker kills after ten seconds, and after eight the
/// process ends in any case (see [`signal::shutdown`]).
const DRAIN: Duration = Duration::from_secs(7);

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
        drop(flags.replay().map(Replay::open).transpose()?);
        print(config_check::run(&web, loki, accounts, clock).await?.as_bytes())?;
        return Ok(ExitCode::SUCCESS);
    }
    let Upstream { mode, clock, intercept, .. } = upstream(flags.replay(), clock)?;
    let tasks = TaskTracker::new();
    let app = App::on(Threads::own()?, mode, clock, tasks.clone()).intercepted(intercept);
    let app = Arc::new(app);
    let reading = inputs.clone();
    let load = Box::new(move || flags.settings(files, &reading));
    let reloader = Arc::new(Reloader::start(load, inputs, app)?);
    if let Some(shard) = web.shard {
        let accounts = reloader.app().scraper().accounts().join(", ");
        tracing::info!(%shard, accounts, "accounts of this shard");
    }
    let main = if web.inherits {
        inherited().map_err(Failure::Inherited)?
    } else {
        listen_on_all(&web.listen).await?
    };
    let listeners =
        Listeners { main, jobs: listen_on_all(&web.listen_for_jobs).await?, simulated_pods: None };
    let shutdown = signal::shutdown()?;
    until(listeners, reloader, web, mode, tasks, loki, shutdown).await?;
    Ok(ExitCode::SUCCESS)
}

/// Serves until `shutdown`, then drains.
pub(super) async fn until(
    listeners: Listeners,
    reloader: Arc<Reloader>,
    web: Web,
    mode: Mode,
    tasks: TaskTracker,
    loki: Option<LokiTarget>,
    shutdown: impl Future<Output = ()>,
) -> Result<(), Failure> {
    let app = Arc::clone(reloader.app());
    let background = Background { tasks, stop: CancellationToken::new() };
    keep_up_to_date(&app, &reloader, &background)?;
    let loopback = are_loopback(&listeners.main)?;
    let receiver = JobReceiver::new(reloader.webhook(), listeners.receive_only_local_jobs()?);
    let receiver = Arc::new(receiver);
    let security = reloader.security();
    log_readers(&security.borrow(), loopback);
    if receiver.is_disabled() {
        tracing::info!(
            "job webhooks and pushes are disabled: the exporter is reachable from other machines and has no token; set RUNPOD_WEBHOOK_TOKEN or --webhook.token-file"
        );
    }
    follow_logs(&app, log_sink(&app, loki, &background)?, &background);
    let Web { timeout_offset, grafana, external, alertmanager, pod_proxy, lifecycle, shard, .. } = web;
    let alertmanager = alertmanager.map(|urls| read_alerts(&app, &urls, &background)).transpose()?;
    let access = Access {
        security: security.clone(),
        loopback,
        external: external.clone(),
        receiver: Arc::clone(&receiver),
        only_jobs: false,
    };
    let context = Context {
        scraper: Arc::clone(app.scraper()),
        timeout_offset,
        mode,
        reload: reloader,
        receiver,
        clock: Arc::clone(app.clock()),
        started: app.clock().elapsed(),
        grafana,
        alertmanager,
        external,
        pod_proxy,
        lifecycle,
        shard,
    };
    let servers = listeners::serve(listeners, &context, &access, app.instruments(), &background.stop)?;
    shutdown.await;
    tracing::info!("shutting down; finishing the scrapes in flight");
    background.stop.cancel();
    background.tasks.close();
    drain(servers, &background.tasks).await;
    Ok(())
}

/// Starts what reads the first scrape, and what reloads the configuration.
fn keep_up_to_date(app: &App, reloader: &Arc<Reloader>, background: &Background) -> io::Result<()> {
    let scraper = Arc::clone(app.scraper());
    background.run(Task::Scrape, move || first_scrape(Arc::clone(&scraper)));
    let changed = Arc::clone(reloader);
    background.run(Task::Reload, move || on_file_change(Arc::clone(&changed)));
    let hung_up = Arc::clone(reloader);
    let mut first = Some(on_hangup(Arc::clone(reloader))?);
    background.run(Task::Reload, move || {
        let hangups = first.take().map_or_else(|| on_hangup(Arc::clone(&hung_up)), Ok);
        async move {
            match hangups {
                Ok(hangups) => hangups.await,
                Err(error) => tracing::error!(%error, "cannot reload on SIGHUP any more"),
            }
        }
    });
    Ok(())
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
    background: &Background,
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
    let pusher = Arc::new(Mutex::new(pusher));
    background.run(Task::Loki, move || {
        let pusher = Arc::clone(&pusher);
        async move { pusher.lock().await.run().await }
    });
    Ok(Arc::new(sink))
}

/// Reads alerts while a client wants to see them.
fn read_alerts(
    app: &App,
    AlertmanagerUrls { api, link }: &AlertmanagerUrls,
    background: &Background,
) -> Result<Arc<Alertmanager>, Failure> {
    let alertmanager = Alertmanager::new(api.as_str(), link.as_str(), Arc::clone(app.clock()))
        .map_err(Failure::Alertmanager)?;
    let alertmanager = Arc::new(alertmanager);
    let reader = Arc::clone(&alertmanager);
    background.run(Task::Alerts, move || {
        let reader = Arc::clone(&reader);
        async move { reader.run().await }
    });
    Ok(alertmanager)
}

/// Waits for the scrapes in flight, but no longer than a service manager would.
async fn drain(mut servers: JoinSet<()>, tasks: &TaskTracker) {
    let drained = timeout(DRAIN, async {
        while servers.join_next().await.is_some() {}
        tasks.wait().await;
    });
    if drained.await.is_err() {
        tracing::warn!(seconds = DRAIN.as_secs(), "shut down with requests in flight");
    }
}

/// Follows the logs of the accounts that have the logs collector enabled.
fn follow_logs(app: &App, sink: Arc<dyn LineSink>, background: &Background) {
    let (scraper, clock) = (Arc::clone(app.scraper()), Arc::clone(app.clock()));
    background.run(Task::Logs, move || {
        let (scraper, sink, clock) = (Arc::clone(&scraper), Arc::clone(&sink), Arc::clone(&clock));
        logs::collect(move || scraper.watched(), sink, clock, FollowOptions::default())
    });
}

/// Scrapes until an account answers, without waiting for Prometheus: some clusters send scrapes only to pods that are
/// ready, and the first scrape finds connections, the GraphQL fields and the ids of the endpoints. After that, all requests to
/// Runpod are caused by scrapes.
async fn first_scrape(scraper: Arc<Scraper>) {
    let mut keys = scraper.keys();
    loop {
        keys.borrow_and_update();
        if scraper.accounts().is_empty() {
            tracing::info!("no account belongs to this shard; ready");
            if keys.changed().await.is_err() {
                return;
            }
            continue;
        }
        let first_answer = || async {
            // Errors are logged there.
            drop(scraper.scrape(Scope::default(), after(Instant::now(), FIRST_TIMEOUT)).await);
            (scraper.has_answered() || scraper.all_keys_rejected()).then_some(()).ok_or(())
        };
        let (initial, maximum) = FIRST_BACKOFF;
        let backoff =
            ExponentialBuilder::new().with_min_delay(initial).with_max_delay(maximum).without_max_times();
        let mut ended = pin!(first_answer.retry(backoff));
        tokio::select! {
            _ = &mut ended => {}
            _ = keys.changed() => continue,
        }
        if scraper.has_answered() {
            return tracing::info!("first successful scrape; ready");
        }
        tracing::warn!(
            "Runpod rejects the API key; the next attempt is the next scrape, or follows a change of the key"
        );
        if keys.changed().await.is_err() {
            return;
        }
    }
}
