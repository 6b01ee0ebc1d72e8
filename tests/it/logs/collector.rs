//! The logs collector: the lines of all workers are counted once, and removed with their endpoint.

use std::sync::atomic::{AtomicU32, Ordering};

use jiff::SignedDuration;
use runpod_exporter::testing::app::App;
use runpod_exporter::testing::config::Account;
use runpod_exporter::testing::instruments::LogLines;
use runpod_exporter::testing::logs::{LineSink, LogOrigin, collect};
use runpod_exporter::testing::scrape::Scope;
use runpod_exporter::testing::settings::Mode;
use runpod_exporter::testing::settings::{Collector, Reading};
use runpod_simulator::rest::RestOptions;
use runpod_simulator::{Api, Options};
use tokio_util::task::TaskTracker;

use super::*;
use crate::support::{Exporter, Exposition, noon};

/// An exporter that collects logs, without an HTTP server.
struct Collecting {
    app: App,
    _task: JoinSet<()>,
}

impl Collecting {
    fn start(upstream: &Upstream) -> Self {
        Self::with(upstream, |lines| Arc::new(lines))
    }

    /// The same, with lines that pass through another sink.
    fn with(upstream: &Upstream, sink: impl FnOnce(LogLines) -> Arc<dyn LineSink>) -> Self {
        let collectors = [Collector::Endpoints, Collector::Workers, Collector::Logs].into_iter().collect();
        let account =
            Account { reading: Reading { collectors, ..Reading::default() }, ..account(upstream.address) };
        let app = App::new(Mode::Serve, Arc::new(upstream.clock.clone()), TaskTracker::new());
        app.apply(vec![account]).unwrap();
        let scraper = Arc::clone(app.scraper());
        let (sink, clock) = (sink(app.instruments().log_lines().clone()), app.clock());
        let mut task = JoinSet::new();
        task.spawn(collect(move || scraper.watched(), sink, Arc::clone(clock), fast_follow()));
        Self { app, _task: task }
    }

    async fn scrape(&self) -> Exposition {
        let deadline = Instant::now() + LONG;
        let page = self.app.scraper().scrape(Scope::default(), deadline).await.unwrap();
        Exposition::new(String::from_utf8(page.text().unwrap().to_vec()).unwrap())
    }

    /// Scrapes until this number of lines is counted. A line that is counted twice shows when the next number is expected.
    async fn counts(&self, lines: usize) -> Exposition {
        let start = Instant::now();
        loop {
            let page = self.scrape().await;
            #[expect(clippy::cast_precision_loss, reason = "a few hundred")]
            if page.sum("runpod_log_lines_total", &[]) >= lines as f64 {
                return page;
            }
            assert!(start.elapsed() < LONG, "{lines} lines were never counted");
            tokio::time::sleep(Duration::from_millis(20)).await; // polling
        }
    }
}

fn written(world: &World, endpoint: usize, since: jiff::Timestamp) -> usize {
    let endpoint = Arc::clone(&world.endpoints()[endpoint]);
    let workers = world.workers(&endpoint).into_iter().filter(WorkerView::is_active);
    let ids = workers.map(|worker| endpoint.configuration().worker_id(worker.serial));
    let lines = ids.flat_map(|id| world.worker_log(&endpoint, &id).unwrap());
    lines.filter(|line| line.at >= since).count()
}

#[tokio::test]
async fn lines_are_counted_once_despite_broken_streams() {
    let rest = RestOptions { quota: "off".parse().unwrap(), ..RestOptions::default() };
    let upstream = Upstream::start(Options { endpoints: 2, rest, ..Options::default() }).await;
    let world = upstream.simulator.world().clone();
    upstream.fault("rest.logs=cut(4)*8");
    let start = upstream.clock.now();
    let collecting = Collecting::start(&upstream);
    assert_eq!(collecting.scrape().await.count("runpod_log_lines_total", &[]), 0);
    for _ in 0..10 {
        upstream.clock.advance(SignedDuration::from_secs(3));
        let lines = written(&world, 0, start) + written(&world, 1, start);
        let page = collecting.counts(lines).await;
        let each = |number: usize| {
            let id = format!("endpoint_id=\"{}\"", upstream.ids()[number]);
            page.sum("runpod_log_lines_total", &[&id])
        };
        #[expect(clippy::cast_precision_loss, reason = "a few hundred")]
        let expected = [0, 1].map(|number| written(&world, number, start) as f64);
        assert_eq!([each(0), each(1)], expected);
    }
    let page = collecting.scrape().await;
    assert!(page.sum("runpod_log_lines_total", &["level=\"info\"", "source=\"container\""]) > 50.0);
    let id = upstream.ids()[0].clone();
    assert!(world.remove_endpoint(&id));
    upstream.clock.advance(SignedDuration::from_mins(1));
    let start = Instant::now();
    let label = format!("endpoint_id=\"{id}\"");
    while collecting.scrape().await.count("runpod_log_lines_total", &[&label]) > 0 {
        assert!(start.elapsed() < LONG, "the series of an endpoint outlive it");
        tokio::time::sleep(Duration::from_millis(20)).await; // polling
    }
    assert!(collecting.scrape().await.count("runpod_log_lines_total", &[]) > 0, "those of the other stay");
}

