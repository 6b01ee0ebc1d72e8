//! A setting that cannot be used.

use std::fmt;

/// A setting that cannot be used: its path in the configuration, what is wrong, and what to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Invalid {
    path: Vec<String>,
    problem: String,
}

impl Invalid {
    /// A problem with the setting itself.
    pub fn new(problem: impl Into<String>) -> Self {
        Self { path: Vec::new(), problem: problem.into() }
    }

    /// The same problem, seen from the section that contains the setting.
    #[must_use]
    pub fn within(mut self, section: impl Into<String>) -> Self {
        self.path.insert(0, section.into());
        self
    }
}

impl fmt::Display for Invalid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for section in &self.path {
            write!(f, "{section}: ")?;
        }
        f.write_str(&self.problem)
    }
}

impl std::error::Error for Invalid {}
