//! Pauses of requests after 403 and 429.

use jiff::SignedDuration;
use runpod_simulator::rest::RestOptions;
use runpod_simulator::{Api, Operation, Options};

use crate::support::{Exposition, Upstream};

fn success(page: &Exposition, collector: &str) -> Option<f64> {
    page.value("runpod_collector_success", &[&format!("collector=\"{collector}\"")])
}

#[tokio::test]
async fn a_forbidden_operation_is_retried_every_quarter_of_an_hour() {
    let rest =
        RestOptions { forbidden: [Operation::Billing, Operation::Workers].into(), ..RestOptions::default() };
    let upstream = Upstream::start(Options { rest, endpoints: 20, ..Options::default() }).await;
    let exporter = upstream.exporter().await;
    let requests = || {
        let traffic = upstream.simulator.traffic();
        ["billing", "workers", "volumes"].map(|operation| traffic.operation(Api::Rest, operation))
    };
    let page = exporter.scrape().await;
    assert_eq!((success(&page, "billing"), success(&page, "workers")), (Some(0.0), Some(0.0)));
    assert_eq!((success(&page, "volumes"), success(&page, "health")), (Some(1.0), Some(1.0)));
    let at_first = requests();
    for _ in 0..14 {
        upstream.clock.advance(SignedDuration::from_mins(1));
        exporter.scrape().await;
    }
    let [billing, workers, volumes] = requests();
    assert_eq!([billing, workers], at_first[..2], "no requests during the pause");
    assert_eq!(volumes, at_first[2] + 1, "other operations continue");
    upstream.clock.advance(SignedDuration::from_mins(1));
    let page = exporter.scrape().await;
    assert!(requests()[0] > billing, "the key may have been granted the scope");
    assert_eq!(success(&page, "billing"), Some(0.0), "it is still reported");
}

/// For each API: no requests until the time that the server names, and the last response is exported with its read time.
#[tokio::test]
async fn a_rate_limited_api_is_paused_and_its_last_response_exported() {
    let upstream = Upstream::start(Options::default()).await;
    let exporter = upstream.exporter().await;
    let before = exporter.scrape().await;
    let id = upstream.ids()[0].clone();
    upstream.fault("Account=rate-limited(90)*1");
    upstream.fault(&format!("health:{id}=rate-limited(90)*1"));
    upstream.fault("rest.volumes=rate-limited(5400)*1");
    upstream.clock.advance(SignedDuration::from_mins(10));
    let page = exporter.scrape().await;
    let requests = || {
        let traffic = upstream.simulator.traffic();
        (traffic.operation(Api::Graphql, "Account"), traffic.operation(Api::Rest, "volumes"))
    };
    let at_first = requests();
    let endpoint = format!("endpoint_id=\"{id}\"");
    let shown = |page: &Exposition| {
        [
            page.value("runpod_account_balance_dollars", &[]),
            page.value("runpod_queue_depth", &[&endpoint]),
            page.value("runpod_endpoint_load_timestamp_seconds", &[&endpoint]),
            page.value("runpod_collector_data_timestamp_seconds", &["collector=\"account\""]),
            page.value("runpod_collector_data_timestamp_seconds", &["collector=\"volumes\""]),
        ]
    };
    assert_eq!(shown(&page), shown(&before), "with its read time");
    assert_eq!(page.count("runpod_network_volume_size_bytes", &[]), 2);
    assert_eq!((success(&page, "account"), success(&page, "volumes")), (Some(0.0), Some(0.0)));
    assert_eq!(page.value("runpod_endpoint_up", &[&endpoint]), Some(0.0), "it was not read");
    upstream.clock.advance(SignedDuration::from_secs(89));
    let page = exporter.scrape().await;
    assert_eq!(shown(&page), shown(&before));
    assert_eq!(requests(), at_first, "no requests");
    upstream.clock.advance(SignedDuration::from_secs(1));
    let page = exporter.scrape().await;
    assert_eq!(success(&page, "account"), Some(1.0));
    assert_eq!(page.value("runpod_endpoint_up", &[&endpoint]), Some(1.0));
    assert_ne!(shown(&page)[0], shown(&before)[0], "the balance has changed");
    // Longer than a response is cached otherwise.
    upstream.clock.advance(SignedDuration::from_mins(80));
    let page = exporter.scrape().await;
    assert_eq!(page.count("runpod_network_volume_size_bytes", &[]), 2, "until the next request");
    assert_eq!(requests().1, at_first.1);
    upstream.clock.advance(SignedDuration::from_mins(10));
    assert_eq!(success(&exporter.scrape().await, "volumes"), Some(1.0));
}

/// Without a pause that the server requests, the last response is exported for a limited time, and then unknown.
#[tokio::test]
async fn a_response_that_is_too_old_is_dropped() {
    let upstream = Upstream::start(Options::default()).await;
    let exporter = upstream.exporter().await;
    exporter.scrape().await;
    upstream.fault("rest=bad-gateway");
    let volumes = async || {
        let page = exporter.scrape().await;
        (page.count("runpod_network_volume_size_bytes", &[]), success(&page, "volumes"))
    };
    upstream.clock.advance(SignedDuration::from_mins(10));
    assert_eq!(volumes().await, (2, Some(0.0)));
    upstream.clock.advance(SignedDuration::from_mins(50));
    assert_eq!(volumes().await, (2, Some(0.0)));
    upstream.clock.advance(SignedDuration::from_mins(1));
    assert_eq!(volumes().await, (0, Some(0.0)));
}
