//! A GraphQL document as data: fields, and the forms in which servers have them.
//!
//! Which fields there are does not belong here, nor which of them a server accepts.

use crate::operation::Operation;

/// A document: one operation with one field at the root.
#[derive(Debug)]
pub(super) struct Document {
    pub(super) operation: Operation,
    /// The operation name in the document.
    pub(super) name: &'static str,
    /// Whether the document is still useful if the server rejects all of it: other documents have the same data.
    pub(super) optional: bool,
    pub(super) root: Field,
}

/// A field and the forms in which servers have it, best first.
#[derive(Debug)]
pub(super) struct Field {
    pub(super) name: &'static str,
    /// In parentheses, or empty.
    pub(super) arguments: &'static str,
    pub(super) forms: &'static [Form],
}

/// The form of a field.
#[derive(Debug)]
pub(super) enum Form {
    Scalar,
    Object(&'static [Field]),
}

/// The root field under another name and with arguments of its own.
#[derive(Debug, Clone)]
pub(super) struct Alias {
    pub(super) alias: String,
    pub(super) arguments: String,
}

impl Field {
    /// A field without subfields.
    pub(super) const fn scalar(name: &'static str) -> Self {
        Self::with(name, &[Form::Scalar])
    }

    /// A field with several forms, or with one that is an object.
    pub(super) const fn with(name: &'static str, forms: &'static [Form]) -> Self {
        Self { name, arguments: "", forms }
    }

    /// The same field with arguments.
    pub(super) const fn arguments(self, arguments: &'static str) -> Self {
        Self { arguments, ..self }
    }
}
