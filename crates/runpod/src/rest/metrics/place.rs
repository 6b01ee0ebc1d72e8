//! A place in a schema on the path from its root to a property.

use super::claim::Step;
use super::plan::JsonPath;
use super::words::{Word, meanings};
use crate::rest::schema::Schema;

/// Maximum number of steps from the root to a property.
const MAX_STEPS: usize = 12;

/// A place in a schema.
#[derive(Debug, Clone, Default)]
pub(super) struct Place<'a> {
    pub(super) steps: Vec<Step<'a>>,
    /// The names from the root, or from the list of buckets, or from the object with columns.
    pub(super) path: JsonPath,
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
        if self.steps.len() >= MAX_STEPS {
            return None;
        }
        let mut place = self.clone();
        if !place.property.is_empty() {
            place.property.push('.');
        }
        place.property.push_str(name);
        place.path.push(name.to_owned());
        let is_shared = self.is_shared() && !says_something(name);
        place.steps.push(Step { name, is_shared, ..Step::default() });
        Some(place)
    }

    /// The elements of the list at this place. `None` if they are too far from the root.
    pub(super) fn elements(&self) -> Option<Self> {
        if self.steps.len() >= MAX_STEPS {
            return None;
        }
        let mut place = self.clone();
        place.property.push_str("[]");
        place.steps.push(Step { is_shared: self.is_shared(), ..Step::default() });
        Some(place)
    }

    /// Adds what the schema says of the property at this place.
    pub(super) fn describe(&mut self, schema: &Schema<'a>) {
        if self.steps.is_empty() {
            self.steps.push(Step { is_shared: true, ..Step::default() });
        }
        if let Some(step) = self.steps.last_mut() {
            step.texts.extend(&schema.texts);
            step.formats.extend(&schema.formats);
        }
    }

    /// The steps of a property without properties of its own.
    pub(super) fn leaf(&self) -> Vec<Step<'a>> {
        let mut steps = self.steps.clone();
        if let Some(leaf) = steps.last_mut() {
            leaf.is_shared = false;
        }
        steps
    }

    fn is_shared(&self) -> bool {
        self.steps.last().is_none_or(|step| step.is_shared)
    }
}

/// Whether a name says a part of what a property is. What is below it does not have other properties as well.
pub(super) fn says_something(name: &str) -> bool {
    meanings(name).iter().any(|word| {
        matches!(word, Word::Measure(_) | Word::Statistic(_) | Word::OtherPercentile(_) | Word::Unit(_))
    })
}
