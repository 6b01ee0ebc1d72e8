//! Following streams that break.

use std::collections::BTreeMap;

use jiff::SignedDuration;
use runpod::LogWindow;
use runpod_exporter::testing::logs::{Level, Stream};
use runpod_simulator::rest::{RestOptions, Resumption};
use runpod_simulator::{Api, Options};

use super::*;

/// Every line is shown once although the stream breaks ten times, on servers of both kinds.
#[tokio::test]
async fn ten_cuts_lose_no_line_and_repeat_none() {
    for resumption in [Resumption::At, Resumption::Behind] {
        let rest = RestOptions { resumption, ..RestOptions::default() };
        let upstream = Upstream::start(Options { rest, ..Options::default() }).await;
        let world = upstream.simulator.world().clone();
        let pod = world.pods()[0].id.clone();
        upstream.fault("rest.logs=cut(13)*10");
        let before = pod_log(&world, 0);
        let mut shown = Shown::live(&upstream, &pod, tail(5_000)).await;
        let mut lines = shown.next(before.len()).await;
        for _ in 0..40 {
            upstream.clock.advance(SignedDuration::from_secs(5));
            let written = pod_log(&world, 0).len();
            let missing = written - lines.len();
            lines.extend(shown.next(missing).await);
        }
        let written = pod_log(&world, 0);
        assert_eq!(texts(&lines), written, "{resumption:?}");
        assert!(written.len() > 200, "{}", written.len());
        assert!(shown.is_quiet().await, "an unexpected line");
        assert!(upstream.simulator.faults().rules().is_empty(), "not all cuts were made");
        let requests = upstream.simulator.traffic().operation(Api::Rest, "logs");
        assert_eq!(requests, 11, "one stream, and one more after each cut");
    }
}

/// The streams of several workers break; all lines of each worker are shown in order.
#[tokio::test]
async fn the_workers_of_an_endpoint_are_shown_together() {
    let upstream = Upstream::start(Options::default()).await;
    upstream.clock.advance(SignedDuration::from_mins(2));
    let world = upstream.simulator.world().clone();
    let endpoint = Arc::clone(&world.endpoints()[0]);
    let id = endpoint.configuration().id.clone();
    upstream.fault("rest.logs=cut(6)*10");
    let since = upstream.clock.now() - SignedDuration::from_secs(20);
    let mut shown = Shown::live(&upstream, &id, LogWindow { since: Some(since), ..tail(0) }).await;
    let log = || -> BTreeMap<String, Vec<String>> {
        let workers = world.workers(&endpoint).into_iter().filter(WorkerView::is_active);
        let ids = workers.map(|worker| endpoint.configuration().worker_id(worker.serial));
        let texts = |id: &String| -> Vec<String> {
            let lines = world.worker_log(&endpoint, id).unwrap().into_iter();
            lines.filter(|line| line.at >= since).map(|line| line.text).collect()
        };
        ids.map(|id| (id.clone(), texts(&id))).filter(|(_, lines)| !lines.is_empty()).collect()
    };
    let count = || log().values().map(Vec::len).sum::<usize>();
    let mut lines = shown.next(count()).await;
    for _ in 0..10 {
        upstream.clock.advance(SignedDuration::from_secs(2));
        lines.extend(shown.next(count() - lines.len()).await);
    }
    let mut received: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for line in &lines {
        received.entry(line.worker.as_deref().unwrap().to_owned()).or_default().push(line.text.clone());
    }
    assert!(received == log(), "the lines differ");
    assert!(received.len() >= 2 && lines.len() > 50, "{} of {}", lines.len(), received.len());
    assert!(shown.is_quiet().await, "an unexpected line");
}

#[tokio::test]
async fn lines_of_several_workers_are_sorted_by_time() {
    let upstream = Upstream::start(Options::default()).await;
    upstream.clock.advance(SignedDuration::from_mins(2));
    let id = upstream.ids()[0].clone();
    let lines = shown(&upstream, &id, tail(5_000)).await.unwrap();
    assert!(lines.len() > 50, "{}", lines.len());
    assert!(lines.is_sorted_by_key(|line| line.timestamp), "{lines:#?}");
    let workers: std::collections::BTreeSet<_> = lines.iter().map(|line| line.worker.clone()).collect();
    assert!(workers.len() >= 2);
    assert!(lines.iter().any(|line| line.source == Stream::System));
    assert!(lines.iter().any(|line| line.level == Level::Info));
}

/// A stream is reopened after every kind of failure, without using up the quota.
#[tokio::test]
async fn a_stream_is_reopened_after_every_failure() {
    let upstream = Upstream::start(Options::default()).await;
    let world = upstream.simulator.world().clone();
    let pod = world.pods()[0].id.clone();
    for fault in ["reset", "bad-gateway", "garbage", "truncated"] {
        upstream.fault(&format!("rest.logs={fault}*1"));
    }
    upstream.fault("rest.logs=cut(3)*1");
    let mut shown = Shown::live(&upstream, &pod, tail(20)).await;
    let lines = shown.next(20).await;
    let written = pod_log(&world, 0);
    assert_eq!(texts(&lines), written[written.len() - 20..]);
    assert_eq!(upstream.simulator.traffic().operation(Api::Rest, "logs"), 6);
}

/// A new worker is found, and all of its lines are shown.
#[tokio::test]
async fn new_workers_are_followed() {
    let upstream = Upstream::start(Options { endpoints: 3, ..Options::default() }).await;
    let world = upstream.simulator.world().clone();
    let endpoint = Arc::clone(&world.endpoints()[2]); // scales to zero
    let id = endpoint.configuration().id.clone();
    let mut shown = Shown::live(&upstream, &id, tail(0)).await;
    let mut seen = std::collections::BTreeSet::new();
    for _ in 0..400 {
        upstream.clock.advance(SignedDuration::from_secs(3));
        tokio::time::sleep(Duration::from_millis(10)).await; // for the follower to run
        while let Ok(line) = shown.lines.try_recv() {
            seen.extend(line.worker.clone());
        }
        if seen.len() >= 2 {
            return;
        }
    }
    panic!("workers that were seen: {seen:?}");
}

#[tokio::test]
async fn source_and_start_time_are_filtered() {
    let upstream = Upstream::start(Options::default()).await;
    upstream.clock.advance(SignedDuration::from_mins(2));
    let id = upstream.ids()[0].clone();
    let window = LogWindow { source: Some("system"), ..tail(5_000) };
    let lines = shown(&upstream, &id, window).await.unwrap();
    assert!(!lines.is_empty() && lines.iter().all(|line| line.source == Stream::System));
    let since = upstream.clock.now() - SignedDuration::from_secs(30);
    let window = LogWindow { since: Some(since), ..tail(1) };
    let lines = shown(&upstream, &id, window).await.unwrap();
    assert!(lines.len() > 3 && lines.iter().all(|line| line.timestamp >= Some(since)), "{lines:#?}");
}
