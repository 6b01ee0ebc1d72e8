//! What could not be used of a document as it was: how much, and some examples with their paths.

use std::fmt;

use crate::path::Path;

/// Maximum number of examples for one document. Every count is complete.
const EXAMPLES: usize = 16;

/// What could not be used of a document as it was.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Notes {
    /// Number of values that are unknown because they cannot be read.
    pub unreadable: u64,
    /// Number of elements that were left out because a list or a map has too many.
    pub left_out: u64,
    /// Number of texts that were shortened.
    pub shortened: u64,
    examples: Vec<Note>,
    patterns: Vec<u64>,
}

/// One value that could not be used as it was.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Note {
    /// Where it is, such as `pods[3].gpu`. Contains no text of the document.
    pub path: String,
    /// The path without positions, such as `pods[].gpu`.
    pub pattern: String,
    /// What is wrong with it.
    pub problem: Problem,
}

/// What is wrong with a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Problem {
    /// It has another type.
    Type {
        /// The type that was expected, with its article.
        expected: &'static str,
        /// The type that it has, with its article.
        found: &'static str,
    },
    /// An object has the field more than once.
    Repeated,
    /// The text is longer than this number of characters.
    TooLong(usize),
    /// The list or map has more elements than this.
    TooMany(usize),
}

impl Notes {
    /// Whether the document was used as it was.
    pub fn is_empty(&self) -> bool {
        self.unreadable == 0 && self.left_out == 0 && self.shortened == 0
    }

    /// Some of the values, at most one with the same path apart from positions.
    pub fn examples(&self) -> &[Note] {
        &self.examples
    }

    pub(crate) fn unreadable(&mut self, path: &Path<'_>, expected: &'static str, found: &'static str) {
        self.unreadable = self.unreadable.saturating_add(1);
        self.note(path, Problem::Type { expected, found });
    }

    pub(crate) fn repeated(&mut self, path: &Path<'_>) {
        self.unreadable = self.unreadable.saturating_add(1);
        self.note(path, Problem::Repeated);
    }

    pub(crate) fn shortened(&mut self, path: &Path<'_>, limit: usize) {
        self.shortened = self.shortened.saturating_add(1);
        self.note(path, Problem::TooLong(limit));
    }

    pub(crate) fn left_out(&mut self, path: &Path<'_>, limit: usize, count: u64) {
        self.left_out = self.left_out.saturating_add(count);
        self.note(path, Problem::TooMany(limit));
    }

    fn note(&mut self, path: &Path<'_>, problem: Problem) {
        let pattern = path.pattern_hash();
        if self.examples.len() < EXAMPLES && !self.patterns.contains(&pattern) {
            self.patterns.push(pattern);
            self.examples.push(Note { path: path.exact(), pattern: path.pattern(), problem });
        }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Type { expected, found } => write!(f, "expected {expected}, found {found}"),
            Self::Repeated => f.write_str("the field is repeated; the first value is used"),
            Self::TooLong(limit) => write!(f, "the text is longer than {limit} characters and was shortened"),
            Self::TooMany(limit) => write!(f, "there are more than {limit} elements; the rest is left out"),
        }
    }
}
