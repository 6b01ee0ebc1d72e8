//! A GraphQL document before execution: its syntax, its operation name, and what Runpod forbids in production.

use async_graphql::Name;
use async_graphql::parser;
use async_graphql::parser::types::{ExecutableDocument, Selection, SelectionSet};
use serde_json::{Map, Value};

use super::envelope::Envelope;
use super::refusal;
use crate::answer::Answer;

/// A document that can be executed.
#[derive(Debug)]
pub(super) struct Parsed {
    pub(super) text: String,
    pub(super) document: ExecutableDocument,
    /// The name of the operation; empty if it has none.
    pub(super) operation: String,
    /// The `operationName` of the request.
    pub(super) operation_name: Option<String>,
    pub(super) variables: Map<String, Value>,
}

impl Parsed {
    pub(super) fn new(envelope: Envelope) -> Result<Self, Answer> {
        let Envelope { query: text, variables, operation_name } = envelope;
        let document = parser::parse_query(&text).map_err(|error| refusal::syntax(&error))?;
        if has_introspection(&document) {
            return Err(refusal::introspection());
        }
        let mut names = document.operations.iter().filter_map(|(name, _)| name);
        let operation = operation_name.clone().or_else(|| names.next().map(ToString::to_string));
        let (operation, variables) = (operation.unwrap_or_default(), variables.unwrap_or_default());
        if let Some(refusal) = missing_variable(&document, &operation, &variables) {
            return Err(refusal);
        }
        Ok(Self { text, document, operation, operation_name, variables })
    }
}

/// The refusal of a request that lacks a variable which its operation requires.
fn missing_variable(
    document: &ExecutableDocument,
    operation: &str,
    variables: &Map<String, Value>,
) -> Option<Answer> {
    let named = |name: Option<&Name>| name.map_or("", Name::as_str) == operation;
    let (_, chosen) = document.operations.iter().find(|(name, _)| named(*name))?;
    let missing = chosen.node.variable_definitions.iter().find(|variable| {
        let definition = &variable.node;
        let given = variables.get(definition.name.node.as_str()).is_some_and(|value| !value.is_null());
        !given && !definition.var_type.node.nullable && definition.default_value.is_none()
    })?;
    let kind = missing.node.var_type.node.to_string();
    Some(refusal::missing_variable(&missing.node.name.node, &kind, missing.pos))
}

/// Whether the document queries the schema, which Runpod forbids in production.
fn has_introspection(document: &ExecutableDocument) -> bool {
    let operations = document.operations.iter().map(|(_, operation)| &operation.node.selection_set.node);
    let fragments = document.fragments.values().map(|fragment| &fragment.node.selection_set.node);
    operations.chain(fragments).any(selects_schema)
}

fn selects_schema(set: &SelectionSet) -> bool {
    set.items.iter().any(|item| match &item.node {
        Selection::Field(field) => {
            let name = field.node.name.node.as_str();
            name == "__schema" || name == "__type" || selects_schema(&field.node.selection_set.node)
        }
        Selection::InlineFragment(fragment) => selects_schema(&fragment.node.selection_set.node),
        Selection::FragmentSpread(_) => false,
    })
}
