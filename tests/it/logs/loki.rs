//! Sending log lines to Loki: batches, limits, retries, and the count of dropped lines.

use std::sync::Mutex;
use std::sync::atomic::{AtomicU16, Ordering};

use axum::Router;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::routing::{get, post};
use runpod::{KeyRing, LogSubject, Urgency};
use runpod_exporter::testing::catalog::ScrapeResult;
use runpod_exporter::testing::exposition;
use runpod_exporter::testing::logs::{
    Cursor, LineSink, LogOrigin, LokiOptions, LokiTarget, StreamFollower, to_loki,
};
use runpod_exporter::testing::metrics::families;
use serde_json::Value;

use super::*;
use crate::support::{KEY, noon, stub};

/// A stub of Loki: the pushes that it received, and the status with which it answers.
#[derive(Default)]
struct Loki {
    pushed: Mutex<Vec<(HeaderMap, Value)>>,
    status: AtomicU16,
}

impl Loki {
    async fn start(status: u16) -> (Arc<Self>, LokiTarget, JoinSet<()>) {
        let loki = Arc::new(Self::default());
        loki.status.store(status, Ordering::SeqCst);
        let push = |State(loki): State<Arc<Self>>, headers: HeaderMap, body: String| async move {
            let status = loki.status.load(Ordering::SeqCst);
            loki.pushed.lock().unwrap().push((headers, serde_json::from_str(&body).unwrap()));
            StatusCode::from_u16(status).unwrap()
        };
        let routes = Router::new().route("/loki/api/v1/push", post(push)).with_state(Arc::clone(&loki));
        let (address, server) = stub(routes).await;
        let url = format!("http://{address}/loki/api/v1/push").parse().unwrap();
        (loki, LokiTarget { url, tenant: Some("team".to_owned()), login: None }, server)
    }

    fn pushes(&self) -> usize {
        self.pushed.lock().unwrap().len()
    }

    /// The lines of all pushes, in their order within each stream.
    fn lines(&self) -> Vec<String> {
        let pushed = self.pushed.lock().unwrap();
        let streams = pushed.iter().flat_map(|(_, body)| body["streams"].as_array().unwrap());
        let values = streams.flat_map(|stream| stream["values"].as_array().unwrap());
        values.map(|value| value[1].as_str().unwrap().to_owned()).collect()
    }

    async fn until(&self, what: impl Fn(&Self) -> bool) {
        let begin = Instant::now();
        while !what(self) {
            assert!(begin.elapsed() < LONG, "timeout");
            tokio::time::sleep(Duration::from_millis(10)).await; // polling
        }
    }
}

fn fast() -> LokiOptions {
    LokiOptions {
        linger: Duration::from_millis(50),
        backoff: (Duration::from_millis(5), Duration::from_millis(20)),
        retries: 3,
        ..LokiOptions::default()
    }
}

fn origin() -> LogOrigin {
    LogOrigin { account: "default".into(), endpoint_id: "e".into(), endpoint_name: "one".into() }
}

/// A sink that sends to Loki, and the counters of lines.
struct Sending {
    sink: Arc<dyn LineSink>,
    instruments: Instruments,
    _task: JoinSet<()>,
}

impl Sending {
    fn to(target: LokiTarget, options: LokiOptions) -> Self {
        let instruments = Instruments::new(Mode::Serve, crate::support::stopped());
        let lines = Arc::new(instruments.log_lines().clone());
        let clock = Arc::new(clock::ManualClock::new(noon()));
        let (sink, mut pusher) = to_loki(target, options, Arc::clone(&lines) as _, lines, clock).unwrap();
        let mut task = JoinSet::new();
        task.spawn(async move { pusher.run().await });
        Self { sink: Arc::new(sink), instruments, _task: task }
    }

    fn value(&self, name: &str) -> f64 {
        let measurements = self.instruments.measure(None);
        let scrape = ScrapeResult { measurements, ..ScrapeResult::default() };
        crate::support::Exposition::new(exposition::text(families(), &scrape)).sum(name, &[])
    }
}

/// Lines of a simulated pod.
async fn some_lines(count: u32) -> Vec<Line> {
    let upstream = Upstream::start(runpod_simulator::Options::default()).await;
    let pod = upstream.simulator.world().pods()[0].id.clone();
    let lines = shown(&upstream, &pod, tail(count)).await.unwrap();
    assert_eq!(lines.len(), count as usize);
    lines
}

