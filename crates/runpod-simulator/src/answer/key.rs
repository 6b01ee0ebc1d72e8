//! A key whose `Debug` hides it. Simulated keys are made up, but a client can use a real one.

use std::fmt::{self, Debug, Formatter};

/// A key that the simulator accepts.
#[derive(Clone)]
pub(crate) struct Key(String);

impl Key {
    pub(crate) fn new(key: String) -> Self {
        Self(key)
    }

    pub(crate) fn is(&self, given: &str) -> bool {
        self.0 == given
    }
}

impl Debug for Key {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str("(hidden)")
    }
}
