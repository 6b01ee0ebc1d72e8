//! A simulator, an exporter, and its metrics.

mod exposition;
mod full;
mod measured;

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use clock::{Clock, ManualClock};
use jiff::Timestamp;
use reqwest::{Body, Client, RequestBuilder};
use runpod::{ApiKey, Limits, Urls};
use runpod_exporter::testing::alerts::Alertmanager;
use runpod_exporter::testing::app::App;
use runpod_exporter::testing::config::{Account, ConfigError, Inputs, PodProxy, Settings, Webhook};
use runpod_exporter::testing::http::{Access, Context, JobReceiver, Server, Timeouts, router};
use runpod_exporter::testing::logs::{FollowOptions, collect};
use runpod_exporter::testing::reload::Reloader;
use runpod_exporter::testing::scrape::Threads;
use runpod_exporter::testing::settings::{Collector, Mode, Reading};
use runpod_simulator::webhooks::WebhookOptions;
use runpod_simulator::{Options, POD_PROXY_PATH, Simulator};
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use url::Url;

pub(crate) use exposition::Exposition;
pub(crate) use full::full;
pub(crate) use measured::instruments;

/// The API key of all tests. It must not be in any log, page or label.
pub(crate) const KEY: &str = "rpa_THE0KEY0THAT0NOBODY0MAY0SEE";

/// The time of the tests.
pub(crate) fn noon() -> Timestamp {
    "2026-11-22T12:00:00Z".parse().unwrap()
}

/// A clock that shows this time and is not advanced.
pub(crate) fn stopped() -> Arc<dyn Clock> {
    Arc::new(ManualClock::new(noon()))
}

pub(crate) async fn bind() -> (TcpListener, SocketAddr) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    (listener, address)
}

/// A client without decompression, so that tests see the bytes that were sent, and without the certificates of the system, which
/// take long to read.
pub(crate) fn client() -> Client {
    // An error means that another test has installed it before.
    drop(rustls::crypto::ring::default_provider().install_default());
    Client::builder().no_gzip().tls_certs_only([]).build().unwrap()
}

/// A simulator behind a socket. Dropping it stops the simulator.
pub(crate) struct Upstream {
    pub(crate) simulator: Simulator,
    pub(crate) clock: ManualClock,
    pub(crate) address: SocketAddr,
    _server: JoinSet<()>,
}

impl Upstream {
    /// A simulator whose clock is advanced by hand.
    pub(crate) async fn start(options: Options) -> Self {
        let clock = ManualClock::new(noon());
        let options = Options { key: Some(KEY.to_owned()), ..options };
        let simulator = Simulator::new(&options, Arc::new(clock.clone()));
        let (listener, address) = bind().await;
        let mut server = JoinSet::new();
        let serving = simulator.clone();
        server.spawn(async move { serving.serve(listener, std::future::pending()).await.unwrap() });
        Self { simulator, clock, address, _server: server }
    }

    /// Adds a fault, in the syntax of the command line.
    pub(crate) fn fault(&self, rule: &str) {
        self.simulator.faults().add(rule.parse().unwrap_or_else(|error| panic!("{rule}: {error}")));
    }

    /// Removes all faults, and advances the clock beyond the pauses of the exporter.
    pub(crate) fn recover(&self) {
        self.simulator.faults().clear();
        self.clock.advance(jiff::SignedDuration::from_hours(1));
    }

    /// The ids of the endpoints.
    pub(crate) fn ids(&self) -> Vec<String> {
        self.simulator
            .world()
            .endpoints()
            .iter()
            .map(|endpoint| endpoint.configuration().id.clone())
            .collect()
    }

    /// A simulator that sends webhooks to an exporter, which reads it.
    pub(crate) async fn with_webhooks(
        options: Options,
        reading: Reading,
        webhooks: impl Fn(WebhookOptions) -> WebhookOptions,
    ) -> (Self, Exporter) {
        let (listener, address) = bind().await;
        let url = format!("http://{address}/webhooks/jobs/{{endpoint_id}}").parse().unwrap();
        let webhooks = webhooks(WebhookOptions { pauses: [Duration::ZERO; 2], ..WebhookOptions::new(url) });
        let upstream = Self::start(Options { webhooks: Some(webhooks), ..options }).await;
        let accounts = vec![Account { reading, ..account(upstream.address) }];
        let clock = Arc::new(upstream.clock.clone());
        let exporter = Exporter::on(listener, accounts, clock, receiving(Webhook::default(), true));
        (upstream, exporter)
    }

