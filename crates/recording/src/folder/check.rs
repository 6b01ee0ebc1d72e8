//! What is read of a folder from another machine: regular files inside it, of a limited size, and answers that HTTP can have.

use std::fs::{self, File};
use std::io::{self, Read as _};
use std::path::{Component, Path};

use http::{HeaderName, HeaderValue};

use super::index::Entry;

/// Maximum size of a file in bytes.
const MAX_FILE: u64 = 64 * 1024 * 1024;

/// The content of a file of the recording.
pub(super) fn content(root: &Path, name: &str) -> io::Result<Vec<u8>> {
    let invalid = |problem: &str| io::Error::new(io::ErrorKind::InvalidInput, problem);
    let outside = || invalid("it is outside of the recording");
    if !Path::new(name).components().all(|part| matches!(part, Component::Normal(_))) {
        return Err(outside());
    }
    let (root, path) = (fs::canonicalize(root)?, fs::canonicalize(root.join(name))?);
    if !path.starts_with(root) {
        return Err(outside());
    }
    // Before it is opened: that of a named pipe does not end.
    if !fs::metadata(&path)?.is_file() {
        return Err(invalid("it is not a regular file"));
    }
    let mut content = Vec::new();
    File::open(&path)?.take(MAX_FILE.saturating_add(1)).read_to_end(&mut content)?;
    let is_small = u64::try_from(content.len()).is_ok_and(|size| size <= MAX_FILE);
    if is_small { Ok(content) } else { Err(invalid("it is larger than 64 MiB")) }
}

/// Why the answer of an entry cannot be one of HTTP, if so.
pub(super) fn problem(entry: &Entry) -> Option<String> {
    if let Some(status) = entry.status.filter(|status| !(100..=599).contains(status)) {
        return Some(format!("the status {status}, which is not between 100 and 599"));
    }
    let is_header = |name: &str, value: &str| {
        HeaderName::try_from(name).is_ok() && HeaderValue::from_bytes(value.as_bytes()).is_ok()
    };
    let (name, _) = entry.headers.iter().find(|(name, value)| !is_header(name, value))?;
    Some(format!("the header {name:?}, which HTTP does not allow"))
}
