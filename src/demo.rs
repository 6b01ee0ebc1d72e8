//! `demo` and `simulate`: the simulated Runpod as a product. How it behaves is in `simulator/`.

use std::convert::Infallible;
use std::hash::{BuildHasher as _, RandomState};
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr};
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use tokio::net::TcpListener;
use tokio::runtime::Runtime;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::cli;
use crate::config::{Account, DEFAULT_ACCOUNT, Settings, Token, Webhook, base_url};
use crate::instruments::Mode;
use crate::reload::Reloader;
use crate::run::{Failure, open_files, print};
use crate::scrape::{Scope, Scraper};
use crate::serve::{self, ServeError};
use crate::snapshot::{Collector, Reading};
use crate::telemetry;
use clock::Clock;
use runpod::{ApiKey, Limits, Urls};
use runpod_simulator::rest::RestOptions;
use runpod_simulator::webhooks::{WebhookOptions, WebhookUrl};
use runpod_simulator::{Options, Retirement, Simulator};

/// No key of anybody's: the simulated account takes it, and nothing else would.
const DEMO_KEY: &str = "demo-key-of-the-simulated-account";

/// Between two looks at the simulated account: as often as the overview looks for something new.
const LOOK: Duration = Duration::from_secs(5);

/// What `serve` has by default.
const OFFSET: Duration = Duration::from_millis(500);

fn options(world: cli::World, key: Option<String>, webhook: Option<WebhookUrl>) -> Options {
    let cli::World {
        shape,
        seed,
        endpoints,
        pods,
        machines,
        delay,
        graphql_retires_after,
        rest_quota,
        rest_forbid,
        scenes,
        faults,
        webhooks,
    } = world;
    let cli::SimulatedWebhooks { webhook_duplicates, webhook_disorder, webhook_output } = webhooks;
    let webhooks = webhook.map(|url| WebhookOptions {
        duplicates: webhook_duplicates,
        disorder: webhook_disorder,
        output: webhook_output,
        ..WebhookOptions::new(url)
    });
    let graphql_retires = graphql_retires_after.map(Retirement::After);
    let forbidden = rest_forbid.into_iter().collect();
    let rest = RestOptions { quota: rest_quota, forbidden, ..RestOptions::default() };
    let metrics_key = None;
    Options {
        shape,
        seed,
        endpoints,
        pods,
        machines,
        delay,
        key,
        metrics_key,
        faults,
        graphql_retires,
        rest,
        webhooks,
        scenes,
    }
}

/// The simulated account and the exporter on it, until a signal.
pub(crate) fn demo(runtime: &Runtime, demo: cli::Demo, clock: Arc<dyn Clock>) -> Result<ExitCode, Failure> {
    telemetry::start(&demo.log.level, demo.log.format)?;
    open_files();
    runtime.block_on(async {
        let web = demo.web(OFFSET)?;
        let listeners = serve::listen(&web).await?;
        let upstream = TcpListener::bind("127.0.0.1:0").await?;
        let account = simulated_account(upstream.local_addr()?)?;
        let address = listeners.first().map(TcpListener::local_addr).transpose()?;
        let (webhook, url) = own_webhook(address, serve::are_loopback(&listeners)?);
        let options = options(demo.world, Some(DEMO_KEY.to_owned()), url);
        let simulator = Simulator::new(&options, Arc::clone(&clock));
        tracing::warn!("demo: the account is simulated; none of its numbers are real");
        if let Some(address) = address {
            print(welcome(address, upstream.local_addr()?).as_bytes())?;
        }
        let shutdown = serve::signal()?;
        let stop = CancellationToken::new();
        let stop_simulator = stop.clone();
        let tasks = TaskTracker::new();
        let load =
            Box::new(move || Ok(Settings { accounts: vec![account.clone()], webhook: webhook.clone() }));
        let reloader = Arc::new(Reloader::start(load, None, Mode::Demo, clock, tasks.clone())?);
        let exporter = async {
            let scraper = Arc::clone(reloader.scraper());
            let result = tokio::select! {
                result = serve::run(listeners, reloader, web, Mode::Demo, tasks, None, shutdown) => result,
                never = keep_looking(scraper) => match never {},
            };
            stop.cancel(); // not before the exporter has drained
            result
        };
        let simulator = simulator.serve(upstream, stop_simulator.cancelled_owned());
        let (exporter, simulator) = tokio::join!(exporter, simulator);
        exporter?;
        simulator?;
        Ok(ExitCode::SUCCESS)
    })
}

