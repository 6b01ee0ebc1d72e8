//! Numbers in messages, as everywhere else.

pub(super) use crate::format::{
    between, count, dollars, dollars_per_hour, duration as time, items, number, percent, seconds,
};

/// The parts that are known, separated by commas.
pub(super) fn known<const N: usize>(parts: [Option<String>; N]) -> String {
    parts.into_iter().flatten().collect::<Vec<_>>().join(", ")
}

/// A number that is worth a word: `3 throttled`. `None` if it is 0 or unknown.
pub(super) fn some(number: Option<f64>, of: &str) -> Option<String> {
    number.filter(|number| *number > 0.0).map(|number| format!("{number} {of}"))
}
