//! A scrape as it is served: the snapshot, its text, and its text compressed once for all who want it so.

use std::io::Write as _;
use std::sync::OnceLock;

use bytes::Bytes;
use flate2::Compression;
use flate2::write::GzEncoder;

use crate::catalog::ScrapeResult;

/// One scrape, ready to serve.
#[derive(Debug)]
pub struct Page {
    result: ScrapeResult,
    text: Bytes,
    gzip: OnceLock<Option<Bytes>>,
}

impl Page {
    pub(super) fn new(result: ScrapeResult, text: String) -> Self {
        Self { result, text: Bytes::from(text), gzip: OnceLock::new() }
    }

    /// What was found.
    pub fn result(&self) -> &ScrapeResult {
        &self.result
    }

    /// The text format.
    pub fn text(&self) -> Bytes {
        self.text.clone()
    }

    /// The text format, compressed at level 1: three quarters of what the best level saves, for a third of its time.
    pub fn gzip(&self) -> Option<Bytes> {
        let compress = || {
            let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
            encoder.write_all(&self.text).ok()?;
            encoder.finish().ok().map(Bytes::from)
        };
        self.gzip.get_or_init(compress).clone()
    }
}
