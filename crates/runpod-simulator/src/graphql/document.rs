//! A GraphQL document before execution: its syntax, its operation, and what Runpod forbids in production.

use graphql_parser::query::{Selection, parse_query};
use serde_json::{Map, Value};

use super::engine::{Document, SelectionSet, fragments, operations};
use super::envelope::Envelope;
use super::refusal;
use crate::answer::Answer;

/// A document that is GraphQL.
#[derive(Debug)]
pub(super) struct Parsed {
    pub(super) text: String,
    pub(super) document: Document,
    /// The name of the operation; empty if it has none.
    pub(super) name: String,
    /// The `operationName` of the request.
    pub(super) operation_name: Option<String>,
    pub(super) variables: Map<String, Value>,
}

impl Parsed {
    pub(super) fn new(envelope: Envelope) -> Result<Self, Answer> {
        let Envelope { query: text, variables, operation_name } = envelope;
        let document = match parse_query::<String>(&text) {
            Ok(document) => document.into_static(),
            Err(error) => return Err(refusal::syntax(&error.to_string())),
        };
        if has_introspection(&document) {
            return Err(refusal::introspection());
        }
        let first = operations(&document).find_map(|operation| operation.name);
        let name = operation_name.clone().or_else(|| first.map(str::to_owned)).unwrap_or_default();
        Ok(Self { text, document, name, operation_name, variables: variables.unwrap_or_default() })
    }
}

/// Whether the document queries the schema, which Runpod forbids in production.
fn has_introspection(document: &Document) -> bool {
    let fragments = fragments(document).map(|fragment| &fragment.selection_set);
    operations(document).map(|operation| operation.selection).chain(fragments).any(selects_schema)
}

fn selects_schema(set: &SelectionSet) -> bool {
    set.items.iter().any(|item| match item {
        Selection::Field(field) => {
            field.name == "__schema" || field.name == "__type" || selects_schema(&field.selection_set)
        }
        Selection::InlineFragment(fragment) => selects_schema(&fragment.selection_set),
        Selection::FragmentSpread(_) => false,
    })
}
