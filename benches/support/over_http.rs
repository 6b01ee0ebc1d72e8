//! An exporter behind a socket, scraped over HTTP, and the control routes of the simulator.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use reqwest::header::ACCEPT_ENCODING;
use reqwest::{Client, Method};
use runpod_exporter::testing::config::{Account, Inputs, PodProxy};
use runpod_exporter::testing::http::{Access, Context, JobReceiver, router};
use runpod_exporter::testing::reload::Reloader;
use runpod_exporter::testing::settings::Mode;
use tokio::net::TcpListener;
use tokio::task::JoinSet;
use tokio::time::Instant;

use super::support::{Outcome, Upstream, app};

/// Subtracted from Prometheus's scrape timeout, as `serve` does by default.
pub(crate) const OFFSET: Duration = Duration::from_millis(500);

/// An exporter. Dropping it stops the exporter.
#[derive(Debug)]
pub(crate) struct Exporter {
    upstream: SocketAddr,
    address: SocketAddr,
    client: Client,
    _server: JoinSet<()>,
}

/// The response to a scrape.
#[derive(Debug)]
pub(crate) struct Scrape {
    pub(crate) body: Vec<u8>,
    pub(crate) took: Duration,
}

impl Exporter {
    /// An exporter of these accounts, with access to the control routes of one simulator.
    pub(crate) async fn of(accounts: Vec<Account>, upstream: &Upstream) -> Outcome<Self> {
        let app = app(Vec::new())?;
        let load = Box::new(move || Ok(accounts.clone().into()));
        let reload = Arc::new(Reloader::start(load, Inputs::default(), Arc::clone(&app))?);
        let scraper = Arc::clone(app.scraper());
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let address = listener.local_addr()?;
        let receiver = Arc::new(JobReceiver::new(reload.webhook(), true));
        let (clock, started) = (Arc::clone(app.clock()), app.clock().elapsed());
        let (timeout_offset, mode) = (OFFSET, Mode::Serve);
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
            grafana: None,
            alertmanager: None,
            external: None,
            pod_proxy: PodProxy::RUNPOD.parse()?,
            lifecycle: false,
            shard: None,
        };
        let routes = router(context, access);
        let mut server = JoinSet::new();
        server.spawn(async move { axum::serve(listener, routes).await.unwrap_or_default() });
        let client = Client::builder().no_gzip().no_proxy().build()?;
        Ok(Self { upstream: upstream.address, address, client, _server: server })
    }

    /// Scrapes with this scrape timeout and encoding.
    pub(crate) async fn scrape(&self, timeout: Duration, encoding: &str) -> Outcome<Scrape> {
        let request = self
            .client
            .get(format!("http://{}/metrics", self.address))
            .header("X-Prometheus-Scrape-Timeout-Seconds", timeout.as_secs_f64().to_string())
            .header(ACCEPT_ENCODING, encoding);
        let started = Instant::now();
        let body = request.send().await?.error_for_status()?.bytes().await?.to_vec();
        Ok(Scrape { body, took: started.elapsed() })
    }

    /// Requests a control route of the simulator.
    pub(crate) async fn simulator(&self, method: Method, path: &str, body: String) -> Outcome<String> {
        let url = format!("http://{}/simulator/{path}", self.upstream);
        Ok(self.client.request(method, url).body(body).send().await?.error_for_status()?.text().await?)
    }
}
