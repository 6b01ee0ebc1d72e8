//! `demo`: runs the simulator and the exporter in one process until a signal.

use std::convert::Infallible;
use std::hash::{BuildHasher as _, RandomState};
use std::net::SocketAddr;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use clock::{Clock, after};
use runpod::{ApiKey, Limits, Urls};
use runpod_simulator::Simulator;
use runpod_simulator::webhooks::WebhookUrl;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::failure::Failure;
use program::listen::{are_loopback, listen_on_all, reachable};
use program::output::{print, raise_open_files};
use program::signal;

use super::listeners::Listeners;
use super::serve;
use crate::app::App;
use crate::cli;
use crate::config::{Account, ConfigError, DEFAULT_ACCOUNT, Inputs, Settings, Token, Webhook, base_url};
use crate::reload::Reloader;
use crate::scrape::{Scope, Scraper, Threads};
use crate::settings::{Collector, Mode, Reading};
use program::log;

/// Not a real key: only the simulated account accepts it.
const DEMO_KEY: &str = "demo-key-of-the-simulated-account";

/// The port at which commands look for an exporter.
const DEFAULT_PORT: u16 = 10736;

/// How often the simulated account is scraped: as often as the overview refreshes.
const SCRAPE_INTERVAL: Duration = Duration::from_secs(5);

/// The default of `serve`.
const OFFSET: Duration = Duration::from_millis(500);

pub(super) async fn run(demo: cli::Demo, clock: Arc<dyn Clock>) -> Result<ExitCode, Failure> {
    log::start(&demo.log.level, demo.log.format)?;
    raise_open_files();
    let web = demo.web(OFFSET)?;
    let listeners = listen_on_all(&web.listen).await?;
    let upstream = TcpListener::bind("127.0.0.1:0").await?;
    let account = simulated_account(upstream.local_addr()?)?;
    let address = listeners.first().map(TcpListener::local_addr).transpose()?;
    let (webhook, url) = own_webhook(address, are_loopback(&listeners)?);
    let options = demo.world.options(Some(DEMO_KEY.to_owned()), url);
    let simulator = Simulator::new(&options, Arc::clone(&clock));
    tracing::warn!("demo mode: the account is simulated; its numbers are not real");
    if let Some(address) = address {
        let endpoints = simulator.world().endpoints();
        let first = endpoints.first().map(|endpoint| endpoint.configuration().id.clone());
        print(welcome(address, upstream.local_addr()?, first.as_deref()).as_bytes())?;
    }
    let shutdown = signal::shutdown()?;
    let stop = CancellationToken::new();
    let stop_simulator = stop.clone();
    let tasks = TaskTracker::new();
    let app = Arc::new(App::on(Threads::own()?, Mode::Demo, clock, tasks.clone()));
    let load = Box::new(move || {
        let (accounts, webhook) = (vec![account.clone()], webhook.clone());
        Ok(Settings { accounts, webhook, security: Arc::default() })
    });
    let reloader = Arc::new(Reloader::start(load, Inputs::default(), Arc::clone(&app))?);
    let pods = simulator.pod_proxy();
    let listeners = Listeners { main: listeners, jobs: Vec::new(), simulated_pods: Some(pods) };
    let exporter = async {
        let scraper = Arc::clone(app.scraper());
        let result = tokio::select! {
            result = serve::until(listeners, reloader, web, Mode::Demo, tasks, None, shutdown) => result,
            never = keep_scraping(scraper) => match never {},
        };
        stop.cancel(); // after the exporter has drained
        result
    };
    let simulator = simulator.serve(upstream, stop_simulator.cancelled_owned());
    let (exporter, simulator) = tokio::join!(exporter, simulator);
    exporter?;
    simulator?;
    Ok(ExitCode::SUCCESS)
}

/// Scrapes in place of Prometheus, which a new user does not run yet: the overview shows the last scrape.
async fn keep_scraping(scraper: Arc<Scraper>) -> Infallible {
    let mut ticks = tokio::time::interval(SCRAPE_INTERVAL);
    loop {
        let now = ticks.tick().await;
        drop(scraper.scrape(Scope::default(), after(now, SCRAPE_INTERVAL)).await);
    }
}

/// How the exporter accepts jobs, and where the simulator sends them. If other machines can reach the exporter, a webhook
/// needs a random token that is never shown.
fn own_webhook(exporter: Option<SocketAddr>, loopback: bool) -> (Webhook, Option<WebhookUrl>) {
    let random = || RandomState::new().hash_one(()); // each has its own random keys
    let token = format!("{:016x}{:016x}", random(), random());
    let url = exporter.map(reachable).and_then(|address| {
        format!("http://{address}/webhooks/jobs/{{endpoint_id}}?token={token}").parse().ok()
    });
    let token = if loopback { None } else { Token::parse(&token) };
    (Webhook { token, ..Webhook::default() }, url)
}

/// What is printed at the start: where everything is, and how other commands reach it.
fn welcome(exporter: SocketAddr, simulator: SocketAddr, endpoint: Option<&str>) -> String {
    let reached = reachable(exporter);
    let listen = if exporter.port() == DEFAULT_PORT && exporter.ip().is_loopback() {
        String::new()
    } else {
        format!("  export RUNPOD_EXPORTER_LISTEN={reached}\n")
    };
    let logs = endpoint.map(|id| format!("  runpod-exporter logs {id}\n")).unwrap_or_default();
    format!(
        "\nA simulated Runpod account with an exporter. No data is real, and nothing leaves this machine.\n\n  \
         overview   http://{reached}/\n  metrics    http://{reached}/metrics\n  docs       http://{reached}/docs/\n  \
         pods       http://{reached}/sd/pods?port=8000\n  \
         simulator  http://{simulator}/simulator/traffic\n\n\
         In another terminal, these variables point commands at it:\n\n  \
         export RUNPOD_API_KEY={DEMO_KEY}\n  \
         export RUNPOD_GRAPHQL_URL=http://{simulator}/graphql\n  \
         export RUNPOD_JOBS_URL=http://{simulator}/v2\n  \
         export RUNPOD_REST_URL=http://{simulator}/rest/v2\n{listen}\n  \
         runpod-exporter check\n{logs}\n\
         Press Ctrl-C to stop.\n\n"
    )
}

/// The account that reads a simulator at this address.
fn simulated_account(simulator: SocketAddr) -> Result<Account, Failure> {
    let url = |path: &str| {
        base_url(&format!("http://{simulator}{path}"), false)
            .map_err(|cause| ConfigError::Url { flag: "simulator", cause })
    };
    Ok(Account {
        name: Arc::from(DEFAULT_ACCOUNT),
        key: ApiKey::parse(DEMO_KEY)
            .map_err(|cause| ConfigError::Key { origin: "demo".to_owned(), cause })?,
        key_file: None,
        metrics_key: None,
        urls: Urls { graphql: url("/graphql")?, jobs: url("/v2")?, rest: url("/rest/v2")? },
        limits: Limits::default(),
        // All collectors, so that a new user sees every feature.
        reading: Reading {
            collectors: Collector::ALL.iter().copied().collect(),
            each_worker: true,
            ..Reading::default()
        },
    })
}
