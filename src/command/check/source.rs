//! Where a report comes from, and where another one could be had.

use std::time::Duration;

use url::Url;

/// Where a report comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Source {
    /// Samples of its own, taken for this time.
    Samples(Duration),
    /// One sample of this recording.
    Recording(String),
    /// The exporter at this URL, which was given.
    Given(Url),
    /// A document on standard input.
    Input,
    /// An exporter on this machine that reads the same account.
    Local(Url),
}

/// An exporter on this machine that was not read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Nearby {
    /// It reads the same accounts and has seen less.
    Newer(Url),
    /// It requires a login or certificates that were not given.
    Protected(Url),
}