/// A sink that panics on its first line, as a library does on a line that it cannot parse.
#[derive(Debug)]
struct Fragile {
    next: LogLines,
    panics: AtomicU32,
}

impl LineSink for Fragile {
    fn line(&self, origin: &LogOrigin, line: &Line) {
        let left = self.panics.try_update(Ordering::SeqCst, Ordering::SeqCst, |left| left.checked_sub(1));
        assert!(left.is_err(), "a line with {}", line.text);
        self.next.line(origin, line);
    }

    fn gone(&self, origin: &LogOrigin) {
        self.next.gone(origin);
    }
}

/// The worker is followed again from then on: no line counts twice, and the line is not read forever.
#[tokio::test]
async fn a_follower_that_panicked_is_started_again() {
    let rest = RestOptions { quota: "off".parse().unwrap(), ..RestOptions::default() };
    let upstream = Upstream::start(Options { endpoints: 1, rest, ..Options::default() }).await;
    let world = upstream.simulator.world().clone();
    let panics = AtomicU32::new(1);
    let collecting = Collecting::with(&upstream, |next| Arc::new(Fragile { next, panics }));
    collecting.scrape().await;
    upstream.clock.advance(SignedDuration::from_secs(3));
    let begin = Instant::now();
    let opened = || upstream.simulator.traffic().operation(Api::Rest, "logs");
    let streams = world.workers(&world.endpoints()[0]).into_iter().filter(WorkerView::is_active).count();
    while opened() < u64::try_from(streams).unwrap() + 1 {
        assert!(begin.elapsed() < LONG, "not followed again: {} of {streams}", opened());
        collecting.scrape().await;
        tokio::time::sleep(Duration::from_millis(20)).await; // polling
    }
    let before = upstream.clock.now();
    upstream.clock.advance(SignedDuration::from_mins(1));
    let page = collecting.counts(written(&world, 0, before)).await;
    #[expect(clippy::cast_precision_loss, reason = "a few hundred")]
    let written = written(&world, 0, noon()) as f64;
    assert!(page.sum("runpod_log_lines_total", &[]) <= written, "a line was counted twice");
}

/// Streams are opened as the quota allows, and leave the rest of it to other requests.
#[tokio::test]
async fn streams_wait_for_the_quota() {
    let rest = RestOptions { quota: "60/3000/50000".parse().unwrap(), ..RestOptions::default() };
    let upstream = Upstream::start(Options { endpoints: 30, rest, ..Options::default() }).await;
    let collecting = Collecting::start(&upstream);
    for _ in 0..10 {
        collecting.scrape().await;
        tokio::time::sleep(Duration::from_millis(50)).await; // for the followers to make requests
    }
    let requests = || upstream.simulator.traffic().report().rest.requests;
    assert!(requests() <= 30, "more than half of the quota: {}", requests());
    for _ in 0..20 {
        upstream.clock.advance(SignedDuration::from_mins(1));
        collecting.scrape().await;
        tokio::time::sleep(Duration::from_millis(50)).await; // for the followers to make requests
    }
    assert!(upstream.simulator.traffic().operation(Api::Rest, "logs") > 3);
    let refused = collecting.scrape().await.sum("runpod_api_requests_total", &["outcome=\"rate_limited\""]);
    assert_eq!(refused, 0.0);
}

#[test]
fn logs_need_workers_to_be_listed() {
    use runpod_exporter::testing::config::{ConfigError, collectors};
    let error = collectors([Collector::Endpoints, Collector::Logs].into_iter().collect()).unwrap_err();
    assert!(matches!(error, ConfigError::Needs { collector: "logs", needed: "workers" }), "{error}");
    let error = collectors([Collector::Logs].into_iter().collect()).unwrap_err();
    assert!(matches!(error, ConfigError::Needs { collector: "logs", needed: "endpoints" }), "{error}");
}

/// Polls until the collector has this success. The clock advances, because the requests of retries return with it.
async fn success(upstream: &Upstream, collecting: &Collecting, expected: f64) -> Exposition {
    let start = Instant::now();
    loop {
        let page = collecting.scrape().await;
        if page.value("runpod_collector_success", &["collector=\"logs\""]) == Some(expected) {
            return page;
        }
        assert!(start.elapsed() < LONG, "never {expected}: {}", page.about("collector=\"logs\""));
        upstream.clock.advance(SignedDuration::from_secs(1));
        tokio::time::sleep(Duration::from_millis(20)).await; // polling
    }
}

