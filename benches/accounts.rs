//! The duration of a scrape of ten accounts, also while one of them fails. Prints a markdown table; times are multiples of
//! the upstream's response time.

#[path = "support/over_http.rs"]
mod over_http;
mod support;

use std::io::Write as _;
use std::time::Duration;

use reqwest::Method;

use crate::over_http::Exporter;
use crate::support::{Outcome, Upstream};

/// Delay of every response of the upstream.
const DELAY: Duration = Duration::from_millis(100);

const ACCOUNTS: usize = 10;

/// Number of endpoints, and of pods, of each account.
const SIZE: usize = 100;

/// Prometheus's scrape timeout: the deadline is half a second earlier.
const PATIENCE: Duration = Duration::from_secs(2);

/// Number of scrapes; the median is printed.
const SCRAPES: usize = 7;

const HEADER: &str = "\
| the fourth account | scrape | slowest | accounts up | endpoints up | with a queue |
|---|---:|---:|---:|---:|---:|";

#[tokio::main]
async fn main() -> Outcome<()> {
    let mut upstreams = Vec::new();
    let mut accounts = Vec::new();
    for n in 0..ACCOUNTS {
        let upstream = Upstream::start(SIZE, DELAY).await?;
        accounts.push(upstream.account(&format!("account-{n}"))?);
        upstreams.push(upstream);
    }
    let failing = upstreams.get(3).ok_or("no fourth account")?;
    let exporter = Exporter::of(accounts, failing).await?;
    exporter.scrape(Duration::from_secs(10), "identity").await?; // negotiates fields and opens connections
    let mut out = std::io::stdout();
    writeln!(out, "{HEADER}")?;
    for (trouble, faults) in [
        ("is healthy", ""),
        ("hangs", "graphql=hang\njobs=hang"),
        ("lost its key", "graphql=unauthorized\njobs=unauthorized"),
    ] {
        exporter.simulator(Method::PUT, "faults", faults.to_owned()).await?;
        let mut times = Vec::new();
        let mut page = String::new();
        for _ in 0..SCRAPES {
            let scrape = exporter.scrape(PATIENCE, "identity").await?;
            times.push(scrape.took.div_duration_f64(DELAY));
            page = String::from_utf8(scrape.body)?;
        }
        times.sort_by(f64::total_cmp);
        let (Some(median), Some(slowest)) = (times.get(SCRAPES / 2), times.last()) else {
            return Err("no scrapes".into());
        };
        let series = |start: &str, end: &str| {
            page.lines().filter(|line| line.starts_with(start) && line.ends_with(end)).count()
        };
        let (up, endpoints) = (series("runpod_up{", " 1"), series("runpod_endpoint_up{", " 1"));
        let queues = series("runpod_queue_depth{", "");
        writeln!(out, "| {trouble} | {median:.2} | {slowest:.2} | {up} | {endpoints} | {queues} |")?;
    }
    Ok(())
}
