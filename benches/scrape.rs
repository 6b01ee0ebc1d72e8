//! The duration of a scrape in multiples of the upstream's response time, which is 100 ms. The exporter sends requests
//! concurrently. Prints a markdown table. Only the ratio matters; absolute times depend on the machine.

#[path = "support/over_http.rs"]
mod over_http;
mod support;

use std::io::Write as _;
use std::time::Duration;

use reqwest::Method;
use serde_json::Value;
use tokio::time::Instant;

use crate::over_http::Exporter;
use crate::support::{Outcome, Upstream};

/// Delay of every response of the upstream.
const DELAY: Duration = Duration::from_millis(100);

/// Prometheus's default scrape timeout.
const PATIENCE: Duration = Duration::from_secs(10);

/// Number of scrapes; the median is printed.
const SCRAPES: usize = 7;

/// Number of concurrent scrapers.
const CROWD: usize = 10;

const HEADER: &str = "\
| endpoints and pods | cold | warm | slowest | ten at once | requests cold | warm | ten at once | most in flight | series | text kB | gzip kB |
|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|";

struct Row {
    size: usize,
    cold: Duration,
    /// Sorted.
    warm: Vec<Duration>,
    crowd: Duration,
    cold_traffic: Traffic,
    warm_traffic: Traffic,
    crowd_traffic: Traffic,
    series: usize,
    text: usize,
    gzip: usize,
}

/// Requests to the upstream, over both of its APIs.
struct Traffic {
    requests: u64,
    /// Maximum number of requests in flight at one API.
    peak: u64,
}

#[tokio::main]
async fn main() -> Outcome<()> {
    let mut out = std::io::stdout();
    writeln!(out, "{HEADER}")?;
    for size in [10, 100, 500, 1_000] {
        writeln!(out, "{}", measure(size).await?)?;
    }
    writeln!(out, "\nTimes are multiples of one answer of the upstream ({} ms).", DELAY.as_millis())?;
    Ok(())
}

async fn measure(size: usize) -> Outcome<Row> {
    let upstream = Upstream::start(size, DELAY).await?;
    let exporter = Exporter::of(vec![upstream.account("default")?], &upstream).await?;
    let cold = exporter.scrape(PATIENCE, "identity").await?.took;
    let cold_traffic = traffic(&exporter).await?;
    let mut warm = Vec::new();
    let mut warm_traffic = None;
    let mut page = Vec::new();
    for _ in 0..SCRAPES {
        let scrape = exporter.scrape(PATIENCE, "identity").await?;
        warm.push(scrape.took);
        page = scrape.body;
        warm_traffic = Some(traffic(&exporter).await?);
    }
    warm.sort();
    let crowd = crowd(&exporter).await?;
    let crowd_traffic = traffic(&exporter).await?;
    let gzip = exporter.scrape(PATIENCE, "gzip").await?.body;
    if !gzip.starts_with(&[0x1f, 0x8b]) {
        return Err("the answer is not compressed".into());
    }
    let text = String::from_utf8(page)?;
    let whole = text.lines().filter(|line| line.starts_with("runpod_queue_depth{")).count();
    if whole != size {
        return Err(format!("a scrape of {size} endpoints gave the queue of {whole}").into());
    }
    Ok(Row {
        size,
        cold,
        warm,
        crowd,
        cold_traffic,
        warm_traffic: warm_traffic.ok_or("no warm scrape")?,
        crowd_traffic,
        series: text.lines().filter(|line| !line.starts_with('#')).count(),
        text: text.len(),
        gzip: gzip.len(),
    })
}

/// Requests to the upstream since the last call.
async fn traffic(exporter: &Exporter) -> Outcome<Traffic> {
    let report: Value =
        serde_json::from_str(&exporter.simulator(Method::GET, "traffic", String::new()).await?)?;
    exporter.simulator(Method::DELETE, "traffic", String::new()).await?;
    let count = |name: &str| {
        ["graphql", "jobs"].map(|api| report.pointer(&format!("/{api}/{name}")).and_then(Value::as_u64))
    };
    let [Some(graphql), Some(jobs)] = count("requests") else {
        return Err("no requests in the report".into());
    };
    let peak = count("peak_in_flight").into_iter().flatten().max().ok_or("no peak in the report")?;
    Ok(Traffic { requests: graphql + jobs, peak })
}

/// Starts scrapes concurrently. Returns the time until the last response.
async fn crowd(exporter: &Exporter) -> Outcome<Duration> {
    let started = Instant::now();
    let scrapes = (0..CROWD).map(|_| exporter.scrape(PATIENCE, "identity"));
    for scrape in futures_util::future::join_all(scrapes).await {
        scrape?;
    }
    Ok(started.elapsed())
}

impl std::fmt::Display for Row {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { size, cold, warm, crowd, cold_traffic, warm_traffic, crowd_traffic, series, text, gzip } =
            self;
        let times = [Some(cold), warm.get(warm.len() / 2), warm.last(), Some(crowd)];
        write!(f, "| {size} |")?;
        for time in times.into_iter().flatten() {
            write!(f, " {:.2} |", time.div_duration_f64(DELAY))?;
        }
        for traffic in [cold_traffic, warm_traffic, crowd_traffic] {
            write!(f, " {} |", traffic.requests)?;
        }
        write!(f, " {} | {series} | {} | {} |", warm_traffic.peak, text / 1_000, gzip / 1_000)
    }
}