#[tokio::test]
async fn one_stream_that_fails_is_no_success() {
    let rest = RestOptions { quota: "off".parse().unwrap(), ..RestOptions::default() };
    let upstream = Upstream::start(Options { endpoints: 2, rest, ..Options::default() }).await;
    let collecting = Collecting::start(&upstream);
    let failed = |page: &Exposition| {
        page.value("runpod_collector_parts", &["collector=\"logs\"", "outcome=\"server_error\""])
    };
    let page = success(&upstream, &collecting, 1.0).await;
    assert_eq!(failed(&page), None);
    // The streams that are open break, and those of the first endpoint cannot be opened again.
    upstream.fault(&format!("rest.logs:{}=bad-gateway", upstream.ids()[0]));
    upstream.fault("rest.logs=cut(0)*20");
    let page = success(&upstream, &collecting, 0.0).await;
    assert!(failed(&page) >= Some(1.0), "{}", page.about("collector=\"logs\""));
    upstream.simulator.faults().clear();
    success(&upstream, &collecting, 1.0).await;
}

/// A worker that was just created has no log yet, and one that is gone has none any more.
#[tokio::test]
async fn a_worker_without_a_log_is_no_failure() {
    let rest = RestOptions { quota: "off".parse().unwrap(), ..RestOptions::default() };
    let upstream = Upstream::start(Options { endpoints: 2, rest, ..Options::default() }).await;
    upstream.fault(&format!("rest.logs:{}=not-found", upstream.ids()[0]));
    let collecting = Collecting::start(&upstream);
    let missing = ["operation=\"logs\"", "outcome=\"not_found\""];
    let read = ["collector=\"logs\"", "api=\"rest\""];
    let start = Instant::now();
    let page = loop {
        let page = collecting.scrape().await;
        let is_read = page.value("runpod_collector_data_timestamp_seconds", &read).is_some();
        if is_read && page.value("runpod_api_requests_total", &missing).is_some() {
            break page;
        }
        assert!(start.elapsed() < LONG, "no log was missing: {}", page.about("operation=\"logs\""));
        upstream.clock.advance(SignedDuration::from_secs(1));
        tokio::time::sleep(Duration::from_millis(20)).await; // polling
    };
    assert_eq!(page.value("runpod_collector_success", &["collector=\"logs\""]), Some(1.0));
    let parts = ["collector=\"logs\"", "outcome=\"not_found\""];
    assert_eq!(page.value("runpod_collector_parts", &parts), None);
}

#[tokio::test]
async fn the_last_errors_are_on_the_page_and_go_with_the_endpoint() {
    let rest = RestOptions { quota: "off".parse().unwrap(), ..RestOptions::default() };
    let upstream = Upstream::start(Options { endpoints: 2, rest, ..Options::default() }).await;
    let collectors = [Collector::Endpoints, Collector::Health, Collector::Workers, Collector::Logs];
    let reading = Reading { collectors: collectors.into_iter().collect(), ..Reading::default() };
    let account = Account { reading, ..account(upstream.address) };
    let exporter = Exporter::start(account, Arc::new(upstream.clock.clone())).await;
    let start = Instant::now();
    // The worker may write the next line between the status and the page, so both are read until they agree.
    let (id, page) = loop {
        upstream.clock.advance(SignedDuration::from_secs(5));
        exporter.scrape().await;
        let (endpoint, page) = (last_error(&exporter).await, text_of(&exporter, "/").await);
        if let Some((id, text)) = endpoint
            && page.contains(&format!("<code><bdi>{text}</bdi></code>"))
        {
            break (id, page);
        }
        assert!(start.elapsed() < LONG, "no error is on the page: {page}");
        tokio::time::sleep(Duration::from_millis(20)).await; // polling
    };
    assert!(page.contains("Last errors in the logs:"), "{page}");

    assert!(upstream.simulator.world().remove_endpoint(&id));
    exporter.scrape().await;
    let (status, page) = (text_of(&exporter, "/api/v1/status").await, text_of(&exporter, "/").await);
    assert!(!status.contains(&id) && !page.contains(&id), "{status} {page}");
}

/// The id of the first endpoint whose log has errors, and the newest of them.
async fn last_error(exporter: &Exporter) -> Option<(String, String)> {
    let status: serde_json::Value = serde_json::from_str(&text_of(exporter, "/api/v1/status").await).unwrap();
    let endpoints = status["accounts"][0]["endpoints"].as_array().unwrap();
    endpoints.iter().find_map(|endpoint| {
        let newest = endpoint["last_errors"].as_array()?.last()?;
        assert!(newest["worker"].is_string() && newest["timestamp"].is_string(), "{newest}");
        Some((endpoint["id"].as_str()?.to_owned(), newest["text"].as_str()?.to_owned()))
    })
}

async fn text_of(exporter: &Exporter, path: &str) -> String {
    exporter.get(path).send().await.unwrap().text().await.unwrap()
}
