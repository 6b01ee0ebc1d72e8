//! Real minutes of load: 50 scrapers that scrape every second, 1,000 webhooks a second, and followed logs. The exporter is the
//! release binary.

use std::process::Stdio;
use std::time::Duration;

use reqwest::Client;
use serde_json::{Value, json};
use tokio::process::{Child, Command};
use tokio::time::{Instant, interval, sleep};

use crate::account::Outcome;
use crate::scrapers::Scrapers;
use crate::simulator::Upstream;
use crate::usage::Usage;
use crate::webhooks::Senders;

/// The duration of the load.
pub(crate) const SECONDS: u64 = 300;

/// The number of endpoints, and of pods.
const ENDPOINTS: usize = 100;

/// What the exporter remembers of a job in bytes, so that it counts once: of the last 8,192 of each endpoint, which these minutes do
/// not fill.
const REMEMBERED: u64 = 100;

/// The time between two samples.
const SAMPLE: Duration = Duration::from_secs(5);

/// The process of the exporter. Dropping it kills the process.
struct Exporter {
    process: Child,
    address: String,
    client: Client,
}

pub(crate) async fn run(seconds: u64, file: &str) -> Outcome<()> {
    let upstream = Upstream::start(ENDPOINTS, Duration::ZERO).await?;
    let exporter = Exporter::start(&upstream).await?;
    let page = exporter.page().await?;
    let ids: Vec<String> = ids(&page).collect();
    let started = Instant::now();
    let end = started + Duration::from_secs(seconds);
    let readers = Scrapers::start(&exporter.address, end)?;
    let reports = Senders::start(&exporter.address, &ids, end)?;
    let (mut samples, mut ticks) = (Vec::new(), interval(SAMPLE));
    while Instant::now() < end {
        ticks.tick().await;
        samples.push((started.elapsed().as_secs_f64(), exporter.usage().await?));
    }
    let (scrapes, webhooks) = (readers.join().await, reports.join().await);
    let counted = exporter.counted().await?;
    let sent = webhooks.count();
    let figures = json!({
        "seconds": seconds, "endpoints": ENDPOINTS, "scrapes": scrapes.json(), "webhooks": webhooks.json(), "counted": counted,
        "samples": samples.iter().map(|(at, used)| used.json(*at)).collect::<Vec<Value>>(),
    });
    std::fs::write(file, serde_json::to_string_pretty(&figures)?)?;
    let mut problems: Vec<String> = scrapes.errors.into_iter().chain(webhooks.errors).take(5).collect();
    if counted != sent {
        problems.push(format!("{sent} webhooks were sent, and {counted} counted"));
    }
    let used: Vec<Usage> = samples.into_iter().map(|(_, used)| used).collect();
    let (first, second) = used.split_at(used.len() / 2);
    let most = |part: &[Usage]| part.iter().copied().reduce(Usage::max).unwrap_or_default();
    problems.extend(most(second).growth(most(first), sent * REMEMBERED));
    if problems.is_empty() { Ok(()) } else { Err(problems.join("; ").into()) }
}

/// The ids of the endpoints on a page.
fn ids(page: &str) -> impl Iterator<Item = String> {
    let lines = page.lines().filter(|line| line.starts_with("runpod_endpoint_up{"));
    lines.filter_map(|line| Some(line.split_once("endpoint_id=\"")?.1.split_once('"')?.0.to_owned()))
}

impl Exporter {
    async fn start(upstream: &Upstream) -> Outcome<Self> {
        // The exporter cannot report a port that the system assigns, so a free port is determined before.
        let address = std::net::TcpListener::bind("127.0.0.1:0")?.local_addr()?.to_string();
        let process = Command::new(env!("CARGO_BIN_EXE_runpod-exporter"))
            .arg(format!("--web.listen-address={address}"))
            .arg(format!("--runpod.graphql-url=http://{}/graphql", upstream.address))
            .arg(format!("--runpod.jobs-url=http://{}/v2", upstream.address))
            .arg(format!("--runpod.rest-url=http://{}/rest/v2", upstream.address))
            .arg("--collector.logs")
            .env("RUNPOD_API_KEY", "rpa_benchmark")
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn()?;
        // An error means that it was installed before.
        drop(rustls::crypto::ring::default_provider().install_default());
        let client = Client::builder().no_proxy().build()?;
        let ready = || client.get(format!("http://{address}/ready")).send();
        while !ready().await.is_ok_and(|response| response.status().is_success()) {
            sleep(Duration::from_millis(20)).await; // polling another process
        }
        Ok(Self { process, address, client })
    }

    async fn page(&self) -> Outcome<String> {
        Ok(self.client.get(format!("http://{}/metrics", self.address)).send().await?.text().await?)
    }

    async fn usage(&self) -> Outcome<Usage> {
        let page = self.page().await?;
        let id = self.process.id().ok_or("the exporter has ended")?;
        Usage::of(&id.to_string(), &page, 0)
    }

    /// The number of jobs that webhooks reported, as the exporter counts them.
    async fn counted(&self) -> Outcome<u64> {
        let page = self.page().await?;
        let lines = page.lines().filter(|line| line.starts_with("runpod_jobs_observed_total{"));
        let of_webhooks = lines.filter(|line| line.contains("via=\"webhook\""));
        let values = of_webhooks.filter_map(|line| line.rsplit(' ').next()?.parse::<u64>().ok());
        Ok(values.sum())
    }
}
