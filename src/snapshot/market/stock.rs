//! How much of something is available.

use strum::{IntoStaticStr, VariantArray};

use crate::snapshot::closed::OrOther;
use crate::snapshot::unit::Level;
use crate::snapshot::unknown::Unknown;

/// Runpod's levels of availability, in ascending order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, VariantArray, IntoStaticStr)]
#[strum(serialize_all = "snake_case")]
#[expect(missing_docs, reason = "the names are Runpod's")]
pub enum Stock {
    None,
    Low,
    Medium,
    High,
}

impl Stock {
    /// The value of the series.
    pub(crate) fn level(self) -> Level {
        Level(match self {
            Self::None => 0.0,
            Self::Low => 1.0,
            Self::Medium => 2.0,
            Self::High => 3.0,
        })
    }
}

pub(super) fn stock(field: &'static str, text: Option<&str>, unknown: &mut Vec<Unknown>) -> Option<Stock> {
    OrOther::read(field, text, unknown)?.known()
}
