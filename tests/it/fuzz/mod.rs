//! A fuzzer between Runpod and the exporter: it damages responses at random, and no number may become untrue.
//!
//! Several exporters read the same simulated account at the same times, one of them through the fuzzer. Each number on its
//! page is one that another has, or had before, or is absent. A failure prints the seed that repeats it:
//! `FUZZ_SEED=7 FUZZ_SCRAPES=240 cargo test --test it fuzz`.

mod damage;
mod oracle;
mod output;
mod proxy;
mod seeds;
mod targets;

use std::time::Duration;

use tokio::time::Instant;

use runpod_exporter::testing::settings::{Collector, Reading, Refresh};
use runpod_simulator::rest::RestOptions;

use runpod_simulator::{Options, Quota, Shape};

use self::oracle::Oracle;
use self::output::Output;
use self::proxy::Proxy;
use crate::support::{Exporter, KEY, Upstream, account};

/// Patience of the scrape through the fuzzer, and what a busy machine may add to it.
const PATIENCE: Duration = Duration::from_millis(1_500);
const MARGIN: Duration = Duration::from_secs(3);

/// Simulated time between two scrapes.
const INTERVAL: jiff::SignedDuration = jiff::SignedDuration::from_secs(15);

/// A number from the environment, or the one for `make test`.
fn number(name: &str, default: u64) -> u64 {
    let given = std::env::vars().find(|(variable, _)| variable == name);
    given.map_or(default, |(_, text)| text.parse().unwrap_or_else(|error| panic!("{name}: {error}")))
}

/// Everything is read at every scrape, so that the two exporters read at the same times.
fn reading() -> Reading {
    let collectors: Vec<Collector> =
        Collector::ALL.iter().copied().filter(|collector| *collector != Collector::Logs).collect();
    let refresh: Refresh = collectors.iter().map(|collector| (*collector, Duration::from_secs(1))).collect();
    Reading { collectors: collectors.into_iter().collect(), refresh, each_worker: true, ..Reading::default() }
}

async fn exporter(upstream: &Upstream, address: std::net::SocketAddr) -> Exporter {
    let account = runpod_exporter::testing::config::Account { reading: reading(), ..account(address) };
    Exporter::start(account, std::sync::Arc::new(upstream.clock.clone())).await
}

async fn run(output: Output, seed: u64, scrapes: u64, shape: Shape) -> String {
    // More than both exporters can use.
    let quota = Quota::Limited { minute: 1_000_000, hour: 10_000_000, day: 100_000_000 };
    let rest = RestOptions { quota, ..RestOptions::default() };
    let options = Options { shape, endpoints: 5, pods: 4, machines: 2, rest, ..Options::default() };
    let upstream = Upstream::start(options).await;
    let proxy = Proxy::damaging(upstream.address, seed).await;
    let damaged = exporter(&upstream, proxy.address).await;
    // What a single API says is true as well, where it stands in for another one.
    let mut controls = vec![exporter(&upstream, upstream.address).await];
    let mut partial = Vec::new();
    for api in ["/graphql", "/v2/", "/rest/"] {
        let proxy = Proxy::without(upstream.address, api).await;
        controls.push(exporter(&upstream, proxy.address).await);
        partial.push(proxy);
    }
    let mut oracle = Oracle::default();
    let mut written_bytes = 0;
    // Until a quota is reported, a small one is assumed, and not every endpoint's latencies are read.
    for control in &controls {
        oracle.learn(&control.scrape().await);
    }
    for scrape in 0..scrapes {
        upstream.clock.advance(INTERVAL);
        for control in &controls {
            oracle.learn(&control.scrape().await);
        }
        let started = Instant::now();
        let page = damaged.scrape_within(PATIENCE.as_secs_f64()).await;
        let took = started.elapsed();
        let context =
            || format!("seed {seed}, scrape {scrape}, {shape:?}; damage so far: {}", proxy.recent());
        assert!(took < PATIENCE + MARGIN, "{took:?}: {}", context());
        assert!(!page.0.contains(KEY), "the key is on the page: {}", context());
        assert_eq!(output.panics(), 0, "{}", context());
        let written = output.take();
        assert!(!written.contains(KEY), "the key is in the log: {}\n{written}", context());
        written_bytes += written.len();
        let untrue = oracle.untrue(&page);
        assert!(untrue.is_empty(), "{}\n{}", untrue.join("\n"), context());
    }
    assert!(oracle.checked > 50 * scrapes, "only {} numbers were compared", oracle.checked);
    assert!(written_bytes > 0, "nothing was logged");
    let (number, checked) = (proxy.damages(), oracle.checked);
    format!(
        "seed {seed}, {shape:?}: {number} damages, {checked} numbers compared, {written_bytes} bytes of log"
    )
}

#[test]
fn damage_makes_no_number_untrue() {
    let (seed, scrapes) = (number("FUZZ_SEED", 1), number("FUZZ_SCRAPES", 12));
    for shape in [Shape::Live, Shape::Documented] {
        let output = Output::default();
        let runtime = output.runtime();
        // In a task: the thread of the test writes elsewhere.
        println!("{}", runtime.block_on(runtime.spawn(run(output, seed, scrapes, shape))).unwrap());
    }
}
