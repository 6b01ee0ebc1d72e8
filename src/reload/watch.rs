//! What triggers a reload: SIGHUP, and changes of the configuration and key files.

use std::collections::BTreeSet;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use notify::{RecursiveMode, Watcher as _};
use tokio::sync::mpsc::{self, Receiver};
use tokio::time::sleep;

use super::Reloader;

/// Delay between a change and the reload: editors and secret stores write in several steps.
const DEBOUNCE: Duration = Duration::from_millis(200);

/// Reloads at every SIGHUP.
#[cfg(unix)]
pub(crate) fn on_hangup(reloader: Arc<Reloader>) -> io::Result<impl Future<Output = ()>> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut hangups = signal(SignalKind::hangup())?;
    Ok(async move {
        while hangups.recv().await.is_some() {
            drop(reloader.reload()); // errors are logged there
        }
    })
}

/// Windows has no SIGHUP.
#[cfg(not(unix))]
#[expect(clippy::unnecessary_wraps, reason = "the same signature as on Unix")]
pub fn on_hangup(_: Arc<Reloader>) -> io::Result<impl Future<Output = ()>> {
    Ok(std::future::pending())
}

/// Reloads whenever the configuration or a key file changes. If the files cannot be watched, this is logged, and the
/// other ways to reload remain.
pub(crate) async fn on_file_change(reloader: Arc<Reloader>) {
    loop {
        let files = reloader.files();
        let Some((_watcher, mut changes)) = watch(&files) else { return };
        // After a reload, other files may have to be watched.
        while reloader.files() == files {
            if changes.recv().await.is_none() {
                return;
            }
            sleep(DEBOUNCE).await;
            while changes.try_recv().is_ok() {}
            drop(reloader.reload());
        }
    }
}

/// Watches the folders of the files. Editors and Kubernetes replace files, and a watch on a file ends with its removal.
fn watch(files: &[PathBuf]) -> Option<(notify::RecommendedWatcher, Receiver<()>)> {
    let (sender, changes) = mpsc::channel(1);
    let on_event = move |event: notify::Result<notify::Event>| {
        if event.is_ok_and(|event| !event.kind.is_access()) {
            // If the channel is full, a change is pending already.
            sender.try_send(()).unwrap_or_default();
        }
    };
    let folder = |file: &PathBuf| match file.parent() {
        Some(folder) if folder != Path::new("") => folder.to_owned(),
        _ => PathBuf::from("."),
    };
    let folders: BTreeSet<PathBuf> = files.iter().map(folder).collect();
    if folders.is_empty() {
        return None;
    }
    let watching = notify::recommended_watcher(on_event).and_then(|mut watcher| {
        folders.iter().try_for_each(|folder| watcher.watch(folder, RecursiveMode::NonRecursive))?;
        Ok(watcher)
    });
    match watching {
        Ok(watcher) => Some((watcher, changes)),
        Err(error) => {
            tracing::warn!(%error, "cannot watch the configuration files; reload with SIGHUP or POST /-/reload");
            None
        }
    }
}
