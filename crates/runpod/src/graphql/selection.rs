//! Which fields of a document are selected: all but those that the server rejects or another document already has.

use std::collections::{BTreeMap, BTreeSet};

use super::document::{Alias, Document, Field, Form};
use super::printed::{Entry, Printed};
use crate::error::Refusal;

/// The fields that are left out of a document. Fields are identified by path: the names from the root, joined by dots.
#[derive(Debug, Clone, Default)]
pub(super) struct Selection {
    /// The number of rejected forms, by path.
    rejected: BTreeMap<String, usize>,
    /// The paths that another document has.
    skipped: BTreeSet<String>,
}

impl Selection {
    /// Leaves out these paths, which begin below the root.
    pub(super) fn without(root: &str, paths: impl IntoIterator<Item = String>) -> Self {
        let skipped = paths.into_iter().map(|path| format!("{root}.{path}")).collect();
        Self { rejected: BTreeMap::new(), skipped }
    }

    pub(super) fn skips_the_same(&self, other: &Self) -> bool {
        self.skipped == other.skipped
    }

    /// Whether a field was rejected.
    pub(super) fn has_rejections(&self) -> bool {
        !self.rejected.is_empty()
    }

    /// Forgets every rejection.
    pub(super) fn reset(&mut self) {
        self.rejected.clear();
    }

    /// The form to select: the best that was not rejected and has fields left.
    fn form(&self, path: &str, field: &Field) -> Option<(usize, &'static Form)> {
        if self.skipped.contains(path) {
            return None;
        }
        let rejected = self.rejected.get(path).copied().unwrap_or(0);
        field.forms.iter().enumerate().skip(rejected).find(|(_, form)| match form {
            Form::Scalar => true,
            Form::Object(fields) => {
                fields.iter().any(|field| self.form(&join(path, field.name), field).is_some())
            }
        })
    }

    /// Whether any field is left.
    pub(super) fn has_fields(&self, document: &Document) -> bool {
        self.form(document.root.name, &document.root).is_some()
    }

    /// The document with the fields that are left. With aliases, the root is repeated for each.
    pub(super) fn print(&self, document: &Document, aliases: &[Alias]) -> Printed {
        let mut printed = Printed::default();
        printed.line(0, &format!("query {} {{", document.name), None);
        let root = &document.root;
        if aliases.is_empty() {
            self.print_field(&mut printed, root, root.name, 1, root.name);
        }
        for Alias { alias, arguments } in aliases {
            let head = format!("{alias}: {}{arguments}", root.name);
            self.print_field(&mut printed, root, root.name, 1, &head);
        }
        printed.line(0, "}", None);
        printed
    }

    fn print_field(&self, printed: &mut Printed, field: &Field, path: &str, depth: usize, head: &str) {
        let Some((form, what)) = self.form(path, field) else { return };
        let entry = |width| Some(Entry { path: path.to_owned(), name: field.name, form, width });
        match what {
            Form::Scalar => printed.line(depth, head, entry(head.len())),
            Form::Object(fields) => {
                printed.line(depth, &format!("{head} {{"), entry(head.len() + 2));
                for field in *fields {
                    let head = format!("{}{}", field.name, field.arguments);
                    self.print_field(printed, field, &join(path, field.name), depth + 1, &head);
                }
                printed.line(depth, "}", None);
            }
        }
    }

    /// Leaves out the fields that the errors are about. False if they are about no selected field.
    pub(super) fn reject(&mut self, printed: &Printed, refusals: &[Refusal]) -> bool {
        let mut progress = false;
        for entry in refusals.iter().flat_map(|refusal| printed.fields_of(refusal)) {
            let rejected = self.rejected.entry(entry.path.clone()).or_default();
            progress |= *rejected <= entry.form;
            *rejected = (*rejected).max(entry.form + 1);
        }
        progress
    }

    /// The paths of the fields that the server has in no form, without those below them.
    pub(super) fn unsupported(&self, document: &Document) -> Vec<String> {
        let mut found = Vec::new();
        self.collect_unsupported(&document.root, document.root.name, &mut found);
        found
    }

    fn collect_unsupported(&self, field: &Field, path: &str, found: &mut Vec<String>) {
        let rejected = self.rejected.get(path).copied().unwrap_or(0);
        if rejected >= field.forms.len() {
            found.push(path.to_owned());
            return;
        }
        if let Some(Form::Object(fields)) = field.forms.get(rejected) {
            for field in *fields {
                self.collect_unsupported(field, &join(path, field.name), found);
            }
        }
    }