/// Scrapes as a Prometheus would: a newcomer has none yet, and the overview shows the last scrape.
async fn keep_looking(scraper: Arc<Scraper>) -> Infallible {
    let mut beats = tokio::time::interval(LOOK);
    loop {
        let now = beats.tick().await;
        drop(scraper.scrape(Scope::default(), now + LOOK).await);
    }
}

/// How the exporter takes jobs and where the simulator tells them. Where others could tell some too, they would have to
/// know a token that nobody is told.
fn own_webhook(exporter: Option<SocketAddr>, loopback: bool) -> (Webhook, Option<WebhookUrl>) {
    let random = || RandomState::new().hash_one(()); // each has keys of its own, from the system
    let token = format!("{:016x}{:016x}", random(), random());
    let url = exporter.and_then(|mut address| {
        if address.ip().is_unspecified() {
            address.set_ip(if address.is_ipv4() {
                Ipv4Addr::LOCALHOST.into()
            } else {
                Ipv6Addr::LOCALHOST.into()
            });
        }
        format!("http://{address}/webhooks/jobs/{{endpoint_id}}?token={token}").parse().ok()
    });
    let token = if loopback { None } else { Token::parse(&token) };
    (Webhook { token, ..Webhook::default() }, url)
}

fn welcome(exporter: SocketAddr, simulator: SocketAddr) -> String {
    format!(
        "\nA simulated Runpod account, and the exporter on it. Nothing here is real, and nothing leaves this machine.\n\n  \
         overview   http://{exporter}/\n  metrics    http://{exporter}/metrics\n  simulator  http://{simulator}/simulator/traffic\n\n\
         Stop it with Ctrl-C.\n\n"
    )
}

/// The account that reads a simulator at this address.
pub(crate) fn simulated_account(simulator: SocketAddr) -> Result<Account, Failure> {
    let url = |path: &str| {
        base_url(&format!("http://{simulator}{path}"), false)
            .map_err(|cause| crate::config::ConfigError::Url { flag: "simulator", cause })
    };
    Ok(Account {
        name: Arc::from(DEFAULT_ACCOUNT),
        key: ApiKey::parse(DEMO_KEY)
            .map_err(|cause| crate::config::ConfigError::Key { origin: "demo".to_owned(), cause })?,
        key_file: None,
        metrics_key: None,
        urls: Urls { graphql: url("/graphql")?, jobs: url("/v2")?, rest: url("/rest/v2")? },
        limits: Limits::default(),
        // A newcomer sees everything there is.
        reading: Reading {
            collectors: Collector::ALL.into_iter().collect(),
            each_worker: true,
            ..Reading::default()
        },
    })
}

/// The simulated Runpod alone, until a signal.
pub(crate) fn simulate(
    runtime: &Runtime,
    simulate: cli::Simulate,
    clock: Arc<dyn Clock>,
) -> Result<ExitCode, Failure> {
    telemetry::start(&simulate.log.level, simulate.log.format)?;
    open_files();
    runtime.block_on(async {
        let address = simulate.listen;
        let listener = TcpListener::bind(&address).await;
        let listener = listener.map_err(|cause| ServeError::Listen { address, cause })?;
        let address = listener.local_addr()?;
        print(how_to_use(address).as_bytes())?;
        let options = options(simulate.world, simulate.key, simulate.webhook_url);
        let simulator = Simulator::new(&options, clock);
        let shutdown = serve::signal()?;
        simulator.serve(listener, shutdown).await?;
        Ok(ExitCode::SUCCESS)
    })
}

fn how_to_use(address: SocketAddr) -> String {
    format!(
        "\nA simulated Runpod. Point an exporter at it:\n\n  \
         RUNPOD_API_KEY=any \\\n  RUNPOD_GRAPHQL_URL=http://{address}/graphql \\\n  RUNPOD_JOBS_URL=http://{address}/v2 \\\n  RUNPOD_REST_URL=http://{address}/rest/v2 \\\n  runpod-exporter\n\n\
         Break it while it runs: curl -X PUT http://{address}/simulator/faults -d 'graphql=bad-gateway'\n\
         Let something happen:   curl -X PUT http://{address}/simulator/scene -d 'crash-loop'\n\n"
    )
}
