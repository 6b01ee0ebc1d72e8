//! Collectors that are off by default: the market, which GraphQL serves without a key, and the machines of a host.

use std::sync::Arc;

use jiff::SignedDuration;
use runpod::ApiKey;
use runpod_exporter::testing::config::Account;
use runpod_exporter::testing::settings::{Collector, Reading};
use runpod_simulator::{Api, Options};

use crate::support::{Exporter, Upstream, account};

async fn exporter(upstream: &Upstream, key: &str, collectors: &[Collector]) -> Exporter {
    let reading = Reading { collectors: collectors.iter().copied().collect(), ..Reading::default() };
    let account = Account { reading, key: ApiKey::parse(key).unwrap(), ..account(upstream.address) };
    Exporter::start(account, Arc::new(upstream.clock.clone())).await
}

#[tokio::test]
async fn prices_and_availability_for_pods_need_no_key() {
    let upstream = Upstream::start(Options::default()).await;
    let page = exporter(&upstream, "rpa_of_nobody", &[Collector::Market]).await.scrape().await;
    assert_eq!(page.count("runpod_gpu_price_dollars_per_hour", &["cloud=\"secure\""]), 9);
    assert_eq!(page.count("runpod_gpu_stock_level", &["product=\"pod\""]), 9, "none is a level too");
    assert_eq!(page.count("runpod_gpu_stock_level", &["product=\"serverless\""]), 0, "which REST alone has");
    assert_eq!(page.value("runpod_up", &[]), Some(1.0));
}

#[tokio::test]
async fn rest_adds_the_availability_for_workers_and_is_the_fallback() {
    let upstream = Upstream::start(Options::default()).await;
    let exporter = exporter(&upstream, crate::support::KEY, &[Collector::Market]).await;
    let before = exporter.scrape().await;
    assert_eq!(before.count("runpod_gpu_stock_level", &["product=\"serverless\""]), 9);
    assert_eq!(before.count("runpod_gpu_price_dollars_per_hour", &["cloud=\"serverless\""]), 9);
    upstream.fault("graphql=gone");
    upstream.clock.advance(SignedDuration::from_mins(10));
    exporter.scrape().await;
    let after = exporter.scrape().await;
    assert_eq!(
        after.series().len(),
        before.series().len() + 3,
        "one more count of requests, by its outcome, and the finding that an API is retired, with its start"
    );
    assert_eq!(after.count("runpod_gpu_stock_level", &[]), before.count("runpod_gpu_stock_level", &[]));
}

#[tokio::test]
async fn the_machines_of_a_host() {
    let upstream = Upstream::start(Options { machines: 2, ..Options::default() }).await;
    let exporter = exporter(&upstream, crate::support::KEY, &[Collector::Host]).await;
    let page = exporter.scrape().await;
    insta::assert_snapshot!(page.about("runpod_machine_") + &page.about("runpod_host_"));
    exporter.scrape().await;
    assert_eq!(upstream.simulator.traffic().operation(Api::Graphql, "Host"), 1, "every five minutes");
}
