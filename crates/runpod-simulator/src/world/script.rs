//! What is so from which time on: the way in which something of the world changes without the world depending on who
//! looks at it.
//!
//! What changes, and why, does not belong here.

use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

/// Values in turn, each from its time on. Times are on the axis of the world. Clones are the same script.
#[derive(Debug, Clone)]
pub(super) struct Script<T> {
    /// What is so until the first act.
    usual: T,
    acts: Arc<RwLock<Vec<Act<T>>>>,
}

/// What is so from a time on.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Act<T> {
    pub(super) from: Duration,
    pub(super) what: T,
}

impl<T: Copy + PartialEq> Script<T> {
    /// It is always so.
    pub(super) fn new(usual: T) -> Self {
        Self { usual, acts: Arc::default() }
    }

    /// What is so where nothing happens.
    pub(super) fn usual(&self) -> T {
        self.usual
    }

    /// What is so at a time.
    pub(super) fn at(&self, at: Duration) -> T {
        let acts = self.acts.read().unwrap_or_else(PoisonError::into_inner);
        acts.iter().rev().find(|act| act.from <= at).map_or(self.usual, |act| act.what)
    }

    /// What has been and what is to come, in the order of time.
    pub(super) fn acts(&self) -> Vec<Act<T>> {
        self.acts.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// From a time on it is so, and whatever was to come after that time does not.
    pub(super) fn turn(&self, from: Duration, what: T) {
        let mut acts = self.acts.write().unwrap_or_else(PoisonError::into_inner);
        acts.retain(|act| act.from < from);
        if acts.last().map_or(self.usual, |act| act.what) != what {
            acts.push(Act { from, what });
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
    fn each_value_is_so_from_its_time_on() {
        let script = Script::new('a');
        script.turn(s(10), 'b');
        script.turn(s(20), 'c');
        assert_eq!([0, 9, 10, 19, 20, 99].map(|at| script.at(s(at))), ['a', 'a', 'b', 'b', 'c', 'c']);
    }

    #[test]
    fn a_turn_takes_back_what_was_to_come_and_no_change_is_no_act() {
        let script = Script::new('a');
        script.turn(s(10), 'b');
        script.turn(s(5), 'c');
        assert_eq!(script.acts(), [Act { from: s(5), what: 'c' }]);
        script.turn(s(7), 'c');
        assert_eq!(script.acts().len(), 1);
        script.turn(s(5), 'a');
        assert_eq!(script.acts(), []);
    }
}
