//! Every folder in `tests/fixtures/recordings`, as `runpod-exporter record` wrote it, and the series that result from it.

use std::path::Path;

use super::{is_rationed, replayed};
use crate::support::stopped;

#[tokio::test]
async fn every_recorded_folder_has_its_series() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/recordings");
    let folders = std::fs::read_dir(root).unwrap().map(|entry| entry.unwrap().path());
    let mut folders: Vec<_> = folders.filter(|path| path.is_dir()).collect();
    folders.sort();
    assert!(!folders.is_empty());
    for folder in folders {
        let name = folder.file_name().unwrap().to_string_lossy().into_owned();
        let mut lines = replayed(&folder, stopped()).await;
        lines.retain(|line| !is_rationed(line));
        insta::assert_snapshot!(name, lines.join("\n"));
    }
}
