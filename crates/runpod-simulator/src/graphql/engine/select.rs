//! The fields that selection sets select, by response key. Fragments are replaced by their fields.

use super::syntax::{Directive, Document, Field, Selection, SelectionSet, fragments};

/// The fields of one response key. There is more than one if a document repeats a field.
#[derive(Debug)]
pub(super) struct Selected<'a> {
    pub(super) key: &'a str,
    pub(super) fields: Vec<&'a Field>,
}

impl<'a> Selected<'a> {
    /// The selection sets of the fields.
    pub(super) fn sets(&self) -> Vec<&'a SelectionSet> {
        self.fields.iter().map(|field| &field.selection_set).collect()
    }
}

/// The fields of the sets. `include` decides about a selection by its directives.
pub(super) fn select<'a>(
    document: &'a Document,
    sets: &[&'a SelectionSet],
    include: &impl Fn(&[Directive]) -> bool,
) -> Vec<Selected<'a>> {
    let mut found = Found { document, fields: Vec::new(), fragments: Vec::new() };
    for set in sets {
        found.add(set, include);
    }
    found.fields
}

struct Found<'a> {
    document: &'a Document,
    fields: Vec<Selected<'a>>,
    /// The fragments whose fields are already there.
    fragments: Vec<&'a str>,
}

impl<'a> Found<'a> {
    fn add(&mut self, set: &'a SelectionSet, include: &impl Fn(&[Directive]) -> bool) {
        for item in &set.items {
            match item {
                Selection::Field(field) if include(&field.directives) => self.add_field(field),
                Selection::InlineFragment(fragment) if include(&fragment.directives) => {
                    self.add(&fragment.selection_set, include);
                }
                Selection::FragmentSpread(spread) if include(&spread.directives) => {
                    let name = spread.fragment_name.as_str();
                    let fragment = fragments(self.document).find(|fragment| fragment.name == name);
                    if let Some(fragment) = fragment.filter(|_| !self.fragments.contains(&name)) {
                        self.fragments.push(name);
                        self.add(&fragment.selection_set, include);
                    }
                }
                _ => {}
            }
        }
    }

    fn add_field(&mut self, field: &'a Field) {
        let key = field.alias.as_deref().unwrap_or(&field.name);
        match self.fields.iter_mut().find(|selected| selected.key == key) {
            Some(selected) => selected.fields.push(field),
            None => self.fields.push(Selected { key, fields: vec![field] }),
        }
    }
}
