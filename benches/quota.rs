//! A day with the quota that is the example in Runpod's documentation: two Prometheus servers, 200 endpoints, a scrape by each
//! every 15 s; and a day of an account without a quota. The clock is simulated, the requests are real. Prints a markdown table;
//! fails if a request is rejected.

#[path = "support/account.rs"]
mod account;

use std::collections::BTreeMap;
use std::io::Write as _;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use clock::{Clock as _, ManualClock};
use jiff::{SignedDuration, Timestamp};
use runpod_exporter::testing::config::Account;
use runpod_exporter::testing::scrape::Scope;
use runpod_exporter::testing::settings::{Collector, Reading};
use runpod_simulator::rest::RestOptions;
use runpod_simulator::{Options, Retirement, Simulator};
use tokio::net::TcpListener;
use tokio::task::JoinSet;
use tokio::time::Instant;

use crate::account::{Outcome, account_at, app_by};

const ENDPOINTS: usize = 200;

const QUOTA: &str = "60/3000/50000";

/// Both servers scrape every 15 s, the second half an interval after the first.
const PAUSES: [u64; 2] = [7, 8];

const HEADER: &str = "\
| GraphQL | quota | scrapes | requests in the day | busiest hour | busiest minute | refused (429) | oldest list of workers | of them on average |
|---|---|---:|---:|---:|---:|---:|---:|---:|";

/// The results of a day.
#[derive(Default)]
struct Day {
    scrapes: u64,
    refused: u64,
    by_minute: BTreeMap<i64, u64>,
    by_hour: BTreeMap<i64, u64>,
    oldest: f64,
    ages: (f64, f64),
}

#[tokio::main]
async fn main() -> Outcome<()> {
    let mut out = std::io::stdout();
    writeln!(out, "{HEADER}")?;
    let gone = Some(Retirement::After(Duration::ZERO));
    for (graphql, retires, quota) in
        [("available", None, QUOTA), ("gone", gone, QUOTA), ("available", None, "off"), ("gone", gone, "off")]
    {
        let day = day(retires, quota).await?;
        let total: u64 = day.by_hour.values().sum();
        let most = |counts: &BTreeMap<i64, u64>| counts.values().max().copied().unwrap_or_default();
        let (hour, minute) = (most(&day.by_hour), most(&day.by_minute));
        let Day { scrapes, refused, oldest, ages: (sum, count), .. } = day;
        let mean = sum / count / 60.0;
        writeln!(
            out,
            "| {graphql} | {quota} | {scrapes} | {total} | {hour} | {minute} | {refused} | {:.1} min | {mean:.1} min |",
            oldest / 60.0
        )?;
        if refused > 0 {
            return Err("Runpod refused requests".into());
        }
    }
    Ok(())
}

async fn day(graphql_retires: Option<Retirement>, quota: &str) -> Outcome<Day> {
    let clock = ManualClock::new("2026-11-22T00:00:00Z".parse()?);
    let end: Timestamp = "2026-11-23T00:00:00Z".parse()?;
    let rest = RestOptions { quota: quota.parse()?, ..RestOptions::default() };
    let options = Options { endpoints: ENDPOINTS, graphql_retires, rest, ..Options::default() };
    let simulator = Simulator::new(&options, Arc::new(clock.clone()));
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let address: SocketAddr = listener.local_addr()?;
    let serving = simulator.clone();
    let mut server = JoinSet::new(); // ends with this function
    server.spawn(async move { serving.serve(listener, std::future::pending()).await });
    // The job API has no quota, and would only take time here.
    let job_apis = [Collector::Health, Collector::Requests, Collector::Latency];
    let collectors = Collector::ALL.iter().copied().filter(|collector| !job_apis.contains(collector));
    let reading = Reading { collectors: collectors.collect(), ..Reading::default() };
    let account = Account { reading, ..account_at(address, "default")? };
    let reloader = app_by(vec![account], Arc::new(clock.clone()))?;
    let mut day = Day::default();
    while clock.now() < end {
        for pause in PAUSES {
            let before = simulator.traffic().report().rest.requests;
            let deadline = Instant::now() + Duration::from_secs(10);
            let page = reloader.scraper().scrape(Scope::default(), deadline).await?;
            day.note(&String::from_utf8(page.text()?.to_vec())?, clock.now());
            let requests = simulator.traffic().report().rest.requests - before;
            *day.by_minute.entry(clock.now().as_second() / 60).or_default() += requests;
            *day.by_hour.entry(clock.now().as_second() / 3_600).or_default() += requests;
            clock.advance(SignedDuration::from_secs(pause.try_into()?));
        }
    }
    Ok(day)
}

impl Day {
    fn note(&mut self, page: &str, now: Timestamp) {
        self.scrapes += 1;
        let value = |line: &str| line.rsplit(' ').next().and_then(|value| value.parse::<f64>().ok());
        let refusals = page.lines().filter(|line| line.contains("outcome=\"rate_limited\""));
        self.refused = u64::try_from(refusals.count()).unwrap_or(u64::MAX);
        let lists = page.lines().filter(|line| line.starts_with("runpod_workers_placed_timestamp_seconds{"));
        let read: Vec<f64> = lists.filter_map(value).collect();
        // In the first minutes, not every endpoint has a list.
        if read.len() == ENDPOINTS {
            let now = now.as_duration().as_secs_f64();
            let ages = read.iter().map(|read| now - read);
            self.oldest = ages.clone().fold(self.oldest, f64::max);
            let (sum, count) = self.ages;
            self.ages = (sum + ages.sum::<f64>(), count + 200.0);
        }
    }
}
