//! A GraphQL document as data, printed one field a line, so that the line of a refused field names it.
//!
//! Which fields there are does not belong here, nor what is made of a refusal.

use std::collections::{BTreeMap, BTreeSet};

use crate::error::Refusal;
use crate::operation::Operation;

/// A document: its operation and what it asks at the root.
#[derive(Debug)]
pub(super) struct Document {
    pub(super) operation: Operation,
    /// The operation name that the server sees.
    pub(super) name: &'static str,
    /// Whether a server may well have nothing of it.
    pub(super) optional: bool,
    pub(super) root: Field,
}

/// A field and the forms in which servers have it, best first.
#[derive(Debug)]
pub(super) struct Field {
    name: &'static str,
    /// In brackets, or nothing.
    arguments: &'static str,
    forms: &'static [Form],
}

/// How a field is asked for.
#[derive(Debug)]
pub(super) enum Form {
    Scalar,
    Object(&'static [Field]),
}

impl Field {
    /// A field without fields of its own.
    pub(super) const fn scalar(name: &'static str) -> Self {
        Self { name, arguments: "", forms: &[Form::Scalar] }
    }

    pub(super) const fn name(&self) -> &'static str {
        self.name
    }

    /// A field whose form differs from server to server; with one form, an object.
    pub(super) const fn with(name: &'static str, forms: &'static [Form]) -> Self {
        Self { name, arguments: "", forms }
    }

    /// The same with arguments.
    pub(super) const fn given(self, arguments: &'static str) -> Self {
        Self { arguments, ..self }
    }
}

/// The root field once more under another name and with arguments of its own.
#[derive(Debug, Clone)]
pub(super) struct Alias {
    pub(super) alias: String,
    pub(super) arguments: String,
}

/// What a server has refused of a document so far, and what need not be asked.
#[derive(Debug, Clone, Default)]
pub(super) struct Selection {
    /// By path: how many of the field's forms were refused.
    refused: BTreeMap<String, usize>,
    /// Paths that another document gives already.
    spared: BTreeSet<String>,
}

/// A document as it is sent, and what stands on each line.
#[derive(Debug, Default)]
pub(super) struct Printed {
    pub(super) text: String,
    lines: Vec<Option<Entry>>,
}

#[derive(Debug)]
struct Entry {
    path: String,
    name: &'static str,
    form: usize,
    width: usize,
}

impl Selection {
    /// A selection that leaves out what another document gives. The paths begin below the root.
    pub(super) fn sparing(root: &str, given: impl IntoIterator<Item = String>) -> Self {
        let spared = given.into_iter().map(|path| format!("{root}.{path}")).collect();
        Self { refused: BTreeMap::new(), spared }
    }

    pub(super) fn spares_the_same(&self, other: &Self) -> bool {
        self.spared == other.spared
    }

    /// Forgets every refusal.
    pub(super) fn relearn(&mut self) {
        self.refused.clear();
    }

    /// The form to ask for: the best that was not refused and has something left in it.
    fn form(&self, path: &str, field: &Field) -> Option<(usize, &'static Form)> {
        if self.spared.contains(path) {
            return None;
        }
        let refused = self.refused.get(path).copied().unwrap_or(0);
        field.forms.iter().enumerate().skip(refused).find(|(_, form)| match form {
            Form::Scalar => true,
            Form::Object(fields) => {
                fields.iter().any(|field| self.form(&join(path, field.name), field).is_some())
            }
        })
    }

    /// Whether anything is left to ask.
    pub(super) fn is_alive(&self, document: &Document) -> bool {
        self.form(document.root.name, &document.root).is_some()
    }

    /// The document with what is left. With aliases, the root is asked once for each.
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

    /// Leaves out what the refusals point at. False if they point at nothing that was asked.
    pub(super) fn refuse(&mut self, printed: &Printed, refusals: &[Refusal]) -> bool {
        let mut progress = false;
        for entry in refusals.iter().flat_map(|refusal| printed.blamed(refusal)) {
            let refused = self.refused.entry(entry.path.clone()).or_default();
            progress |= *refused <= entry.form;
            *refused = (*refused).max(entry.form + 1);
        }
        progress
    }

    /// The fields that the server has in no form; what stood below a refused field is not listed again.
    pub(super) fn unsupported(&self, document: &Document) -> Vec<String> {
        let mut found = Vec::new();
        self.collect_unsupported(&document.root, document.root.name, &mut found);
        found
    }

    fn collect_unsupported(&self, field: &Field, path: &str, found: &mut Vec<String>) {
        let refused = self.refused.get(path).copied().unwrap_or(0);
        if refused >= field.forms.len() {
            found.push(path.to_owned());
            return;
        }
        if let Some(Form::Object(fields)) = field.forms.get(refused) {
            for field in *fields {
                self.collect_unsupported(field, &join(path, field.name), found);
            }
        }
    }

