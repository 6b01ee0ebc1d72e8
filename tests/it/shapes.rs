//! Both GraphQL shapes result in the same series, and negotiation needs only a few requests once.

use runpod_simulator::{Api, Options, Shape};

use crate::support::Upstream;

/// The families that every endpoint must have, from any API.
const LOAD: [&str; 4] =
    ["runpod_queue_depth", "runpod_queue_in_progress", "runpod_workers_ready", "runpod_workers_running"];

async fn every_endpoint_has_its_load(shape: Shape, fault: Option<&str>) {
    let upstream = Upstream::start(Options { shape, endpoints: 60, ..Options::default() }).await;
    if let Some(fault) = fault {
        upstream.fault(fault);
    }
    let page = upstream.exporter().await.scrape().await;
    for id in upstream.ids() {
        let id = format!("endpoint_id=\"{id}\"");
        for family in LOAD {
            assert!(page.value(family, &[&id]).is_some(), "{shape:?}: no {family} of {id}");
        }
        assert!(page.value("runpod_requests_total", &[&id, "status=\"completed\""]).is_some());
        assert_eq!(page.value("runpod_endpoint_up", &[&id]), Some(1.0));
        assert_eq!(page.value("runpod_endpoint_info", &[&id]), Some(1.0));
    }
    for collector in ["endpoints", "health", "pods", "account"] {
        let success = page.value("runpod_collector_success", &[&format!("collector=\"{collector}\"")]);
        assert_eq!(success, Some(1.0), "{shape:?}: {collector}");
    }
}

#[tokio::test]
async fn the_live_shape_gives_the_load_of_every_endpoint() {
    every_endpoint_has_its_load(Shape::Live, None).await;
}

#[tokio::test]
async fn the_documented_shape_gives_the_load_of_every_endpoint() {
    every_endpoint_has_its_load(Shape::Documented, None).await;
}

/// A gateway that implements the guides may lack the job API.
#[tokio::test]
async fn the_documented_shape_needs_no_job_api() {
    every_endpoint_has_its_load(Shape::Documented, Some("jobs=not-found")).await;
}

/// Every GraphQL request of a scrape, by operation. While the fields are negotiated, a document of its own requests the ids of the
/// endpoints.
async fn requests(upstream: &Upstream, scrape: impl Future) -> Vec<(String, u64)> {
    upstream.simulator.traffic().reset();
    scrape.await;
    upstream.simulator.traffic().report().graphql.operations.into_iter().collect()
}

fn counts<const N: usize>(counts: [(&str, u64); N]) -> Vec<(String, u64)> {
    counts.into_iter().map(|(operation, count)| (operation.to_owned(), count)).collect()
}

#[tokio::test]
async fn the_live_shape_is_negotiated_with_four_rejections_and_none_later() {
    let upstream = Upstream::start(Options::default()).await;
    let exporter = upstream.exporter().await;
    let first = requests(&upstream, exporter.scrape()).await;
    assert_eq!(first, counts([("Account", 2), ("EndpointDetail", 1), ("Endpoints", 3), ("Pods", 2)]));
    let next = requests(&upstream, exporter.scrape()).await;
    assert_eq!(next, counts([("Account", 1), ("Endpoints", 1), ("Pods", 1)]));
}

#[tokio::test]
async fn the_documented_shape_is_negotiated_with_few_rejections_and_none_later() {
    let upstream =
        Upstream::start(Options { shape: Shape::Documented, endpoints: 120, ..Options::default() }).await;
    let exporter = upstream.exporter().await;
    let first = requests(&upstream, exporter.scrape()).await;
    // Three batches of endpoints; the first negotiates for all. The runtime of a pod is requested in both forms.
    assert_eq!(
        first,
        counts([("Account", 2), ("EndpointDetail", 4), ("Endpoints", 3), ("PodDetail", 1), ("Pods", 3)])
    );
    let next = requests(&upstream, exporter.scrape()).await;
    assert_eq!(
        next,
        counts([("Account", 1), ("EndpointDetail", 3), ("Endpoints", 1), ("PodDetail", 1), ("Pods", 1)])
    );
    assert_eq!(upstream.simulator.traffic().operation(Api::Jobs, "health"), 120);
}

#[tokio::test]
async fn unsupported_fields_are_counted() {
    for (shape, fields) in [(Shape::Live, 7.0), (Shape::Documented, 24.0)] {
        let upstream = Upstream::start(Options { shape, ..Options::default() }).await;
        let page = upstream.exporter().await.scrape().await;
        assert_eq!(
            page.value("runpod_api_unsupported_fields", &["api=\"graphql\""]),
            Some(fields),
            "{shape:?}"
        );
    }
}

/// A job API that fails for some endpoints is not absent, and is requested again.
#[tokio::test]
async fn the_job_api_is_paused_only_if_it_knows_no_endpoint() {
    for (fault, requested_again) in [("bad-gateway", true), ("not-found", false)] {
        let upstream = Upstream::start(Options { shape: Shape::Documented, ..Options::default() }).await;
        upstream.fault(&format!("health:{}={fault}", upstream.ids()[0]));
        upstream.fault("jobs=not-found");
        let exporter = upstream.exporter().await;
        let success = exporter.scrape().await.value("runpod_collector_success", &["collector=\"health\""]);
        assert_eq!(success, Some(f64::from(!requested_again)), "{fault}");
        upstream.simulator.traffic().reset();
        exporter.scrape().await;
        assert_eq!(
            upstream.simulator.traffic().operation(Api::Jobs, "health") > 0,
            requested_again,
            "{fault}"
        );
    }
}
