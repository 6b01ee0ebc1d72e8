//! The severities of findings.

use serde::Serialize;
use strum::{IntoStaticStr, VariantArray};

/// How urgent a finding is, in ascending order.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, VariantArray, IntoStaticStr,
)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum Severity {
    /// Worth knowing; it does not affect the health of an endpoint.
    Info,
    /// Needs attention today.
    Warning,
    /// Needs attention now.
    Critical,
}

impl Severity {
    /// Every severity, in ascending order.
    pub const ALL: &'static [Self] = Self::VARIANTS;

    /// The value of the `severity` label.
    pub fn as_str(self) -> &'static str {
        self.into()
    }
}
