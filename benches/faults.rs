//! Content and duration of a scrape for each fault of the upstream. Prints two markdown tables, and fails if a scrape exceeds
//! its deadline.

#[path = "support/over_http.rs"]
mod over_http;
mod support;

use std::collections::BTreeMap;
use std::io::Write as _;
use std::process::ExitCode;
use std::time::Duration;

use reqwest::Method;

use crate::over_http::{Exporter, OFFSET};
use crate::support::{Outcome, Upstream};

const ENDPOINTS: usize = 50;

/// Prometheus's scrape timeout for the scrape with the fault.
const PATIENCE: Duration = Duration::from_secs(2);

/// Tolerance after the deadline.
const TOLERANCE: Duration = Duration::from_millis(100);

/// Every fault of the simulator; some end before the deadline in one case and not in another.
const FAULTS: [&str; 16] = [
    "unauthorized",
    "front-door",
    "forbidden",
    "not-found",
    "gone",
    "rate-limited(1)",
    "rate-limited(30)",
    "bad-gateway",
    "delay(500ms)",
    "delay(5s)",
    "hang",
    "truncated",
    "garbage",
    "reset",
    "endless",
    "echo-key",
];

/// The faults that only GraphQL has.
const GRAPHQL_FAULTS: [&str; 3] = ["partial-errors", "null-data", "no-identity"];

const COLLECTORS: [&str; 4] = ["account", "endpoints", "health", "pods"];

const HEADER: &str = "\
| fault | ms | over | runpod_up | account | endpoints | health | pods | endpoints up | down | with a queue | truncated | counted as |
|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|---|";

/// The page of a scrape.
struct Page(String);

#[tokio::main]
async fn main() -> Outcome<ExitCode> {
    let upstream = Upstream::start(ENDPOINTS, Duration::ZERO).await?;
    let mut out = std::io::stdout();
    let mut latest = Duration::ZERO;
    writeln!(out, "One endpoint's health out of {ENDPOINTS}:\n\n{HEADER}")?;
    for fault in FAULTS {
        latest = latest.max(measure(&upstream, None, fault).await?);
    }
    writeln!(out, "\nA whole API:\n\n{HEADER}")?;
    for fault in FAULTS {
        latest = latest.max(measure(&upstream, Some("jobs"), fault).await?);
    }
    for fault in FAULTS.into_iter().chain(GRAPHQL_FAULTS) {
        latest = latest.max(measure(&upstream, Some("graphql"), fault).await?);
    }
    let late = latest > TOLERANCE;
    let verdict = if late { "too late" } else { "in time" };
    writeln!(
        out,
        "\nThe deadline is {} ms; the latest answer came {} ms after it: {verdict}.",
        PATIENCE.saturating_sub(OFFSET).as_millis(),
        latest.as_millis()
    )?;
    Ok(ExitCode::from(u8::from(late)))
}

/// Scrapes a new exporter once without and once with the fault. Prints a row, and returns the time after the deadline.
async fn measure(upstream: &Upstream, api: Option<&str>, fault: &str) -> Outcome<Duration> {
    let exporter = Exporter::of(vec![upstream.account("default")?], upstream).await?;
    exporter.simulator(Method::DELETE, "faults", String::new()).await?;
    let before = Page::new(exporter.scrape(PATIENCE, "identity").await?.body)?;
    let whole = before.values("runpod_queue_depth", "").count();
    if whole != ENDPOINTS {
        return Err(format!("the good scrape gave the queue of {whole} endpoints").into());
    }
    let target = match api {
        Some(api) => api.to_owned(),
        None => format!("health:{}", before.endpoint().ok_or("no endpoint on the page")?),
    };
    exporter.simulator(Method::PUT, "faults", format!("{target}={fault}")).await?;
    let scrape = exporter.scrape(PATIENCE, "identity").await?;
    exporter.simulator(Method::DELETE, "faults", String::new()).await?;
    let page = Page::new(scrape.body)?;
    let over = scrape.took.saturating_sub(PATIENCE.saturating_sub(OFFSET));
    let name = api.map_or_else(|| fault.to_owned(), |api| format!("{api}={fault}"));
    let mut out = std::io::stdout();
    write!(out, "| {name} | {} | {} |", scrape.took.as_millis(), over.as_millis())?;
    write!(out, " {} |", page.value("runpod_up", ""))?;
    for collector in COLLECTORS {
        let label = format!("collector=\"{collector}\"");
        write!(out, " {} |", page.value("runpod_collector_success", &label))?;
    }
    for state in ["1", "0"] {
        write!(out, " {} |", page.values("runpod_endpoint_up", "").filter(|value| *value == state).count())?;
    }
    write!(out, " {} |", page.values("runpod_queue_depth", "").count())?;
    let outcomes = page.outcomes_since(&before)?;
    writeln!(out, " {} | {} |", page.value("runpod_scrape_truncated", ""), outcomes.join(", "))?;
    Ok(over)
}

impl Page {
    fn new(body: Vec<u8>) -> Outcome<Self> {
        Ok(Self(String::from_utf8(body)?))
    }

    fn lines<'a>(&'a self, name: &'a str) -> impl Iterator<Item = (&'a str, &'a str)> {
        let samples = self.0.lines().filter(move |line| line.split(['{', ' ']).next() == Some(name));
        samples.filter_map(|line| line.rsplit_once(' '))
    }

    /// The values, as text, of the series of a family that have this label.
    fn values<'a>(&'a self, name: &'a str, label: &'a str) -> impl Iterator<Item = &'a str> {
        self.lines(name).filter(move |(series, _)| series.contains(label)).map(|(_, value)| value)
    }

    /// The value of the first series, or a dash if there is none.
    fn value<'a>(&'a self, name: &'a str, label: &'a str) -> &'a str {
        self.values(name, label).next().unwrap_or("–")
    }

    /// The id of an endpoint.
    fn endpoint(&self) -> Option<&str> {
        let (series, _) = self.lines("runpod_queue_depth").next()?;
        series.split_once("endpoint_id=\"")?.1.split('"').next()
    }

    /// Failed requests to Runpod by outcome; without any, the number of successful ones.
    fn outcomes_since(&self, before: &Self) -> Outcome<Vec<String>> {
        let mut counts: BTreeMap<&str, f64> = BTreeMap::new();
        for (page, sign) in [(self, 1.0), (before, -1.0)] {
            for (series, value) in page.lines("runpod_api_requests_total") {
                let outcome = series.split_once("outcome=\"").and_then(|(_, rest)| rest.split('"').next());
                *counts.entry(outcome.ok_or("no outcome")?).or_default() += sign * value.parse::<f64>()?;
            }
        }
        counts.retain(|_, count| *count > 0.0);
        Ok(counts.into_iter().map(|(outcome, count)| format!("{outcome} {count}")).collect())
    }
}
