//! The identity labels of each subject as a format writes them. Tens of families have the same subjects, so that their labels are
//! written and escaped only once in a scrape.

use std::any::TypeId;
use std::ops::Range;

use crate::catalog::Identity;

/// The written labels of all subjects so far, by the type of the subject and its position.
#[derive(Debug, Default)]
pub(super) struct Blocks {
    tables: Vec<(TypeId, Table)>,
    current: usize,
}

/// The written labels of the subjects of one type.
#[derive(Debug, Default)]
struct Table {
    bytes: Vec<u8>,
    /// By position; empty if that subject has had no series yet, or has no labels.
    places: Vec<Range<usize>>,
}

impl Blocks {
    /// The subjects that follow have this type.
    pub(super) fn begin(&mut self, subject: TypeId) {
        let known = self.tables.iter().position(|(known, _)| *known == subject);
        self.current = known.unwrap_or_else(|| {
            self.tables.push((subject, Table::default()));
            self.tables.len() - 1
        });
    }

    /// The labels of a subject; `write` writes them if they were not written before.
    pub(super) fn of(&mut self, identity: Identity<'_>, write: fn(&mut Vec<u8>, Identity<'_>)) -> &[u8] {
        let Some((_, Table { bytes, places })) = self.tables.get_mut(self.current) else { return &[] };
        if places.len() <= identity.position {
            places.resize(identity.position + 1, 0..0);
        }
        let Some(place) = places.get_mut(identity.position) else { return &[] };
        if place.start == place.end {
            let start = bytes.len();
            write(bytes, identity);
            *place = start..bytes.len();
        }
        bytes.get(place.clone()).unwrap_or_default()
    }
}
