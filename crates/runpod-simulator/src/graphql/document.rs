//! A GraphQL document before execution: its syntax, its operation, and what Runpod forbids in production.

use std::sync::Arc;

use apollo_compiler::ast::{Definition, Document, Selection};
use apollo_compiler::response::JsonMap;

use super::engine::{Engine, Read};
use super::envelope::Envelope;
use super::refusal;
use crate::answer::Answer;

/// A document that is GraphQL.
#[derive(Debug)]
pub(super) struct Parsed {
    pub(super) text: String,
    pub(super) document: Arc<Read>,
    /// The name of the operation; empty if it has none.
    pub(super) name: String,
    /// The `operationName` of the request.
    pub(super) operation_name: Option<String>,
    pub(super) variables: JsonMap,
}

impl Parsed {
    pub(super) fn new(engine: &Engine, envelope: Envelope) -> Result<Self, Answer> {
        let Envelope { query: text, variables, operation_name } = envelope;
        let document = engine.read(&text).map_err(refusal::syntax)?;
        if has_introspection(&document.document) {
            return Err(refusal::introspection());
        }
        let mut operations =
            document.document.definitions.iter().filter_map(Definition::as_operation_definition);
        let first = operations.find_map(|operation| operation.name.as_ref());
        let name = operation_name.clone().or_else(|| first.map(ToString::to_string)).unwrap_or_default();
        Ok(Self { text, document, name, operation_name, variables: variables.unwrap_or_default() })
    }
}

/// Whether the document queries the schema, which Runpod forbids in production.
fn has_introspection(document: &Document) -> bool {
    document.definitions.iter().any(|definition| match definition {
        Definition::OperationDefinition(operation) => selects_schema(&operation.selection_set),
        Definition::FragmentDefinition(fragment) => selects_schema(&fragment.selection_set),
        _ => false,
    })
}

fn selects_schema(set: &[Selection]) -> bool {
    set.iter().any(|selection| match selection {
        Selection::Field(field) => {
            field.name == "__schema" || field.name == "__type" || selects_schema(&field.selection_set)
        }
        Selection::InlineFragment(fragment) => selects_schema(&fragment.selection_set),
        Selection::FragmentSpread(_) => false,
    })
}
