//! Comparisons without events, on a clock that is advanced as soon as nothing else happens.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};

use clock::ManualClock;
use jiff::Timestamp;
use tokio::time::Instant;
use tokio_util::task::TaskTracker;

use super::*;
use crate::app::App;
use crate::config::{ConfigError, Inputs, Settings};
use crate::settings::Mode;

/// A reloader whose only file must contain `ok`, and how often it was loaded.
fn reloader(file: &Path) -> (Arc<Reloader>, Arc<AtomicUsize>) {
    let (inputs, file) = (Inputs::default(), file.to_owned());
    let (reading, loads) = (inputs.clone(), Arc::new(AtomicUsize::new(0)));
    let count = Arc::clone(&loads);
    let load = move || {
        reading.begin();
        count.fetch_add(1, Ordering::Relaxed);
        match reading.file(&file) {
            Ok(text) if *text == "ok" => Ok(Settings::from(Vec::new())),
            _ => Err(ConfigError::NothingToCollect),
        }
    };
    let clock = Arc::new(ManualClock::new(Timestamp::UNIX_EPOCH));
    let app = Arc::new(App::new(Mode::Serve, clock, TaskTracker::new()));
    (Arc::new(Reloader::start(Box::new(load), inputs, app).unwrap()), loads)
}

fn without_events(_: &Trail) -> notify::Result<(Events, Receiver<()>)> {
    Err(notify::Error::generic("no watches left"))
}

/// Polls until the last load has succeeded or failed. Returns how long it took.
async fn until(reloader: &Reloader, successful: bool) -> Duration {
    let start = Instant::now();
    while reloader.state.lock().error.is_none() != successful {
        assert!(start.elapsed() < Duration::from_hours(1));
        sleep(Duration::from_millis(100)).await;
    }
    start.elapsed()
}

fn folder_with(content: &str) -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("file");
    std::fs::write(&file, content).unwrap();
    (folder, file)
}

#[tokio::test(start_paused = true)]
async fn without_events_files_are_compared_at_intervals() {
    let (_folder, file) = folder_with("ok");
    let (reloader, _) = reloader(&file);
    let watching = compare_forever(Arc::clone(&reloader), without_events);
    let test = async {
        for (content, successful) in [("broken", false), ("ok", true), ("", false)] {
            std::fs::write(&file, content).unwrap();
            assert!(until(&reloader, successful).await <= INTERVAL + Duration::from_secs(1));
        }
        let watched = reloader.app.instruments().measure(None).process.unwrap().watch_successful;
        assert_eq!(watched, Some(false), "the series reports that there are no events");
    };
    tokio::select! {
        () = watching => panic!("the watch has ended"),
        () = test => {}
    }
}

#[tokio::test(start_paused = true)]
async fn the_same_content_is_not_loaded_again() {
    let (_folder, file) = folder_with("ok");
    let (reloader, loads) = reloader(&file);
    std::fs::write(&file, "ok").unwrap();
    let watching = compare_forever(Arc::clone(&reloader), without_events);
    assert!(timeout(10 * INTERVAL, watching).await.is_err(), "the watch goes on");
    assert_eq!(loads.load(Ordering::Relaxed), 1);
}

#[tokio::test]
async fn without_files_nothing_is_watched() {
    let inputs = Inputs::default();
    let clock = Arc::new(ManualClock::new(Timestamp::UNIX_EPOCH));
    let app = Arc::new(App::new(Mode::Serve, clock, TaskTracker::new()));
    let load = || Ok(Settings::from(Vec::new()));
    let reloader = Arc::new(Reloader::start(Box::new(load), inputs, app).unwrap());
    on_file_change(Arc::clone(&reloader)).await;
    assert_eq!(reloader.app.instruments().measure(None).process.unwrap().watch_successful, None);
}
