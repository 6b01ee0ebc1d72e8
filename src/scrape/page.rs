//! The result of a scrape: the diagnosed accounts, and their metrics in each requested format and encoding. Each is encoded once.

use std::io;
use std::sync::Arc;

use bytes::Bytes;
use program::task::{self, Task};
use strum::VariantArray as _;
use tokio::sync::OnceCell;

use super::EncodeError;
use crate::catalog::ScrapeResult;
use crate::exposition::{Encoding, Format, encode};
use crate::metrics;

/// A format and how it is compressed.
pub(crate) type Variant = (Format, Encoding);

/// The text as it is.
pub(crate) const PLAIN: Variant = (Format::Text, Encoding::Identity);

/// The result of a scrape.
#[derive(Debug)]
pub struct Page {
    result: ScrapeResult,
    bodies: [OnceCell<Bytes>; Format::VARIANTS.len() * Encoding::VARIANTS.len()],
}

impl Page {
    pub(super) fn new(result: ScrapeResult) -> Self {
        Self { result, bodies: Default::default() }
    }

    /// The diagnosed accounts.
    pub fn result(&self) -> &ScrapeResult {
        &self.result
    }

    /// The metrics in text format.
    pub fn text(&self) -> Result<Bytes, EncodeError> {
        self.encode(PLAIN, 0).map_err(|_io| EncodeError)
    }

    /// The metrics. Thousands of endpoints have megabytes of them: other requests must not wait until they are written. `size` is the
    /// expected number of bytes.
    pub(super) async fn body(self: &Arc<Self>, variant: Variant, size: usize) -> Result<Bytes, EncodeError> {
        let write = async || {
            let page = Arc::clone(self);
            let written = task::blocking(Task::Scrape, move || page.encode(variant, size)).await;
            written.map_err(|_panicked| EncodeError)?.map_err(|_io| EncodeError)
        };
        let (format, encoding) = variant;
        let place = format as usize * Encoding::VARIANTS.len() + encoding as usize;
        let cell = self.bodies.get(place).ok_or(EncodeError)?;
        cell.get_or_try_init(write).await.cloned()
    }

    fn encode(&self, variant: Variant, size: usize) -> io::Result<Bytes> {
        encode(metrics::families(), &self.result, variant, size)
    }
}
