//! What a finding does to the users of an endpoint.

use serde::Serialize;

/// What a finding does to the users of an endpoint, in ascending order.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Impact {
    /// Nothing: it is about money, hygiene, or what the exporter can read.
    #[default]
    None,
    /// They get answers late, or some errors.
    Delays,
    /// They get no answers, or mostly errors.
    Stops,
}
