//! Lines on their way to Loki: in batches, within bounds, and counted where they are lost.

use std::sync::Mutex;
use std::sync::atomic::{AtomicU16, Ordering};

use axum::Router;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::routing::{get, post};
use runpod::{LogSubject, Urgency};
use runpod_exporter::catalog::ScrapeResult;
use runpod_exporter::exposition;
use runpod_exporter::logs::{Cursor, Following, LokiPace, LokiTarget, Origin, Sink, to_loki};
use runpod_exporter::metrics::families;
use serde_json::Value;

use super::*;
use crate::support::{KEY, noon, stub};

/// What a stub of Loki was pushed, and what it answers.
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
            assert!(begin.elapsed() < LONG, "never so");
            tokio::time::sleep(Duration::from_millis(10)).await; // polling
        }
    }
}

fn hurry() -> LokiPace {
    LokiPace {
        age: Duration::from_millis(50),
        pause: (Duration::from_millis(5), Duration::from_millis(20)),
        tries: 3,
        ..LokiPace::default()
    }
}

fn origin() -> Origin {
    Origin { account: "default".into(), endpoint_id: "e".into(), endpoint_name: "one".into() }
}

/// An entrance to Loki whose lines come from a pod that wrote them, and the count of what was dropped.
struct Sending {
    entrance: Arc<dyn Sink>,
    instruments: Instruments,
    _task: JoinSet<()>,
}

impl Sending {
    fn to(target: LokiTarget, pace: LokiPace) -> Self {
        let instruments = Instruments::new(Mode::Serve);
        let lines = Arc::new(instruments.log_lines().clone());
        let clock = Arc::new(clock::ManualClock::new(noon()));
        let (entrance, pusher) = to_loki(target, pace, Arc::clone(&lines) as _, lines, clock).unwrap();
        let mut task = JoinSet::new();
        task.spawn(pusher.run());
        Self { entrance: Arc::new(entrance), instruments, _task: task }
    }

    fn value(&self, name: &str) -> f64 {
        let measurements = self.instruments.measure(None);
        let scrape = ScrapeResult { measurements, ..ScrapeResult::default() };
        crate::support::Exposition::new(exposition::text(families(), &scrape)).sum(name, &[])
    }
}

/// Some lines as they come from a simulated pod.
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
    let sending = Sending::to(target, LokiPace { batch: 20, ..hurry() });
    let lines = some_lines(50).await;
    for line in &lines {
        sending.entrance.line(&origin(), line);
    }
    loki.until(|loki| loki.lines().len() == 50).await;
    assert_eq!(loki.pushes(), 3, "twenty, twenty, ten");
    let mut told = loki.lines();
    let mut written: Vec<String> = lines.iter().map(|line| line.text.clone()).collect();
    told.sort_unstable();
    written.sort_unstable();
    assert_eq!(told, written);
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
async fn a_loki_that_fails_is_tried_again_and_one_that_refuses_is_not() {
    let (loki, target, _server) = Loki::start(503).await;
    let sending = Sending::to(target, hurry());
    let lines = some_lines(5).await;
    sending.entrance.line(&origin(), &lines[0]);
    loki.until(|loki| loki.pushes() == 2).await;
    loki.status.store(204, Ordering::SeqCst);
    loki.until(|loki| loki.pushes() == 3).await;
    assert_eq!(sending.value("runpod_log_lines_dropped_total"), 0.0, "it came through");
    loki.status.store(400, Ordering::SeqCst);
    for line in &lines[1..4] {
        sending.entrance.line(&origin(), line);
    }
    loki.until(|loki| loki.pushes() == 4 && sending.value("runpod_log_lines_dropped_total") == 3.0).await;
    loki.status.store(204, Ordering::SeqCst);
    sending.entrance.line(&origin(), &lines[4]);
    loki.until(|loki| loki.pushes() == 5).await;
    assert_eq!(sending.value("runpod_log_lines_total"), 5.0);
}

/// A Loki that is gone for long costs lines, and neither memory nor counters.
#[tokio::test]
async fn the_buffer_is_bounded_and_what_does_not_fit_is_counted() {
    let (loki, target, _server) = Loki::start(503).await;
    let pace = LokiPace {
        buffer: 10,
        batch: 10,
        pause: (Duration::from_mins(5), Duration::from_mins(5)),
        ..hurry()
    };
    let sending = Sending::to(target, pace);
    let lines = some_lines(60).await;
    sending.entrance.line(&origin(), &lines[0]);
    loki.until(|loki| loki.pushes() == 1).await; // and now it waits
    for line in &lines[1..] {
        sending.entrance.line(&origin(), line);
    }
    assert_eq!(sending.value("runpod_log_lines_total"), 60.0);
    assert_eq!(
        sending.value("runpod_log_lines_dropped_total"),
        49.0,
        "ten are in the buffer, one is on its way"
    );
}

/// A program that prints its environment prints the key; it goes no further than to this process.
#[tokio::test]
async fn the_key_is_in_no_line() {
    let event = format!(
        "id: 2026-11-22T11:59:00Z\ndata: {{\"source\":\"container\",\"line\":\"RUNPOD_API_KEY={KEY}\",\"ts\":\"2026-11-22T11:59:00Z\"}}\n\n"
    );
    let answer = async move || ([("content-type", "text/event-stream")], event);
    let (address, _upstream) = stub(Router::new().route("/rest/v2/pods/p/logs", get(answer))).await;
    let (loki, target, _server) = Loki::start(204).await;
    let sending = Sending::to(target, hurry());
    let observer = Arc::new(Instruments::new(Mode::Serve));
    let clock: Arc<dyn Clock> = Arc::new(clock::ManualClock::new(noon()));
    let runpod = Arc::new(client(&account(address), observer, Arc::clone(&clock)).unwrap());
    let (subject, cursor) = (LogSubject::Pod("p".into()), Cursor::new(tail(10)));
    let following = Following {
        runpod,
        clock,
        subject,
        cursor,
        pace: hurried(),
        live: false,
        told: false,
        urgency: Urgency::Needed,
    };
    let (to, mut lines) = mpsc::channel(10);
    following.run(to).await;
    let line = lines.recv().await.unwrap();
    assert_eq!(line.text, "RUNPOD_API_KEY=[redacted]");
    sending.entrance.line(&origin(), &line);
    loki.until(|loki| loki.pushes() == 1).await;
    assert!(!format!("{:?}", loki.pushed.lock().unwrap()).contains(KEY));
}
