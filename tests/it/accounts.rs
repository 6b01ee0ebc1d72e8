//! Several accounts in one exporter: all of them on `/metrics`, one by one on `/probe`, listed on `/sd`.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use clock::ManualClock;
use jiff::SignedDuration;
use runpod_exporter::testing::config::Account;
use runpod_exporter::testing::settings::{Collector, Filter, LevelOverrides, Reading, Signal, Thresholds};
use runpod_simulator::{Api, Options};

use crate::support::{Exporter, Exposition, Upstream, account, noon};

fn named(name: &str, upstream: &Upstream) -> Account {
    Account { name: Arc::from(name), ..account(upstream.address) }
}

async fn exporter(accounts: Vec<Account>) -> Exporter {
    Exporter::of(accounts, Arc::new(ManualClock::new(noon()))).await
}

async fn probe(exporter: &Exporter, query: &str) -> (u16, Exposition) {
    let response = exporter.get(&format!("/probe{query}")).send().await.unwrap();
    (response.status().as_u16(), Exposition::new(response.text().await.unwrap()))
}

/// With the same seed, both accounts have the same names and ids.
#[tokio::test]
async fn accounts_that_share_every_name_share_no_series() {
    let (one, two) = (Upstream::start(Options::default()).await, Upstream::start(Options::default()).await);
    let page = exporter(vec![named("one", &one), named("two", &two)]).await.scrape().await;
    let samples: Vec<_> = page.0.lines().filter(|line| !line.starts_with('#')).collect();
    assert_eq!(page.series().len(), samples.len());
    for account in ["account=\"one\"", "account=\"two\""] {
        assert_eq!(page.count("runpod_queue_depth", &[account]), 6, "{account}");
        assert_eq!(page.value("runpod_up", &[account]), Some(1.0), "{account}");
    }
    let headers: Vec<_> = page.0.lines().filter(|line| line.starts_with("# TYPE")).collect();
    assert_eq!(headers.iter().collect::<BTreeSet<_>>().len(), headers.len(), "a family has one header");
}

#[tokio::test]
async fn an_account_that_hangs_or_has_no_valid_key_does_not_affect_others() {
    let mut upstreams = Vec::new();
    for seed in 0..5 {
        upstreams.push(Upstream::start(Options { seed, endpoints: 20, ..Options::default() }).await);
    }
    let names = ["a", "b", "c", "d", "e"];
    let accounts = names.iter().zip(&upstreams).map(|(name, upstream)| named(name, upstream)).collect();
    let exporter = exporter(accounts).await;
    exporter.scrape().await;
    upstreams[1].fault("graphql=hang");
    upstreams[1].fault("jobs=hang");
    upstreams[1].fault("rest=hang");
    upstreams[3].fault("graphql=unauthorized");
    upstreams[3].fault("jobs=unauthorized");
    upstreams[3].fault("rest=unauthorized");
    let page = exporter.scrape_within(2.0).await;
    for (n, name) in names.iter().enumerate() {
        let (account, well) = (format!("account=\"{name}\""), n != 1 && n != 3);
        assert_eq!(page.value("runpod_up", &[&account]), Some(f64::from(well)), "{name}");
        assert_eq!(page.sum("runpod_endpoint_up", &[&account]), if well { 20.0 } else { 0.0 }, "{name}");
    }
    assert_eq!(page.value("runpod_scrape_truncated", &[]), Some(1.0));
    let rejected = page.sum("runpod_api_requests_total", &["account=\"d\"", "outcome=\"unauthorized\""]);
    assert!(rejected >= 23.0, "{rejected}");
}

