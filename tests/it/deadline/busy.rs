//! Gatherings that keep their threads busy, as the translation of an account with 100,000 endpoints does for seconds.

use std::thread;

use clock::{Clock, ManualClock};
use jiff::Timestamp;
use parking_lot::{Condvar, Mutex};
use runpod_exporter::testing::config::Webhook;
use runpod_exporter::testing::scrape::Threads;

use super::*;
use crate::support::{bind, noon, receiving};

/// A clock that stops each thread of a gathering that reads it, until `stop(false)`: a busy thread, without the
/// dependence on how fast this machine is.
#[derive(Debug)]
struct Stopping {
    clock: ManualClock,
    stopped: Mutex<bool>,
    changed: Condvar,
}

impl Stopping {
    fn stop(&self, stopping: bool) {
        *self.stopped.lock() = stopping;
        self.changed.notify_all();
    }

    fn wait(&self) {
        if thread::current().name() == Some("gather") {
            let mut is_stopping = self.stopped.lock();
            self.changed.wait_while(&mut is_stopping, |stopping| *stopping);
        }
    }
}

impl Clock for Stopping {
    fn now(&self) -> Timestamp {
        self.wait();
        self.clock.now()
    }

    fn elapsed(&self) -> Duration {
        self.wait();
        self.clock.elapsed()
    }
}

/// As in `serve`, gatherings have threads of their own. Requests that were answered only after the gatherings continue would
/// never be answered here.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn busy_gatherings_delay_neither_scrapes_nor_pages() {
    let upstream = Upstream::start(Options::default()).await;
    let clock = Arc::new(Stopping {
        clock: ManualClock::new(noon()),
        stopped: Mutex::new(false),
        changed: Condvar::new(),
    });
    let threads = Threads::own().unwrap();
    let receiver = receiving(Webhook::default(), true);
    let accounts = vec![account(upstream.address)];
    let shared = Arc::<Stopping>::clone(&clock);
    let exporter = Exporter::with_threads(threads, bind().await.0, accounts, shared, receiver);
    let scrape = async || {
        let request = exporter.get("/metrics").header("X-Prometheus-Scrape-Timeout-Seconds", "1");
        Exposition::new(request.send().await.unwrap().text().await.unwrap())
    };
    let before = exporter.scrape().await;
    assert_eq!(before.value("runpod_up", &[]), Some(1.0));
    clock.stop(true);
    for round in 1..=3 {
        let page = scrape().await;
        assert_eq!(page.value("runpod_up", &[]), Some(0.0), "{round}");
        assert_eq!(page.value("runpod_scrape_truncated", &[]), Some(1.0), "{round}");
        assert_eq!(exporter.get("/health").send().await.unwrap().status(), 200, "{round}");
        assert_eq!(exporter.get("/").send().await.unwrap().status(), 200, "{round}");
        assert!(page.value("runpod_exporter_late_scrapes_total", &[]).unwrap() >= f64::from(round));
    }
    clock.stop(false);
    let mut page = scrape().await;
    while page.value("runpod_up", &[]) != Some(1.0) {
        page = scrape().await;
    }
    assert_eq!(page.value("runpod_scrape_truncated", &[]), Some(0.0));
}