#[tokio::test]
async fn lines_are_pushed_in_batches_with_their_labels() {
    let (loki, target, _server) = Loki::start(204).await;
    let sending = Sending::to(target, LokiOptions { batch: 20, ..fast() });
    let lines = some_lines(50).await;
    for line in &lines {
        sending.sink.line(&origin(), line);
    }
    loki.until(|loki| loki.lines().len() == 50).await;
    assert_eq!(loki.pushes(), 3, "twenty, twenty, ten");
    let mut pushed = loki.lines();
    let mut written: Vec<String> = lines.iter().map(|line| line.text.clone()).collect();
    pushed.sort_unstable();
    written.sort_unstable();
    assert_eq!(pushed, written);
    assert_eq!(sending.value("runpod_log_lines_total"), 50.0);
    assert_eq!(sending.value("runpod_log_lines_dropped_total"), 0.0);
    let pushed = loki.pushed.lock().unwrap();
    for (headers, body) in &*pushed {
        assert_eq!(headers["x-scope-orgid"], "team");
        assert!(!headers.contains_key("authorization"));
        for stream in body["streams"].as_array().unwrap() {
            let names: Vec<_> = stream["stream"].as_object().unwrap().keys().map(String::as_str).collect();
            let expected = ["account", "endpoint_id", "endpoint_name", "level", "source", "worker_id"];
            assert_eq!(names, expected);
            let nanoseconds: i64 = stream["values"][0][0].as_str().unwrap().parse().unwrap();
            assert!(nanoseconds > 1_700_000_000_000_000_000);
        }
    }
}

#[tokio::test]
async fn a_failed_push_is_retried_and_a_rejected_one_is_not() {
    let (loki, target, _server) = Loki::start(503).await;
    let sending = Sending::to(target, fast());
    let lines = some_lines(5).await;
    sending.sink.line(&origin(), &lines[0]);
    loki.until(|loki| loki.pushes() == 2).await;
    loki.status.store(204, Ordering::SeqCst);
    loki.until(|loki| loki.pushes() == 3).await;
    assert_eq!(sending.value("runpod_log_lines_dropped_total"), 0.0, "the retry succeeded");
    loki.status.store(400, Ordering::SeqCst);
    for line in &lines[1..4] {
        sending.sink.line(&origin(), line);
    }
    loki.until(|loki| loki.pushes() == 4 && sending.value("runpod_log_lines_dropped_total") == 3.0).await;
    loki.status.store(204, Ordering::SeqCst);
    sending.sink.line(&origin(), &lines[4]);
    loki.until(|loki| loki.pushes() == 5).await;
    assert_eq!(sending.value("runpod_log_lines_total"), 5.0);
}

/// While Loki is down, lines are lost, but memory is bounded and all lines are counted.
#[tokio::test]
async fn the_queue_is_bounded_and_dropped_lines_are_counted() {
    let (loki, target, _server) = Loki::start(503).await;
    let options = LokiOptions {
        queue_lines: 10,
        batch: 10,
        backoff: (Duration::from_mins(5), Duration::from_mins(5)),
        ..fast()
    };
    let sending = Sending::to(target, options);
    let lines = some_lines(60).await;
    sending.sink.line(&origin(), &lines[0]);
    loki.until(|loki| loki.pushes() == 1).await; // the retry waits
    for line in &lines[1..] {
        sending.sink.line(&origin(), line);
    }
    assert_eq!(sending.value("runpod_log_lines_total"), 60.0);
    assert_eq!(sending.value("runpod_log_lines_dropped_total"), 49.0, "ten are queued, one is in flight");
}

/// A program that prints its environment prints the key: it must not be sent on.
#[tokio::test]
async fn no_line_contains_the_key() {
    let event = format!(
        "id: 2026-11-22T11:59:00Z\ndata: {{\"source\":\"container\",\"line\":\"RUNPOD_API_KEY={KEY}\",\"ts\":\"2026-11-22T11:59:00Z\"}}\n\n"
    );
    let answer = async move || ([("content-type", "text/event-stream")], event);
    let (address, _upstream) = stub(Router::new().route("/rest/v2/pods/p/logs", get(answer))).await;
    let (loki, target, _server) = Loki::start(204).await;
    let sending = Sending::to(target, fast());
    let observer = Arc::new(Instruments::new(Mode::Serve, crate::support::stopped()));
    let clock: Arc<dyn Clock> = Arc::new(clock::ManualClock::new(noon()));
    let runpod =
        Arc::new(client(&account(address), KeyRing::default(), observer, Arc::clone(&clock)).unwrap());
    let (subject, cursor) = (LogSubject::Pod("p".into()), Cursor::new(tail(10)));
    let follower = StreamFollower {
        runpod,
        clock,
        subject,
        cursor,
        options: fast_follow(),
        live: false,
        warn: false,
        urgency: Urgency::Needed,
        state: None,
    };
    let (sender, mut lines) = mpsc::channel(10);
    follower.run(sender).await;
    let line = lines.recv().await.unwrap();
    assert_eq!(line.text, "RUNPOD_API_KEY=[redacted]");
    sending.sink.line(&origin(), &line);
    loki.until(|loki| loki.pushes() == 1).await;
    assert!(!format!("{:?}", loki.pushed.lock().unwrap()).contains(KEY));
}
