//! Where a report comes from.

use std::time::Duration;

use url::Url;

/// Where a report comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Source {
    /// Samples of its own, taken for this time.
    Samples(Duration),
    /// The exporter at this URL, which was given.
    Given(Url),
    /// A document on standard input.
    Input,
    /// An exporter on this machine that reads the same account.
    Local(Url),
}
