//! The shipped dashboards, rules and Alertmanager configuration, tested with the real programs.

mod alertmanager;
mod board;
mod failover;
mod histories;
mod history;
mod names;
mod openmetrics;
mod pair;
mod panels;
mod past;
mod processes;
mod proof;
mod results;
mod rules;
mod victoria;

use std::path::{Path, PathBuf};

/// A file or folder of the repository.
fn shipped(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}