#[tokio::test]
async fn a_probe_scrapes_one_account_with_the_named_collectors() {
    let (one, two) = (Upstream::start(Options::default()).await, Upstream::start(Options::default()).await);
    let exporter = exporter(vec![named("one", &one), named("two/b", &two)]).await;
    let (status, page) = probe(&exporter, "?account=two%2Fb").await;
    assert_eq!(status, 200);
    assert_eq!(page.count("runpod_queue_depth", &["account=\"two/b\""]), 6);
    assert_eq!(page.about("account=\"one\""), "");
    assert!(page.sum("runpod_api_requests_total", &["account=\"two/b\""]) >= 3.0);
    for name in page.names() {
        assert!(
            !name.starts_with("process_") && name != "runpod_exporter_build_info",
            "{name} is the process's"
        );
    }
    assert_eq!(one.simulator.traffic().report().graphql.requests, 0, "the other account got no request");

    two.simulator.traffic().reset();
    let (_, page) = probe(&exporter, "?account=two/b&collect[]=pods&collect[]=account").await;
    assert_eq!(page.count("runpod_collector_success", &[]), 2);
    assert_eq!(page.count("runpod_queue_depth", &[]), 0);
    assert!(page.count("runpod_pod_info", &[]) > 0);
    assert_eq!(two.simulator.traffic().operation(Api::Graphql, "Endpoints"), 0);

    let (_, page) = probe(&exporter, "?account=two/b&collect[]=health").await;
    assert_eq!(page.count("runpod_queue_depth", &[]), 6, "health brings the list that names the endpoints");
}

#[tokio::test]
async fn a_probe_of_a_collector_includes_those_that_it_needs() {
    let upstream = Upstream::start(Options::default()).await;
    let reading = Reading { collectors: Collector::ALL.iter().copied().collect(), ..Reading::default() };
    let account = Account { reading, ..named("one", &upstream) };
    let exporter = Exporter::of(vec![account], Arc::new(upstream.clock.clone())).await;
    for (collector, family) in [
        (Collector::Health, "runpod_queue_depth"),
        (Collector::Workers, "runpod_workers_placed"),
        (Collector::Requests, "runpod_request_latency_seconds_count"),
        (Collector::Latency, "runpod_reported_execution_seconds"),
    ] {
        let name = collector.as_str();
        let (status, _) = probe(&exporter, &format!("?account=one&collect[]={name}")).await;
        assert_eq!(status, 200);
        upstream.clock.advance(SignedDuration::from_mins(5)); // a list of requests counts from its second reading
        let (_, page) = probe(&exporter, &format!("?account=one&collect[]={name}")).await;
        let success = page.value("runpod_collector_success", &[&format!("collector=\"{name}\"")]);
        assert_eq!(success, Some(1.0), "{name}: {}", page.0);
        assert!(page.count(family, &[]) > 0, "{name}: no {family} in {}", page.0);
    }
    let (_, page) = probe(&exporter, "?account=one&collect[]=logs").await;
    let workers = page.value("runpod_collector_success", &["collector=\"workers\""]);
    assert_eq!(workers, Some(1.0), "logs needs the workers: {}", page.0);
}

#[tokio::test]
async fn an_invalid_probe_is_rejected_with_a_hint() {
    let upstream = Upstream::start(Options::default()).await;
    let exporter = exporter(vec![named("research", &upstream), named("prod", &upstream)]).await;
    for (query, status, message) in [
        ("", 400, "research"),
        ("?account=", 404, "prod"),
        ("?account=nobody", 404, "research"),
        ("?account=prod&collect[]=queues", 400, "endpoints, health, workers, requests"),
    ] {
        let (got, page) = probe(&exporter, query).await;
        assert_eq!(got, status, "{query}");
        assert!(page.0.contains(message), "{query}: {}", page.0);
    }
}

#[tokio::test]
async fn service_discovery_lists_one_target_per_account() {
    let upstream = Upstream::start(Options::default()).await;
    let exporter = exporter(vec![named("research", &upstream), named("prod", &upstream)]).await;
    let response = exporter.get("/sd").send().await.unwrap();
    assert_eq!(response.headers()["content-type"], "application/json");
    let groups: serde_json::Value = serde_json::from_str(&response.text().await.unwrap()).unwrap();
    let host = exporter.address.to_string();
    let group = |account: &str| {
        serde_json::json!({
            "targets": [host],
            "labels": {
                "__metrics_path__": "/probe",
                "__param_account": account,
                "instance": format!("{host}/{account}"),
            },
        })
    };
    assert_eq!(groups, serde_json::json!([group("research"), group("prod")]));
}