    /// The paths of all leaves that are asked for, below `root`.
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

impl Printed {
    fn line(&mut self, depth: usize, text: &str, entry: Option<Entry>) {
        self.text.extend(std::iter::repeat_n(' ', depth * 2));
        self.text.push_str(text);
        self.text.push('\n');
        self.lines.push(entry.map(|entry| Entry { width: entry.width + depth * 2, ..entry }));
    }

    /// What a refusal points at: the fields on its lines, or, where a location is missing or lies outside of what was
    /// sent (a gateway may print the document anew), the fields that its message quotes.
    fn blamed(&self, refusal: &Refusal) -> Vec<&Entry> {
        let at = |&(line, column): &(usize, usize)| {
            let entry = self.lines.get(line.checked_sub(1)?)?.as_ref()?;
            (column <= entry.width).then_some(entry)
        };
        let located: Vec<_> = refusal.locations.iter().filter_map(at).collect();
        if !located.is_empty() {
            return located;
        }
        let quoted = |entry: &&Entry| refusal.names.iter().any(|name| name == entry.name);
        self.lines.iter().flatten().filter(quoted).collect()
    }
}

fn join(path: &str, name: &str) -> String {
    format!("{path}.{name}")
}

#[cfg(test)]
mod tests {
    use super::*;

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
    fn every_field_has_a_line_of_its_own() {
        let printed = Selection::default().print(&DOCUMENT, &[]);
        assert_eq!(
            printed.text,
            "query Account {\n  myself {\n    balance\n    discount {\n      factor\n    }\n    queue {\n      inQueue\n    }\n  }\n}\n"
        );
    }

    #[test]
    fn a_refused_form_gives_way_to_the_next_and_then_to_nothing() {
        let mut selection = Selection::default();
        let printed = selection.print(&DOCUMENT, &[]);
        assert!(selection.refuse(&printed, &[at(4)]));
        let printed = selection.print(&DOCUMENT, &[]);
        assert!(printed.text.contains("    discount\n"), "{}", printed.text);
        assert!(selection.unsupported(&DOCUMENT).is_empty());
        assert!(selection.refuse(&printed, &[at(4)]));
        assert!(!selection.print(&DOCUMENT, &[]).text.contains("discount"));
        assert_eq!(selection.unsupported(&DOCUMENT), ["myself.discount"]);
    }

    #[test]
    fn an_object_that_was_left_empty_goes_too() {
        let mut selection = Selection::default();
        let printed = selection.print(&DOCUMENT, &[]);
        let inner = Refusal { locations: vec![(8, 7)], names: vec![] };
        assert!(selection.refuse(&printed, &[inner]));
        assert!(!selection.print(&DOCUMENT, &[]).text.contains("queue"));
        assert_eq!(selection.unsupported(&DOCUMENT), ["myself.queue.inQueue"]);
    }

    #[test]
    fn a_location_in_another_printing_falls_back_to_the_quoted_names() {
        let mut selection = Selection::default();
        let printed = selection.print(&DOCUMENT, &[]);
        let elsewhere =
            Refusal { locations: vec![(1, 25)], names: vec!["balance".to_owned(), "User".to_owned()] };
        assert!(selection.refuse(&printed, &[elsewhere]));
        assert_eq!(selection.unsupported(&DOCUMENT), ["myself.balance"]);
    }

    #[test]
    fn a_refusal_of_nothing_that_was_asked_is_no_progress() {
        let mut selection = Selection::default();
        let printed = selection.print(&DOCUMENT, &[]);
        assert!(!selection.refuse(&printed, &[Refusal::default(), at(99), at(0)]));
    }

    #[test]
    fn a_refused_root_leaves_nothing_to_ask() {
        let mut selection = Selection::default();
        let printed = selection.print(&DOCUMENT, &[]);
        assert!(selection.refuse(&printed, &[Refusal { locations: vec![(2, 3)], names: vec![] }]));
        assert!(!selection.is_alive(&DOCUMENT));
    }

    #[test]
    fn what_another_document_gives_is_spared() {
        let selection = Selection::sparing("myself", ["queue.inQueue".to_owned()]);
        assert_eq!(selection.leaves(&DOCUMENT, "myself"), ["balance", "discount.factor"]);
    }

    #[test]
    fn each_alias_repeats_the_root_under_one_path() {
        let alias = |alias: &str| Alias { alias: alias.to_owned(), arguments: format!("(id: \"{alias}\")") };
        let selection = Selection::sparing("myself", ["queue.inQueue".to_owned(), "balance".to_owned()]);
        let printed = selection.print(&DOCUMENT, &[alias("a"), alias("b")]);
        assert!(printed.text.contains("  b: myself(id: \"b\") {\n"), "{}", printed.text);
    }
}
