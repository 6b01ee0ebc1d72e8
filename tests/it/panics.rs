//! Panics: what the log says about them, what counts them, and what they cost.
//!
//! The hook and the log belong to a whole process, so each test runs the function at the end in a process of its own.

use std::process::Stdio;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use clock::{Clock, ManualClock};
use jiff::Timestamp;
use program::log::{Format, start};
use program::panics;
use program::task::{Task, blocking};
use runpod_exporter::testing::config::{Settings, Webhook};
use runpod_exporter::testing::scrape::Threads;
use runpod_simulator::Options;
use tokio::process::Command;

use crate::support::{Exporter, KEY, Upstream, account, bind, receiving};

/// The variable that makes the last function do something.
const CHILD: &str = "RUNPOD_TEST_PANICS";

/// Runs the function at the end with this format of the log, and returns its standard output and its log.
async fn child(format: &str) -> (String, String) {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(["--exact", "panics::child_of_the_others", "--nocapture"]).env(CHILD, format);
    let output = command.stdin(Stdio::null()).kill_on_drop(true).output().await.unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    let (stdout, stderr) = (text(output.stdout), text(output.stderr));
    assert!(output.status.success(), "{stdout}{stderr}");
    (stdout, stderr)
}

#[tokio::test]
async fn a_panic_is_logged_in_the_format_of_the_log_and_without_what_it_holds() {
    for format in ["logfmt", "json"] {
        let (stdout, stderr) = child(format).await;
        assert!(!stdout.contains(KEY) && !stderr.contains(KEY), "{stdout}{stderr}");
        assert!(!stderr.contains("upstream line"), "{stderr}");
        let panics: Vec<_> = stderr.lines().filter(|line| line.contains("panic: ")).collect();
        let of_task = |task: &str| {
            let label =
                if format == "json" { format!("\"task\":\"{task}\"") } else { format!("task={task} ") };
            panics.iter().filter(|line| line.contains(&label)).count()
        };
        for (task, count) in [("reload", 1), ("http", 1), ("jobs", 2), ("other", 1)] {
            assert_eq!(of_task(task), count, "{task}: {stderr}");
        }
        assert!(of_task("scrape") >= 25, "{stderr}");
        assert_eq!(of_task("scrape") + 5, panics.len(), "{stderr}");
        let withheld = |line: &&&str| line.contains("message withheld, because it may contain data");
        assert_eq!(panics.iter().filter(withheld).count(), panics.len() - 1, "{stderr}");
        assert!(stderr.contains("panic: a literal of the source"), "{stderr}");
        assert!(panics.iter().all(|line| line.contains("tests/it/panics.rs:")), "{stderr}");
        for line in stderr.lines().filter(|_| format == "json") {
            let line: serde_json::Value = serde_json::from_str(line).unwrap_or_else(|_| panic!("{line}"));
            assert!(line["level"].is_string(), "{line}");
        }
        for line in stderr.lines().filter(|_| format == "logfmt") {
            assert!(line.starts_with("ts="), "{line}");
        }
        assert_eq!(stderr.matches("RUST_BACKTRACE").count(), 0, "{stderr}");
    }
}

/// A clock that panics when it is armed, as a library does on a line of the upstream.
#[derive(Debug)]
struct Fragile {
    clock: ManualClock,
    armed: Arc<AtomicU32>,
    /// Readings that succeed before.
    spared: Arc<AtomicU32>,
}

impl Clock for Fragile {
    fn now(&self) -> Timestamp {
        let next = |left: u32| left.checked_sub(1);
        let is_spared = self.spared.try_update(Ordering::SeqCst, Ordering::SeqCst, next).is_ok();
        let is_armed = !is_spared && self.armed.try_update(Ordering::SeqCst, Ordering::SeqCst, next).is_ok();
        assert!(!is_armed, "upstream line with {KEY}");
        self.clock.now()
    }

    fn elapsed(&self) -> Duration {
        self.clock.elapsed()
    }
}

