//! What is shipped around the exporter, with the programs it is made for: dashboards and rules on hours of history in a real
//! Prometheus.

mod alertmanager;
mod board;
mod history;
mod openmetrics;
mod panels;
mod proof;
mod rules;

use std::path::{Path, PathBuf};

/// A file or folder of the repository.
fn shipped(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}
