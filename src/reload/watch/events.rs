//! Events of the operating system about the entries of a trail.

use notify::{RecommendedWatcher, RecursiveMode, Watcher as _};
use tokio::sync::mpsc::{self, Receiver};

use super::trail::Trail;

/// A running watch. It ends when it is dropped.
#[derive(Debug)]
pub(super) struct Events {
    _watcher: RecommendedWatcher,
}

impl Events {
    /// Watches the folders of a trail, and reports events about its entries. Events of other entries are dropped.
    pub(super) fn of(trail: &Trail) -> notify::Result<(Self, Receiver<()>)> {
        let (sender, changes) = mpsc::channel(1);
        let entries = trail.clone();
        let mut watcher = notify::recommended_watcher(move |event: notify::Result<notify::Event>| {
            let relevant = match event {
                Ok(event) => {
                    let named = event.paths.iter().any(|path| entries.has(path));
                    // Without a path, the queue of events has overflowed.
                    !event.kind.is_access() && (named || event.paths.is_empty())
                }
                Err(_) => true,
            };
            if relevant {
                // If the channel is full, a change is pending already.
                sender.try_send(()).unwrap_or_default();
            }
        })?;
        for folder in trail.folders() {
            watcher.watch(folder, RecursiveMode::NonRecursive)?;
        }
        Ok((Self { _watcher: watcher }, changes))
    }
}