    /// An exporter of its account.
    pub(crate) async fn exporter(&self) -> Exporter {
        Exporter::start(account(self.address), Arc::new(self.clock.clone())).await
    }
}

/// Number of collectors that are on by default.
pub(crate) fn default_collectors() -> f64 {
    let number = Collector::ALL.iter().filter(|collector| collector.is_default()).count();
    f64::from(u32::try_from(number).unwrap())
}

/// A recorded response.
pub(crate) fn fixture(name: &str) -> String {
    let path = format!("{}/tests/fixtures/{name}.json", env!("CARGO_MANIFEST_DIR"));
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// A server with fixed responses. Dropping the set stops it.
pub(crate) async fn stub(routes: Router) -> (SocketAddr, JoinSet<()>) {
    let (listener, address) = bind().await;
    (address, serve(listener, routes))
}

fn serve(listener: TcpListener, routes: Router) -> JoinSet<()> {
    let mut server = JoinSet::new();
    server.spawn(async move { axum::serve(listener, routes).await.unwrap() });
    server
}

/// The account behind a simulator or stub at this address.
pub(crate) fn account(upstream: SocketAddr) -> Account {
    let url = |path: &str| Url::parse(&format!("http://{upstream}{path}")).unwrap();
    Account {
        name: Arc::from("default"),
        key: ApiKey::parse(KEY).unwrap(),
        key_file: None,
        metrics_key: None,
        urls: Urls { graphql: url("/graphql"), jobs: url("/v2"), rest: url("/rest/v2") },
        limits: Limits { concurrency: 512, body: 4 * 1024 * 1024, ..Limits::default() },
        reading: Reading::default(),
    }
}

/// A receiver of jobs whose settings do not change.
pub(crate) fn receiving(webhook: Webhook, loopback: bool) -> JobReceiver {
    JobReceiver::new(watch::channel(Arc::new(webhook)).1, loopback)
}

/// Runs the logs collector.
fn follow_logs(app: &App) -> impl Future<Output = ()> + use<> {
    let (scraper, clock) = (Arc::clone(app.scraper()), Arc::clone(app.clock()));
    let sink = Arc::new(app.instruments().log_lines().clone());
    collect(move || scraper.watched(), sink, clock, fast_follow())
}

/// Short delays and timeouts for following logs.
pub(crate) fn fast_follow() -> FollowOptions {
    FollowOptions {
        backoff: (Duration::from_millis(5), Duration::from_millis(50)),
        quiet: Duration::from_millis(400),
        relist: Duration::from_millis(200),
        poll: Duration::from_millis(50),
        quota_retry: Duration::from_millis(20),
        reorder: Duration::from_millis(100),
        ..FollowOptions::default()
    }
}

/// The proxy in front of the pods of the simulator that the first account reads.
fn simulated_pods(accounts: &[Account]) -> PodProxy {
    let upstream = accounts.first().map(|account| account.urls.rest.authority().to_owned());
    let url = upstream.map(|upstream| format!("http://{upstream}{POD_PROXY_PATH}"));
    url.as_deref().unwrap_or(PodProxy::RUNPOD).parse().unwrap()
}

/// An exporter behind a socket. Dropping it stops the exporter.
pub(crate) struct Exporter {
    pub(crate) address: SocketAddr,
    client: Client,
    _server: JoinSet<()>,
}

impl Exporter {
    pub(crate) async fn start(account: Account, clock: Arc<dyn Clock>) -> Self {
        Self::of(vec![account], clock).await
    }

    /// An exporter of several accounts.
    pub(crate) async fn of(accounts: Vec<Account>, clock: Arc<dyn Clock>) -> Self {
        Self::with(accounts, clock, receiving(Webhook::default(), true)).await
    }

    /// An exporter with this receiver of jobs.
    pub(crate) async fn with(accounts: Vec<Account>, clock: Arc<dyn Clock>, receiver: JobReceiver) -> Self {
        Self::on(bind().await.0, accounts, clock, receiver)
    }

    /// An exporter on this listener.
    pub(crate) fn on(
        listener: TcpListener,
        accounts: Vec<Account>,
        clock: Arc<dyn Clock>,
        receiver: JobReceiver,
    ) -> Self {
        Self::with_threads(Threads::shared(), listener, accounts, clock, receiver)
    }

    /// The same with gatherings on these threads.
    pub(crate) fn with_threads(
        threads: Threads,
        listener: TcpListener,
        accounts: Vec<Account>,
        clock: Arc<dyn Clock>,
        receiver: JobReceiver,
    ) -> Self {
        let pods = simulated_pods(&accounts);
        let load = Box::new(move || Ok(accounts.clone().into()));
        Self::showing(threads, listener, load, clock, receiver, None, pods)
    }

    /// The same with settings that come from `load`.
    pub(crate) fn loading(
        threads: Threads,
        listener: TcpListener,
        load: Box<dyn Fn() -> Result<Settings, ConfigError> + Send + Sync>,
        clock: Arc<dyn Clock>,
        receiver: JobReceiver,
    ) -> Self {
        Self::showing(threads, listener, load, clock, receiver, None, simulated_pods(&[]))
    }

    /// An exporter of one account that shows the alerts of the Alertmanager at this address.
    pub(crate) async fn with_alerts(
        account: Account,
        clock: Arc<dyn Clock>,
        alertmanager: SocketAddr,
    ) -> Self {
        let pods = simulated_pods(std::slice::from_ref(&account));
        let load = Box::new(move || Ok(vec![account.clone()].into()));
        let receiver = receiving(Webhook::default(), true);
        let api = format!("http://{alertmanager}/am");
        let alertmanager = Alertmanager::new(&api, "https://alerts.example/am", Arc::clone(&clock)).unwrap();
        let alertmanager = Some(Arc::new(alertmanager));
        Self::showing(Threads::shared(), bind().await.0, load, clock, receiver, alertmanager, pods)
    }

    fn showing(
        threads: Threads,
        listener: TcpListener,
        load: Box<dyn Fn() -> Result<Settings, ConfigError> + Send + Sync>,
        clock: Arc<dyn Clock>,
        receiver: JobReceiver,
        alertmanager: Option<Arc<Alertmanager>>,
        pod_proxy: PodProxy,
    ) -> Self {
        let started = clock.elapsed();
        let app = Arc::new(App::on(threads, Mode::Serve, Arc::clone(&clock), TaskTracker::new()));
        let (scraper, lines) = (Arc::clone(app.scraper()), follow_logs(&app));
        let instruments = Arc::clone(app.instruments());
        let reload = Arc::new(Reloader::start(load, Inputs::default(), app).unwrap());
        let timeout_offset = Duration::from_millis(500);
        let receiver = Arc::new(receiver);
        let (mode, grafana, external) = (Mode::Serve, None, None);
        let access = Access {
            security: reload.security(),
            loopback: true,
            external: None,
            receiver: Arc::clone(&receiver),
            only_jobs: false,
        };
        let context = Context {
            scraper,
            timeout_offset,
            mode,
            reload,
            receiver,
            clock,
            started,
            grafana,
            alertmanager: alertmanager.clone(),
            external,
            pod_proxy,
            lifecycle: true,
            shard: None,
        };
        let routes = router(context, access);
        let address = listener.local_addr().unwrap();
        let exporter = Server::new(routes, 512, Timeouts::default(), instruments);
        let mut server = JoinSet::new();
        server.spawn(async move { exporter.serve(&listener, CancellationToken::new()).await });
        server.spawn(lines);
        if let Some(alertmanager) = alertmanager {
            server.spawn(async move { alertmanager.run().await });
        }
        Self { address, client: client(), _server: server }
    }

    pub(crate) fn get(&self, path: &str) -> RequestBuilder {
        self.client.get(format!("http://{}{path}", self.address))
    }

    /// The request that posts to a path.
    pub(crate) fn posting(&self, path: &str) -> RequestBuilder {
        self.client.post(format!("http://{}{path}", self.address))
    }

    /// Posts a body. Returns status and text of the response.
    pub(crate) async fn post(&self, path: &str, body: impl Into<Body>) -> (u16, String) {
        let response = self.posting(path).body(body).send().await.unwrap();
        (response.status().as_u16(), response.text().await.unwrap())
    }

    /// Scrapes with Prometheus's default timeout.
    pub(crate) async fn scrape(&self) -> Exposition {
        self.scrape_within(10.0).await
    }

    /// Scrapes with a timeout in seconds.
    pub(crate) async fn scrape_within(&self, seconds: f64) -> Exposition {
        let request = self.get("/metrics").header("X-Prometheus-Scrape-Timeout-Seconds", seconds.to_string());
        let response = request.send().await.unwrap();
        assert_eq!(response.status(), 200);
        Exposition::new(response.text().await.unwrap())
    }
}

/// Writes a file that only its owner may read.
pub(crate) fn write_secret(path: impl AsRef<std::path::Path>, text: impl AsRef<[u8]>) {
    std::fs::write(&path, text).unwrap();
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;

        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600)).unwrap();
    }
}