/// Does nothing without the variable. Otherwise it panics in several tasks and checks what that costs.
#[tokio::test]
async fn child_of_the_others() {
    let Some((_, format)) = std::env::vars().find(|(name, _)| name == CHILD) else { return };
    start("info", format.parse::<Format>().unwrap()).unwrap();
    panics::install();
    let upstream = Upstream::start(Options::default()).await;
    let (armed, spared) = (Arc::new(AtomicU32::new(0)), Arc::new(AtomicU32::new(0)));
    let clock = upstream.clock.clone();
    let fragile = Fragile { clock: clock.clone(), armed: Arc::clone(&armed), spared: Arc::clone(&spared) };
    let accounts = vec![account(upstream.address)];
    let loads = AtomicU32::new(0);
    let load = Box::new(move || {
        assert!(loads.fetch_add(1, Ordering::SeqCst) == 0, "upstream line with {KEY}");
        Ok(Settings::from(accounts.clone()))
    });
    let receiver = receiving(Webhook::default(), true);
    let exporter = Exporter::loading(Threads::shared(), bind().await.0, load, Arc::new(fragile), receiver);
    let panics = async |task: &str| {
        let label = format!("task=\"{task}\"");
        exporter.scrape().await.value("runpod_exporter_panics_total", &[&label])
    };
    for task in Task::ALL {
        assert_eq!(panics(task.as_str()).await, Some(0.0), "{task:?}");
    }

    // A reload and a handler: 500, and the others are served.
    assert_eq!(exporter.post("/-/reload", "").await.0, 500);
    assert_eq!(panics("reload").await, Some(1.0));
    armed.store(1, Ordering::SeqCst);
    let response = exporter.get("/api/v1/status").send().await.unwrap();
    assert_eq!(response.status(), 500);
    assert_eq!(response.text().await.unwrap(), "internal error; see the log, and please report it\n");
    assert_eq!(panics("http").await, Some(1.0));

    // A scrape, at each place where it reads the time: only that part failed, and the next scrape reads it again.
    let page = exporter.scrape().await;
    let (endpoints, collectors) =
        (page.sum("runpod_endpoint_up", &[]), page.sum("runpod_collector_success", &[]));
    assert!(collectors >= 7.0, "{collectors}");
    let mut parts = 0;
    for reading in 0.. {
        clock.advance(jiff::SignedDuration::from_hours(2));
        spared.store(reading, Ordering::SeqCst);
        armed.store(1, Ordering::SeqCst);
        let page = exporter.scrape().await;
        if page.value("runpod_up", &[]) == Some(0.0) {
            break; // the gatherer itself, after all parts
        }
        let success = page.sum("runpod_collector_success", &[]);
        assert!(success < collectors, "reading {reading}: a part that panicked is a success");
        let of_others = page.value("runpod_collector_success", &["collector=\"account\""]);
        let panicked = page.sum("runpod_collector_parts", &["outcome=\"panicked\""]);
        assert!(of_others == Some(1.0) || panicked == 1.0, "reading {reading}");
        assert!(panicked > 0.0, "reading {reading}: {}", page.about("runpod_collector_parts"));
        parts += 1;
        clock.advance(jiff::SignedDuration::from_hours(2));
        let page = exporter.scrape().await;
        let (up, success) = (page.sum("runpod_endpoint_up", &[]), page.sum("runpod_collector_success", &[]));
        assert_eq!((up, success), (endpoints, collectors), "after reading {reading}");
    }
    assert!(parts >= 25, "{parts}");
    assert!(panics("scrape").await > Some(f64::from(parts)));

    // A blocking task, twice: once with a literal.
    assert!(blocking(Task::Jobs, || panic!("upstream line with {KEY}")).await.is_err());
    assert!(blocking(Task::Jobs, || panic!("a literal of the source")).await.is_err());
    assert_eq!(panics("jobs").await, Some(2.0));

    // A thread without a name.
    assert!(std::thread::spawn(|| panic!("upstream line with {KEY}")).join().is_err());
}
