//! The memory of the exporter over many scrapes of an account that replaces its endpoints: what is kept of an endpoint goes with
//! it. The bytes in use are counted by the allocator, so that neither time nor other processes matter. A binary of its own,
//! because other tests allocate at the same time.

#![expect(clippy::unwrap_used, reason = "a test that panics has failed")]

mod upstream;

use std::alloc::System;
use std::sync::Arc;
use std::time::Duration;

use cap::Cap;
use clock::{Clock, ManualClock, after};
use runpod_exporter::testing::app::App;
use runpod_exporter::testing::scrape::Scope;
use runpod_exporter::testing::settings::Mode;
use tokio::runtime::Handle;
use tokio::time::{Instant, advance, pause, resume};
use tokio_util::task::TaskTracker;

use self::upstream::Upstream;

#[global_allocator]
static ALLOCATOR: Cap<System> = Cap::new(System, usize::MAX);

/// The number of endpoints, and of pods, in the scrapes that are compared.
const ENDPOINTS: usize = 10;

/// The first scrapes, with twice as many endpoints; more than those of an hour. A hash table whose entries are replaced may double
/// once, at a time that depends on its random seed. After these scrapes each has room for twice its entries, and does not.
const BUSIER: usize = 150;

/// The number of scrapes.
const SCRAPES: usize = SETTLED + 4 * WINDOW;

/// The time between two scrapes. What outlasts an endpoint is kept for an hour.
const INTERVAL: Duration = Duration::from_secs(30);

/// The scrapes after which nothing may grow: later than the first ones by more than those of an hour and of the longest interval of a
/// collector.
const SETTLED: usize = 400;

/// The number of scrapes whose maxima are compared: those of an hour, so that each has the same requests of rare collectors.
const WINDOW: usize = 120;

/// What the process uses after a scrape.
#[derive(Debug, Clone, Copy, Default)]
struct Usage {
    bytes: usize,
    tasks: usize,
    files: usize,
    series: usize,
}

impl Usage {
    fn max(self, other: Self) -> Self {
        Self {
            bytes: self.bytes.max(other.bytes),
            tasks: self.tasks.max(other.tasks),
            files: self.files.max(other.files),
            series: self.series.max(other.series),
        }
    }
}

#[tokio::test]
async fn memory_is_flat_while_a_tenth_of_the_endpoints_is_replaced_at_each_scrape() {
    let upstream = Upstream::start().await;
    let clock = ManualClock::new("2026-11-22T12:00:00Z".parse().unwrap());
    let shown: Arc<dyn Clock> = Arc::new(clock.clone());
    let app = App::new(Mode::Serve, shown, TaskTracker::new());
    app.apply(vec![upstream.account()]).unwrap();
    let mut windows = [Usage::default(); (SCRAPES - SETTLED) / WINDOW];
    for scrape in 0..SCRAPES {
        let endpoints = if scrape < BUSIER { 2 * ENDPOINTS } else { ENDPOINTS };
        upstream.replace_a_tenth(endpoints);
        let used = after_a_scrape(&app, endpoints).await;
        if let Some(past) = scrape.checked_sub(SETTLED) {
            let window = &mut windows[past / WINDOW];
            *window = window.max(used);
        }
        clock.advance(INTERVAL.try_into().unwrap());
        pause();
        advance(INTERVAL).await;
        resume();
    }
    let [first, .., last] = windows;
    assert!(first.series > 100 && first.tasks > 0, "{first:?}");
    // Less than the ids of the endpoints that are replaced in one window.
    let limit = first.bytes + first.bytes / 500;
    assert!(last.bytes <= limit, "bytes: {:?}", windows.map(|window| window.bytes));
    assert_eq!(last.series, first.series);
    assert!(last.tasks <= first.tasks, "tasks: {first:?}, {last:?}");
    assert!(last.files <= first.files, "open files: {first:?}, {last:?}");
}

async fn after_a_scrape(app: &App, endpoints: usize) -> Usage {
    let deadline = after(Instant::now(), Duration::from_secs(20));
    let page = app.scraper().scrape(Scope::default(), deadline).await.unwrap();
    let text = String::from_utf8(page.text().unwrap().to_vec()).unwrap();
    let up = text.lines().filter(|line| line.starts_with("runpod_endpoint_up{") && line.ends_with(" 1"));
    assert_eq!(up.count(), endpoints, "{text}");
    let series = text.lines().filter(|line| !line.starts_with('#')).count();
    drop((page, text));
    Usage {
        bytes: ALLOCATOR.allocated(),
        tasks: Handle::current().metrics().num_alive_tasks(),
        files: open_files(),
        series,
    }
}

/// The number of open files; 0 where the system does not show them.
fn open_files() -> usize {
    std::fs::read_dir("/proc/self/fd").map(Iterator::count).unwrap_or_default()
}