    /// The paths of the selected fields without subfields, relative to `root`.
    pub(super) fn leaves(&self, document: &Document, root: &str) -> Vec<String> {
        let mut paths = Vec::new();
        self.collect_leaves(&document.root, document.root.name, &mut paths);
        let below = |path: String| Some(path.strip_prefix(root)?.strip_prefix('.')?.to_owned());
        paths.into_iter().filter_map(below).collect()
    }

    fn collect_leaves(&self, field: &Field, path: &str, paths: &mut Vec<String>) {
        match self.form(path, field) {
            None => {}
            Some((_, Form::Scalar)) => paths.push(path.to_owned()),
            Some((_, Form::Object(fields))) => {
                for field in *fields {
                    self.collect_leaves(field, &join(path, field.name), paths);
                }
            }
        }
    }
}

fn join(path: &str, name: &str) -> String {
    format!("{path}.{name}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::operation::Operation;

    const DOCUMENT: Document = Document {
        operation: Operation::Account,
        name: "Account",
        optional: false,
        root: Field::with(
            "myself",
            &[Form::Object(&[
                Field::scalar("balance"),
                Field::with("discount", &[Form::Object(&[Field::scalar("factor")]), Form::Scalar]),
                Field::with("queue", &[Form::Object(&[Field::scalar("inQueue")])]),
            ])],
        ),
    };

    fn at(line: usize) -> Refusal {
        Refusal { locations: vec![(line, 5)], names: vec![] }
    }

    #[test]
    fn each_field_is_on_its_own_line() {
        let printed = Selection::default().print(&DOCUMENT, &[]);
        assert_eq!(
            printed.text,
            "query Account {\n  myself {\n    balance\n    discount {\n      factor\n    }\n    queue {\n      inQueue\n    }\n  }\n}\n"
        );
    }

    #[test]
    fn the_next_form_replaces_a_rejected_one_and_then_the_field_is_dropped() {
        let mut selection = Selection::default();
        let printed = selection.print(&DOCUMENT, &[]);
        assert!(selection.reject(&printed, &[at(4)]));
        let printed = selection.print(&DOCUMENT, &[]);
        assert!(printed.text.contains("    discount\n"), "{}", printed.text);
        assert!(selection.unsupported(&DOCUMENT).is_empty());
        assert!(selection.reject(&printed, &[at(4)]));
        assert!(!selection.print(&DOCUMENT, &[]).text.contains("discount"));
        assert_eq!(selection.unsupported(&DOCUMENT), ["myself.discount"]);
    }

    #[test]
    fn an_empty_object_is_dropped() {
        let mut selection = Selection::default();
        let printed = selection.print(&DOCUMENT, &[]);
        let inner = Refusal { locations: vec![(8, 7)], names: vec![] };
        assert!(selection.reject(&printed, &[inner]));
        assert!(!selection.print(&DOCUMENT, &[]).text.contains("queue"));
        assert_eq!(selection.unsupported(&DOCUMENT), ["myself.queue.inQueue"]);
    }

    #[test]
    fn names_replace_locations_outside_the_document() {
        let mut selection = Selection::default();
        let printed = selection.print(&DOCUMENT, &[]);
        let elsewhere =
            Refusal { locations: vec![(1, 25)], names: vec!["balance".to_owned(), "User".to_owned()] };
        assert!(selection.reject(&printed, &[elsewhere]));
        assert_eq!(selection.unsupported(&DOCUMENT), ["myself.balance"]);
    }

    #[test]
    fn errors_about_no_selected_field_are_no_progress() {
        let mut selection = Selection::default();
        let printed = selection.print(&DOCUMENT, &[]);
        assert!(!selection.reject(&printed, &[Refusal::default(), at(99), at(0)]));
    }

    #[test]
    fn a_rejected_root_leaves_nothing_to_select() {
        let mut selection = Selection::default();
        let printed = selection.print(&DOCUMENT, &[]);
        assert!(selection.reject(&printed, &[Refusal { locations: vec![(2, 3)], names: vec![] }]));
        assert!(!selection.has_fields(&DOCUMENT));
    }

    #[test]
    fn fields_of_another_document_are_skipped() {
        let selection = Selection::without("myself", ["queue.inQueue".to_owned()]);
        assert_eq!(selection.leaves(&DOCUMENT, "myself"), ["balance", "discount.factor"]);
    }

    #[test]
    fn aliases_repeat_the_root() {
        let alias = |alias: &str| Alias { alias: alias.to_owned(), arguments: format!("(id: \"{alias}\")") };
        let selection = Selection::without("myself", ["queue.inQueue".to_owned(), "balance".to_owned()]);
        let printed = selection.print(&DOCUMENT, &[alias("a"), alias("b")]);
        assert!(printed.text.contains("  b: myself(id: \"b\") {\n"), "{}", printed.text);
    }
}