#[tokio::test]
async fn excluded_endpoints_are_not_requested() {
    let upstream = Upstream::start(Options::default()).await;
    let patterns =
        |patterns: &[&str]| patterns.iter().map(|pattern| (*pattern).to_owned()).collect::<Vec<_>>();
    let reading = Reading {
        endpoints: Filter::new(&patterns(&["llama.*", "sdxl.*"]), &patterns(&["sdxl-turbo"])).unwrap(),
        pods: Filter::new(&[], &patterns(&[".*"])).unwrap(),
        ..Reading::default()
    };
    let account = Account { reading, ..account(upstream.address) };
    let exporter = exporter(vec![account]).await;
    for _ in 0..2 {
        upstream.simulator.traffic().reset();
        let page = exporter.scrape().await;
        assert_eq!(page.count("runpod_queue_depth", &[]), 1);
        assert_eq!(page.count("runpod_queue_depth", &["endpoint_name=\"llama-3-70b\""]), 1);
        assert_eq!(page.count("runpod_pod_info", &[]), 0);
        assert_eq!(upstream.simulator.traffic().operation(Api::Jobs, "health"), 1);
    }
}

#[tokio::test]
async fn thresholds_are_series_of_each_endpoint() {
    let upstream = Upstream::start(Options::default()).await;
    let llama = Filter::new(&["llama.*".to_owned()], &[]).unwrap();
    let deep = LevelOverrides { warning: Some(500.0), critical: Some(5_000.0) };
    let thresholds =
        Thresholds::new(BTreeMap::new(), vec![(llama, [(Signal::QueueDepth, deep)].into())]).unwrap();
    let reading = Reading { thresholds: Arc::new(thresholds), ..Reading::default() };
    let page = exporter(vec![Account { reading, ..account(upstream.address) }]).await.scrape().await;
    let threshold = |labels: &[&str]| page.value("runpod_threshold", labels);
    let critical = "severity=\"critical\"";
    let depth = "signal=\"queue_depth\"";
    assert_eq!(threshold(&["endpoint_name=\"llama-3-70b\"", depth, critical]), Some(5_000.0));
    assert_eq!(threshold(&["endpoint_name=\"sdxl-turbo\"", depth, critical]), Some(50.0));
    assert_eq!(threshold(&["endpoint_id=\"\"", "signal=\"balance_runway_hours\"", critical]), Some(4.0));
    // Two of queue and errors each, a warning of throttled workers, a note of latency.
    assert_eq!(page.count("runpod_threshold", &[]), 6 * 6 + 2);
}

/// Names are escaped wherever they are a part of something: labels, queries, targets of `/sd` and links to Grafana.
#[tokio::test]
async fn names_may_contain_what_has_a_meaning_elsewhere() {
    let upstream = Upstream::start(Options::default()).await;
    let names = [
        "bob's",
        "a b",
        "{{ $labels.x }}",
        "$account",
        "a/b?c#d&e=f+g%20",
        "<b>x</b>",
        "a|b.*",
        "\u{fc}n\u{ef}",
        "a,b",
    ];
    let exporter = exporter(names.iter().map(|name| named(name, &upstream)).collect()).await;
    exporter.scrape().await;
    let targets = exporter.get("/sd").send().await.unwrap().text().await.unwrap();
    let targets: serde_json::Value = serde_json::from_str(&targets).unwrap();
    let page = exporter.get("/").send().await.unwrap().text().await.unwrap();
    assert!(!page.contains("<b>x</b>"), "markup in a name");
    for (n, name) in names.iter().enumerate() {
        assert_eq!(targets[n]["labels"]["__param_account"], *name);
        let query =
            url::form_urlencoded::Serializer::new(String::new()).append_pair("account", name).finish();
        let (status, page) = probe(&exporter, &format!("?{query}")).await;
        assert_eq!(status, 200, "{name}");
        assert_eq!(page.value("runpod_up", &[&format!("account=\"{name}\"")]), Some(1.0), "{name}");
    }
}
