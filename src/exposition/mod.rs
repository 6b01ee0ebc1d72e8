//! Families to bytes. What a family is and which exist does not belong here, nor which format a client accepts (see `http/`).

mod blocks;
mod lines;
mod number;
mod output;
mod protobuf;
#[cfg(test)]
mod tests;
mod unit;
mod wire;

use std::io;

use bytes::Bytes;
use strum::VariantArray;

use self::lines::{Dialect, Lines};
use self::output::Output;
use self::protobuf::Messages;
use crate::catalog::{Family, ScrapeResult, Sink};

/// A format of metrics.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, VariantArray)]
pub enum Format {
    /// The text format 0.0.4.
    Text,
    /// OpenMetrics 1.0.
    OpenMetrics,
    /// Delimited messages of `io.prometheus.client.MetricFamily`.
    Protobuf,
}

/// How the bytes of a format are compressed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, VariantArray)]
pub enum Encoding {
    /// Not at all.
    Identity,
    /// By gzip.
    Gzip,
    /// By zstd.
    Zstd,
}

/// Writes the series that a scrape has of these families. `size` is the expected number of bytes.
pub fn encode(
    families: impl IntoIterator<Item = &'static dyn Family>,
    scrape: &ScrapeResult,
    (format, encoding): (Format, Encoding),
    size: usize,
) -> io::Result<Bytes> {
    let out = Output::new(encoding, size);
    let written = match format {
        Format::Text => fill(Lines::new(Dialect::Text, out), families, scrape).finish(),
        Format::OpenMetrics => fill(Lines::new(Dialect::OpenMetrics, out), families, scrape).finish(),
        Format::Protobuf => fill(Messages::new(out), families, scrape).finish(),
    };
    written.finish()
}

fn fill<S: Sink>(
    mut sink: S,
    families: impl IntoIterator<Item = &'static dyn Family>,
    scrape: &ScrapeResult,
) -> S {
    for family in families {
        family.expose(scrape, &mut sink);
    }
    sink
}

/// The series in text format 0.0.4, for tests.
pub fn text(families: impl IntoIterator<Item = &'static dyn Family>, scrape: &ScrapeResult) -> String {
    let text = encode(families, scrape, (Format::Text, Encoding::Identity), 0);
    String::from_utf8_lossy(&text.unwrap_or_default()).into_owned()
}
