//! What triggers a reload: SIGHUP, and a change of the content of a file.
//!
//! Events of the operating system say when to compare the files; without events they are compared at intervals. Only a
//! difference in content causes a reload, so that it does not matter which events there are, and what else changes in a folder.

mod events;
mod trail;

use std::io;
use std::sync::Arc;
use std::time::Duration;

use program::task::{self, Task};
use tokio::sync::mpsc::Receiver;
use tokio::time::{sleep, timeout};

use self::events::Events;
use self::trail::Trail;
use super::Reloader;
use crate::config::Fingerprints;

/// Delay between an event and the comparison: editors and secret stores write in several steps.
const DEBOUNCE: Duration = Duration::from_millis(200);

/// Interval of comparisons without events: network file systems, container mounts and exhausted watches report none.
const INTERVAL: Duration = Duration::from_secs(15);

/// Reloads at every SIGHUP.
#[cfg(unix)]
pub(crate) fn on_hangup(reloader: Arc<Reloader>) -> io::Result<impl Future<Output = ()>> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut hangups = signal(SignalKind::hangup())?;
    Ok(async move {
        while hangups.recv().await.is_some() {
            tracing::info!("received SIGHUP; reading the configuration again");
            drop(reloader.reload().await); // errors are logged there
        }
    })
}

/// Windows has no SIGHUP.
#[cfg(not(unix))]
#[expect(clippy::unnecessary_wraps, reason = "the same signature as on Unix")]
pub fn on_hangup(_: Arc<Reloader>) -> io::Result<impl Future<Output = ()>> {
    Ok(std::future::pending())
}

/// Reloads whenever the content of the configuration or of a file with a key changes.
pub(crate) async fn on_file_change(reloader: Arc<Reloader>) {
    compare_forever(reloader, Events::of).await;
}

/// Compares the files after each event, and at intervals.
async fn compare_forever(reloader: Arc<Reloader>, open: Open) {
    let mut watch = Watch { open, trail: Trail::default(), events: None, changes: None, error: None };
    loop {
        let read = reloader.read();
        if read.is_empty() {
            return; // all settings are flags and variables
        }
        watch.follow(&reloader, &read).await;
        // The files may have changed before they were watched.
        if has_changed(&reloader, read).await {
            sleep(DEBOUNCE).await;
            drop(reloader.reload().await);
            continue;
        }
        watch.wait().await;
    }
}

/// Whether the files differ from what was read.
async fn has_changed(reloader: &Arc<Reloader>, read: Fingerprints) -> bool {
    let inputs = reloader.inputs.clone();
    task::blocking(Task::Reload, move || inputs.compare(&read) != read).await.unwrap_or(false)
}

/// Begins to watch.
type Open = fn(&Trail) -> notify::Result<(Events, Receiver<()>)>;

/// The current watch of the operating system.
#[derive(Debug)]
struct Watch {
    open: Open,
    trail: Trail,
    events: Option<Events>,
    changes: Option<Receiver<()>>,
    error: Option<String>,
}

impl Watch {
    /// Watches the files where they are now.
    async fn follow(&mut self, reloader: &Reloader, read: &Fingerprints) {
        let files: Vec<_> = read.paths().map(ToOwned::to_owned).collect();
        let Ok(trail) = task::blocking(Task::Reload, move || Trail::of(&files)).await else { return };
        if trail == self.trail && self.events.is_some() {
            return;
        }
        let error = match (self.open)(&trail) {
            Ok((events, changes)) => {
                (self.events, self.changes) = (Some(events), Some(changes));
                None
            }
            Err(error) => {
                (self.events, self.changes) = (None, None);
                Some(error.to_string())
            }
        };
        self.trail = trail;
        reloader.app.instruments().watching(error.is_none());
        self.report(error);
    }

    /// Logs an error once, and its end.
    fn report(&mut self, error: Option<String>) {
        match (&error, &self.error) {
            (Some(error), before) if before.as_ref() != Some(error) => {
                tracing::warn!(
                    error,
                    seconds = INTERVAL.as_secs(),
                    "cannot watch the configuration files; they are compared at intervals"
                );
            }
            (None, Some(_)) => tracing::info!("the configuration files are watched again"),
            _ => {}
        }
        self.error = error;
    }

    /// Waits for an event, or for the next comparison.
    async fn wait(&mut self) {
        let Some(changes) = &mut self.changes else { return sleep(INTERVAL).await };
        if timeout(INTERVAL, changes.recv()).await.is_ok() {
            sleep(DEBOUNCE).await;
            while changes.try_recv().is_ok() {}
        }
    }
}

#[cfg(test)]
mod tests;
