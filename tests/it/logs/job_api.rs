//! The fallbacks if the REST API does not serve logs.

use jiff::{SignedDuration, Timestamp};
use runpod::{LogWindow, Reason};
use runpod_exporter::testing::logs::{Level, LogReaderError};
use runpod_simulator::{Api, Options, Shape};

use super::*;

/// All lines of an endpoint's workers since `since`, sorted by text: lines of several workers with the same timestamp have no
/// order.
fn endpoint_log(world: &World, since: Timestamp) -> Vec<String> {
    let endpoint = Arc::clone(&world.endpoints()[0]);
    let workers = world.workers(&endpoint);
    let ids = workers.iter().map(|worker| endpoint.configuration().worker_id(worker.serial));
    let lines = ids.flat_map(|id| world.worker_log(&endpoint, &id).unwrap());
    let mut texts: Vec<_> = lines.filter(|line| line.at >= since).map(|line| line.text).collect();
    texts.sort_unstable();
    texts
}

fn sorted(lines: &[Line]) -> Vec<&str> {
    let mut texts = texts(lines);
    texts.sort_unstable();
    texts
}

async fn without_rest(shape: Shape, fault: &str) -> Upstream {
    let upstream = Upstream::start(Options { shape, endpoints: 1, ..Options::default() }).await;
    upstream.clock.advance(SignedDuration::from_mins(1));
    upstream.fault(fault);
    upstream
}

#[tokio::test]
async fn without_rest_the_snapshot_is_the_fallback() {
    for fault in ["rest.logs=not-found", "rest.logs=gone", "rest.workers=not-found", "rest.workers=gone"] {
        for shape in [Shape::Live, Shape::Documented] {
            let upstream = without_rest(shape, fault).await;
            let id = upstream.ids()[0].clone();
            let lines = shown(&upstream, &id, tail(2_000)).await.unwrap();
            let log = endpoint_log(upstream.simulator.world(), Timestamp::MIN);
            assert!(sorted(&lines) == log, "{fault}, {shape:?}: {} of {}", lines.len(), log.len());
            assert!(lines.is_sorted_by_key(|line| line.timestamp));
            assert_eq!(lines.iter().all(|line| line.worker.is_some()), shape == Shape::Live);
            assert_eq!(shown(&upstream, &id, tail(3)).await.unwrap().len(), 3);
            assert!(lines.iter().any(|line| line.level == Level::Info));
        }
    }
}

/// With snapshots in the live shape, and in the documented one over a WebSocket, which breaks repeatedly.
#[tokio::test]
async fn lines_after_the_snapshot_are_followed() {
    for shape in [Shape::Live, Shape::Documented] {
        let upstream = without_rest(shape, "rest.logs=gone").await;
        upstream.fault("logs_stream=cut(4)*3");
        let world = upstream.simulator.world().clone();
        let id = upstream.ids()[0].clone();
        let since = upstream.clock.now() - SignedDuration::from_secs(20);
        let mut shown = Shown::live(&upstream, &id, LogWindow { since: Some(since), ..tail(0) }).await;
        let mut lines = shown.next(endpoint_log(&world, since).len()).await;
        for _ in 0..15 {
            upstream.clock.advance(SignedDuration::from_secs(2));
            lines.extend(shown.next(endpoint_log(&world, since).len() - lines.len()).await);
        }
        let log = endpoint_log(&world, since);
        assert!(sorted(&lines) == log, "{shape:?}: {} of {}", lines.len(), log.len());
        assert!(lines.len() > 50, "{}", lines.len());
        assert!(shown.is_quiet().await, "an unexpected line");
        let sockets = upstream.simulator.traffic().operation(Api::Jobs, "logs_stream");
        assert_eq!(sockets > 1, shape == Shape::Documented, "{sockets}");
    }
}

#[tokio::test]
async fn a_pod_has_no_fallback() {
    let upstream = without_rest(Shape::Live, "rest.logs=gone").await;
    let pod = upstream.simulator.world().pods()[0].id.clone();
    let error = shown(&upstream, &pod, tail(5)).await.unwrap_err();
    assert!(matches!(error, LogReaderError::Request(error) if matches!(error.reason, Reason::Retired)));
    let upstream = without_rest(Shape::Live, "rest.logs=unauthorized").await;
    let id = upstream.ids()[0].clone();
    let error = shown(&upstream, &id, tail(5)).await.unwrap_err();
    assert!(matches!(error, LogReaderError::Request(error) if matches!(error.reason, Reason::Unauthorized)));
}
