//! The quota of the REST API: the exporter never uses more than its share, with any number of Prometheus servers.
//! `benches/quota.rs` simulates a whole day.

use clock::Clock as _;
use jiff::SignedDuration;
use runpod_exporter::testing::config::Account;
use runpod_exporter::testing::settings::{Collector, Collectors, Reading};
use runpod_simulator::rest::RestOptions;
use runpod_simulator::{Api, Options};

use crate::support::{Exporter, Exposition, Upstream, account, noon};

/// The example in Runpod's documentation.
const ILLUSTRATIVE: &str = "60/3000/50000";

async fn upstream(endpoints: usize, quota: &str) -> Upstream {
    let rest = RestOptions { quota: quota.parse().unwrap(), ..RestOptions::default() };
    Upstream::start(Options { endpoints, rest, ..Options::default() }).await
}

/// An exporter without the job API, which has no quota and would only take time here.
async fn exporter(upstream: &Upstream) -> Exporter {
    let job_apis = [Collector::Health, Collector::Requests, Collector::Latency];
    let collectors: Collectors =
        Collector::ALL.iter().copied().filter(|collector| !job_apis.contains(collector)).collect();
    let reading = Reading { collectors, ..Reading::default() };
    let account = Account { reading, ..account(upstream.address) };
    Exporter::start(account, std::sync::Arc::new(upstream.clock.clone())).await
}

fn requests(upstream: &Upstream) -> u64 {
    upstream.simulator.traffic().report().rest.requests
}

/// Seconds since the oldest list of workers was read.
fn oldest(page: &Exposition, upstream: &Upstream) -> f64 {
    let lists = page.about("runpod_workers_placed_timestamp_seconds{");
    let read = lists.lines().map(|line| line.rsplit(' ').next().unwrap().parse::<f64>().unwrap());
    let now = Exposition::new(format!("now {}", upstream.clock.now().as_second())).value("now", &[]).unwrap();
    now - read.fold(f64::INFINITY, f64::min)
}

#[tokio::test]
async fn two_servers_and_two_hundred_endpoints_use_half_of_a_small_quota() {
    let upstream = upstream(200, ILLUSTRATIVE).await;
    upstream.fault("graphql=gone"); // everything is read from REST
    let exporter = exporter(&upstream).await;
    let (mut minutes, mut ages) = (Vec::new(), Vec::new());
    for _minute in 0..30 {
        let before = requests(&upstream);
        for _ in 0..4 {
            for seconds in [7, 8] {
                let page = exporter.scrape().await;
                assert_eq!(page.sum("runpod_api_requests_total", &["outcome=\"rate_limited\""]), 0.0);
                if page.count("runpod_workers_placed_timestamp_seconds", &[]) == 200 {
                    ages.push(oldest(&page, &upstream));
                }
                upstream.clock.advance(SignedDuration::from_secs(seconds));
            }
        }
        minutes.push(requests(&upstream) - before);
    }
    assert!(minutes.iter().all(|requests| *requests <= 31), "{minutes:?}"); // one of them is for the API description
    let rate = 25_000.0 / 24.0 / 60.0; // half of the day's quota, spread over the day
    let used = Exposition::new(format!("used {}", requests(&upstream))).value("used", &[]).unwrap();
    assert!(used > 30.0 * rate * 0.9, "{used}: the share is used");
    let age = ages.iter().copied().fold(0.0, f64::max);
    assert!((300.0..1200.0).contains(&age), "{age}");
}

/// Runpod exempts some users: their responses have no quota headers.
#[tokio::test]
async fn without_quota_headers_every_list_is_read_when_it_is_due() {
    let upstream = upstream(100, "off").await;
    let exporter = exporter(&upstream).await;
    let lists = || upstream.simulator.traffic().operation(Api::Rest, "workers");
    let mut page = exporter.scrape().await;
    for _ in 0..10 {
        upstream.clock.advance(SignedDuration::from_secs(12));
        page = exporter.scrape().await;
    }
    assert!((150..=300).contains(&lists()), "two rounds in two minutes: {}", lists());
    assert_eq!(page.count("runpod_workers_placed_timestamp_seconds", &[]), 100);
    assert!(oldest(&page, &upstream) <= 120.0, "{}", oldest(&page, &upstream));
    assert_eq!(page.count("runpod_api_quota_limit", &[]), 0, "no quota is known");
    let before = lists();
    for _ in 0..5 {
        exporter.scrape().await;
    }
    assert_eq!(lists(), before, "no time has passed");
}

#[tokio::test]
async fn the_quota_is_exported_as_the_server_reports_it() {
    let upstream = upstream(6, ILLUSTRATIVE).await;
    let exporter = exporter(&upstream).await;
    exporter.scrape().await;
    let balances = || upstream.simulator.traffic().operation(Api::Rest, "balance");
    assert_eq!(balances(), 1, "for how the account pays; the balance is read from GraphQL");
    let descriptions = upstream.simulator.traffic().operation(Api::Rest, "openapi");
    // On a busy machine, requests of one scrape end in the next one. The clock stands still, so that each is sent once.
    let (page, used) = loop {
        let before = requests(&upstream);
        let page = exporter.scrape().await;
        if requests(&upstream) == before {
            break (page, before - descriptions);
        }
    };
    let remaining = |page: &Exposition, window: &str| {
        page.value("runpod_api_quota_remaining", &[&format!("window=\"{window}\"")])
    };
    let limit = |window: &str| page.value("runpod_api_quota_limit", &[&format!("window=\"{window}\"")]);
    let limits = ["minute", "hour", "day"].map(limit);
    assert_eq!(limits, [Some(60.0), Some(3_000.0), Some(50_000.0)]);
    let used = Exposition::new(format!("used {used}")).value("used", &[]).unwrap();
    assert_eq!(remaining(&page, "minute"), Some(60.0 - used));
    assert_eq!(remaining(&page, "day"), Some(50_000.0 - used));
    upstream.clock.advance(SignedDuration::from_mins(1));
    upstream.fault("rest=bad-gateway");
    let page = exporter.scrape().await;
    assert_eq!(remaining(&page, "minute"), None, "this minute has not been reported");
    assert_eq!(remaining(&page, "day"), Some(50_000.0 - used), "the last reported value is exported");
}

/// Another client has used up the quota before.
#[tokio::test]
async fn no_requests_are_sent_while_the_quota_is_used_up() {
    let upstream = upstream(6, "2/3000/50000").await;
    let exporter = exporter(&upstream).await;
    let page = exporter.scrape().await;
    assert!(page.sum("runpod_api_requests_total", &["outcome=\"rate_limited\""]) >= 1.0, "{}", page.0);
    let before = requests(&upstream);
    for _ in 0..5 {
        exporter.scrape().await;
    }
    assert_eq!(requests(&upstream), before, "no requests");
    assert_eq!(upstream.clock.now(), noon(), "no time has passed");
    let refused = page.sum("runpod_api_requests_total", &["outcome=\"rate_limited\""]);
    let mut page = exporter.scrape().await;
    for _ in 0..30 {
        upstream.clock.advance(SignedDuration::from_secs(60));
        page = exporter.scrape().await;
    }
    assert_eq!(
        page.sum("runpod_api_requests_total", &["outcome=\"rate_limited\""]),
        refused,
        "and sends no requests"
    );
    assert_eq!(page.count("runpod_network_volume_size_bytes", &[]), 2, "one request a minute does it too");
    assert!(page.count("runpod_billed_day_dollars", &[]) > 0);
}
