//! The label values that a family has put for one subject, to find those that are put twice.

use std::hash::BuildHasher as _;
use std::ops::Range;

use hashbrown::{DefaultHashBuilder, HashTable};

/// Number of label sets up to which comparing all of them is faster than a table. Most subjects have fewer.
const FEW: usize = 8;

/// Between two values: a byte that UTF-8 does not have, so that different sets have different bytes.
const SEPARATOR: u8 = 0xff;

/// The label sets of one subject. They are kept as bytes in one buffer, which is reused for the next subject.
#[derive(Debug, Default)]
pub(super) struct Seen {
    bytes: Vec<u8>,
    sets: Vec<Range<usize>>,
    /// The same sets by their hash, once there are many.
    table: HashTable<Range<usize>>,
    hasher: DefaultHashBuilder,
}

impl Seen {
    /// Forgets all label sets.
    pub(super) fn clear(&mut self) {
        self.bytes.clear();
        self.sets.clear();
        self.table.clear();
    }

    /// Adds a label set. Returns whether it is new.
    pub(super) fn insert(&mut self, labels: &[&str]) -> bool {
        let start = self.bytes.len();
        for label in labels {
            self.bytes.extend_from_slice(label.as_bytes());
            self.bytes.push(SEPARATOR);
        }
        let set = start..self.bytes.len();
        let is_new = if self.sets.len() < FEW { self.is_new(&set) } else { self.enter(&set) };
        if is_new {
            self.sets.push(set);
        } else {
            self.bytes.truncate(start);
        }
        is_new
    }

    fn is_new(&self, set: &Range<usize>) -> bool {
        let added = self.text(set);
        self.sets.iter().all(|known| self.text(known) != added)
    }

    /// Adds a set to the table, after those that are not in it yet.
    fn enter(&mut self, set: &Range<usize>) -> bool {
        let Self { bytes, sets, table, hasher } = self;
        let text = |set: &Range<usize>| bytes.get(set.clone()).unwrap_or_default();
        let hash = |set: &Range<usize>| hasher.hash_one(text(set));
        if table.is_empty() {
            for known in sets.iter() {
                table.insert_unique(hash(known), known.clone(), hash);
            }
        }
        let added = text(set);
        if table.find(hash(set), |known| text(known) == added).is_some() {
            return false;
        }
        table.insert_unique(hash(set), set.clone(), hash);
        true
    }

    fn text(&self, set: &Range<usize>) -> &[u8] {
        self.bytes.get(set.clone()).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn it_finds_what_a_set_of_strings_finds(
            sets in prop::collection::vec(prop::array::uniform2("[abÿ]{0,2}"), 0..60),
        ) {
            let (mut seen, mut known) = (Seen::default(), HashSet::new());
            for subject in sets.chunks(25) {
                seen.clear();
                known.clear();
                for labels in subject {
                    let [one, two] = labels;
                    prop_assert_eq!(seen.insert(&[one, two]), known.insert(labels.clone()), "{:?}", labels);
                }
            }
        }
    }
}
