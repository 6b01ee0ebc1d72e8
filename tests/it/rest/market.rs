//! Collectors that are off by default: the market, which GraphQL serves without a key, and the machines of a host.

use std::sync::Arc;

use jiff::SignedDuration;
use runpod::ApiKey;
use runpod_exporter::testing::config::Account;
use runpod_exporter::testing::settings::{Collector, Reading};
use runpod_simulator::{Api, Options};

use crate::support::{Exporter, Exposition, Upstream, account};

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
async fn prices_do_not_hide_that_the_account_does_not_answer() {
    let upstream = Upstream::start(Options::default()).await;
    let collectors = [Collector::Account, Collector::Market];
    let page = exporter(&upstream, "rpa_of_nobody", &collectors).await.scrape().await;
    assert_eq!(page.count("runpod_gpu_price_dollars_per_hour", &["cloud=\"secure\""]), 9);
    assert_eq!(page.value("runpod_up", &[]), Some(0.0));
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

/// A type that one source or product lacks, or does not offer, has no series there.
#[tokio::test]
async fn cpus_and_data_centers() {
    let upstream = Upstream::start(Options::default()).await;
    let exporter = exporter(&upstream, crate::support::KEY, &[Collector::Market]).await;
    let page = exporter.scrape().await;
    insta::assert_snapshot!(page.about("runpod_cpu_"));
    let in_data_centers = |page: &Exposition| {
        ["runpod_data_center_gpu_stock_level", "runpod_data_center_cpu_stock_level"]
            .map(|name| page.count(name, &[]))
    };
    let [gpus, cpus] = in_data_centers(&page);
    assert!(gpus > 9 && cpus > 9, "{}", page.about("runpod_data_center_"));
    assert_eq!(page.value("runpod_collector_success", &["collector=\"market\""]), Some(1.0));
    exporter.scrape().await;
    assert_eq!(upstream.simulator.traffic().operation(Api::Rest, "catalog"), 4, "every ten minutes");

    let page = self::exporter(&upstream, "rpa_of_nobody", &[Collector::Market]).await.scrape().await;
    assert_eq!((page.count("runpod_cpu_stock_level", &[]), in_data_centers(&page)), (0, [0, 0]));
    assert!(page.count("runpod_gpu_stock_level", &[]) > 0, "which GraphQL has without a key");
    assert_eq!(page.value("runpod_collector_success", &["collector=\"market\""]), Some(0.0), "and says so");
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
