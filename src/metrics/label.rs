//! Labels from closed sets.

use crate::catalog::Points;
use crate::snapshot::{ClosedSet, OrOther, State};

/// The value of a label; empty if it is unknown.
pub(super) fn text<T: ClosedSet>(value: Option<&OrOther<T>>) -> &str {
    value.map(OrOther::as_str).unwrap_or_default()
}

/// Puts a series for each known value, and for the current one if it is another: 1 for the current value, 0 for the others.
pub(super) fn put_state<T: ClosedSet>(current: Option<&OrOther<T>>, points: &mut Points<'_, State, 1>) {
    let Some(current) = current else { return };
    points.put([current.as_str()], State(true));
    for known in T::VARIANTS {
        points.put([known.as_str()], State(false));
    }
}
