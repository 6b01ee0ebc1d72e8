//! Values that change at scheduled times, so that a change does not depend on when the world is read.
//!
//! What changes, and why, does not belong here.

use std::sync::Arc;
use std::time::Duration;

use parking_lot::RwLock;

/// A value over time. Times are on the axis of the world. Clones share the same timeline.
#[derive(Debug, Clone)]
pub(super) struct Timeline<T> {
    /// The value until the first change.
    usual: T,
    changes: Arc<RwLock<Vec<Change<T>>>>,
}

/// A new value and the time from which it applies.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Change<T> {
    pub(super) from: Duration,
    pub(super) value: T,
}

impl<T: Copy + PartialEq> Timeline<T> {
    /// A timeline without changes.
    pub(super) fn new(usual: T) -> Self {
        Self { usual, changes: Arc::default() }
    }

    /// The value without any change.
    pub(super) fn usual(&self) -> T {
        self.usual
    }

    /// The value at a time.
    pub(super) fn at(&self, at: Duration) -> T {
        let changes = self.changes.read();
        changes.iter().rev().find(|change| change.from <= at).map_or(self.usual, |change| change.value)
    }

    /// Past and scheduled changes, oldest first.
    pub(super) fn changes(&self) -> Vec<Change<T>> {
        self.changes.read().clone()
    }

    /// Schedules a value and drops every change that was scheduled for the same time or later.
    pub(super) fn set(&self, from: Duration, value: T) {
        let mut changes = self.changes.write();
        changes.retain(|change| change.from < from);
        if changes.last().map_or(self.usual, |change| change.value) != value {
            changes.push(Change { from, value });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn s(seconds: u64) -> Duration {
        Duration::from_secs(seconds)
    }

    #[test]
    fn each_value_applies_from_its_time() {
        let timeline = Timeline::new('a');
        timeline.set(s(10), 'b');
        timeline.set(s(20), 'c');
        assert_eq!([0, 9, 10, 19, 20, 99].map(|at| timeline.at(s(at))), ['a', 'a', 'b', 'b', 'c', 'c']);
    }

    #[test]
    fn a_change_drops_later_changes_and_an_equal_value_is_not_a_change() {
        let timeline = Timeline::new('a');
        timeline.set(s(10), 'b');
        timeline.set(s(5), 'c');
        assert_eq!(timeline.changes(), [Change { from: s(5), value: 'c' }]);
        timeline.set(s(7), 'c');
        assert_eq!(timeline.changes().len(), 1);
        timeline.set(s(5), 'a');
        assert_eq!(timeline.changes(), []);
    }
}
