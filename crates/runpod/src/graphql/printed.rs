//! A GraphQL document as text with one field per line, so that the line of an error identifies the field.

use crate::error::Refusal;

/// A document as it is sent, and the field on each line.
#[derive(Debug, Default)]
pub(super) struct Printed {
    pub(super) text: String,
    lines: Vec<Option<Entry>>,
}

/// The field on a line.
#[derive(Debug)]
pub(super) struct Entry {
    /// The names from the root, joined by dots.
    pub(super) path: String,
    pub(super) name: &'static str,
    /// Which form of the field, counted from 0.
    pub(super) form: usize,
    /// The number of bytes on the line; before the line is added, without its indentation.
    pub(super) width: usize,
}

impl Printed {
    pub(super) fn line(&mut self, depth: usize, text: &str, entry: Option<Entry>) {
        self.text.extend(std::iter::repeat_n(' ', depth * 2));
        self.text.push_str(text);
        self.text.push('\n');
        self.lines.push(entry.map(|entry| Entry { width: entry.width + depth * 2, ..entry }));
    }

    /// The fields that an error is about: those at its locations. If a location is missing or outside the document (a
    /// gateway may reformat it), the fields with the names in its message.
    pub(super) fn fields_of(&self, refusal: &Refusal) -> Vec<&Entry> {
        let at = |&(line, column): &(usize, usize)| {
            let entry = self.lines.get(line.checked_sub(1)?)?.as_ref()?;
            (column <= entry.width).then_some(entry)
        };
        let located: Vec<_> = refusal.locations.iter().filter_map(at).collect();
        if !located.is_empty() {
            return located;
        }
        let is_named = |entry: &&Entry| refusal.names.iter().any(|name| name == entry.name);
        self.lines.iter().flatten().filter(is_named).collect()
    }
}
