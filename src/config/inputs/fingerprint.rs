//! What a file contained when it was read, without its content.

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};

/// What a file contained.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fingerprint {
    /// The hash of the content.
    Content(u64),
    /// It could not be read.
    Failed(io::ErrorKind),
    /// A pipe or device, which cannot be compared: reading it takes its content away.
    Stream,
}

/// What files contained.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Fingerprints(pub(super) BTreeMap<PathBuf, Fingerprint>);

impl Fingerprints {
    /// The files.
    pub(crate) fn paths(&self) -> impl Iterator<Item = &Path> {
        self.0.keys().map(PathBuf::as_path)
    }

    /// Whether there are no files.
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}
