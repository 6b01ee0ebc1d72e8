//! A place in a schema on the way from its root to a property.

use super::claim::Level;
use super::plan::Way;
use super::schema::Schema;
use super::words::{Word, meanings};

/// Maximum number of steps from the root to a property.
const MAX_STEPS: usize = 12;

/// A place in a schema.
#[derive(Debug, Clone, Default)]
pub(super) struct Place<'a> {
    pub(super) levels: Vec<Level<'a>>,
    /// The names from the root, or from the list of buckets, or from the object with columns.
    pub(super) way: Way,
    /// The names from the root, as in messages: `buckets[].delay.p95`.
    pub(super) property: String,
    pub(super) within: Within,
}

/// What a place is within.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) enum Within {
    /// Neither a list of buckets nor columns.
    #[default]
    Root,
    /// A bucket of the list with this number.
    Bucket(usize),
    /// The columns with this number.
    Columns(usize),
    /// A list in one of these, or in a series.
    Nested,
}

impl<'a> Place<'a> {
    /// The property of this name. `None` if it is too far from the root.
    pub(super) fn property(&self, name: &'a str) -> Option<Self> {
        if self.levels.len() >= MAX_STEPS {
            return None;
        }
        let mut place = self.clone();
        if !place.property.is_empty() {
            place.property.push('.');
        }
        place.property.push_str(name);
        place.way.push(name.to_owned());
        let is_shared = self.is_shared() && !says_something(name);
        place.levels.push(Level { name, is_shared, ..Level::default() });
        Some(place)
    }

    /// The elements of the list at this place. `None` if they are too far from the root.
    pub(super) fn elements(&self) -> Option<Self> {
        if self.levels.len() >= MAX_STEPS {
            return None;
        }
        let mut place = self.clone();
        place.property.push_str("[]");
        place.levels.push(Level { is_shared: self.is_shared(), ..Level::default() });
        Some(place)
    }

    /// Adds what the schema says of the property at this place.
    pub(super) fn describe(&mut self, schema: &Schema<'a>) {
        if self.levels.is_empty() {
            self.levels.push(Level { is_shared: true, ..Level::default() });
        }
        if let Some(level) = self.levels.last_mut() {
            level.texts.extend(&schema.texts);
            level.formats.extend(&schema.formats);
        }
    }

    /// The levels of a property without properties of its own.
    pub(super) fn leaf(&self) -> Vec<Level<'a>> {
        let mut levels = self.levels.clone();
        if let Some(leaf) = levels.last_mut() {
            leaf.is_shared = false;
        }
        levels
    }

    fn is_shared(&self) -> bool {
        self.levels.last().is_none_or(|level| level.is_shared)
    }
}

/// Whether a name says a part of what a property is. What is below it does not have other properties as well.
pub(super) fn says_something(name: &str) -> bool {
    meanings(name).iter().any(|word| {
        matches!(word, Word::Measure(_) | Word::Statistic(_) | Word::OtherPercentile(_) | Word::Unit(_))
    })
}
