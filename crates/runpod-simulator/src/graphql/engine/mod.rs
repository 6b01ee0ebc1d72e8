//! A small GraphQL engine: queries against a schema in the schema definition language, validated with the messages of the
//! reference implementation, which Runpod uses.
//!
//! What Runpod has in its schema and how it refuses requests do not belong here. There are no mutations, interfaces, unions
//! or enumerations, because the schemas have none.

mod execute;
mod object;
mod schema;
mod select;
mod syntax;
mod validate;
mod values;

use serde_json::{Map, Value};

pub(super) use self::execute::Executed;
pub(super) use self::object::{Arguments, Node, Object, members};
use self::schema::Schema;
use self::syntax::Operation;
pub(super) use self::syntax::{Document, Invalid, Pos, SelectionSet, fragments, operations};

/// An engine with a schema.
#[derive(Debug)]
pub(super) struct Engine(Schema);

/// Why an operation is not executed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Refusal {
    /// The document does not fit the schema.
    Document(Vec<Invalid>),
    /// The document has no operation of the name, or several and no name was sent.
    Operation(String),
    /// The values of the variables do not fit their types.
    Variables(Vec<Invalid>),
}

impl Engine {
    #[expect(
        clippy::expect_used,
        reason = "a schema is part of the program, and every test of an engine reads it"
    )]
    pub(super) fn new(schema: &'static str) -> Self {
        Self(Schema::parse(schema).expect("the schema is in the schema definition language"))
    }

    /// Executes an operation of the document on the root object.
    pub(super) fn execute(
        &self,
        document: &Document,
        operation_name: Option<&str>,
        variables: Map<String, Value>,
        root: &dyn Object,
    ) -> Result<Executed, Refusal> {
        let Self(schema) = self;
        let operation = choose(document, operation_name).map_err(Refusal::Operation)?;
        let variables =
            values::variables(schema, operation.variables, variables).map_err(Refusal::Variables)?;
        let invalid = validate::validate((schema, document), operation, &variables);
        if invalid.is_empty() {
            Ok(execute::execute((schema, document), &variables, root, operation.selection))
        } else {
            Err(Refusal::Document(invalid))
        }
    }
}

/// The operation of the name, or the only one.
fn choose<'a>(document: &'a Document, name: Option<&str>) -> Result<Operation<'a>, String> {
    let mut all = operations(document);
    match name {
        Some(name) => all
            .find(|operation| operation.name == Some(name))
            .ok_or_else(|| format!("Unknown operation named \"{name}\".")),
        None => all
            .next()
            .filter(|_| all.next().is_none())
            .ok_or_else(|| "Must provide operation name if query contains multiple operations.".to_owned()),
    }
}

#[cfg(test)]
mod tests;
