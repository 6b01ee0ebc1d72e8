//! The GraphQL engine: executes documents against a schema in the schema definition language.
//!
//! Syntax, validation and execution are those of `apollo-compiler`. Added are the form in which fields get their values, and
//! the messages of the reference implementation, which Runpod's Apollo Server uses.

use apollo_compiler::Schema;
use apollo_compiler::ast::Document;
use apollo_compiler::executable::Operation;
use apollo_compiler::parser::SourceMap;
use apollo_compiler::request::{RequestError, coerce_variable_values};
use apollo_compiler::resolvers::Execution;
use apollo_compiler::response::{ExecutionResponse, GraphQLError, JsonMap};
use apollo_compiler::validation::Valid;

use self::object::Typed;
pub(super) use self::object::{Arguments, Node, Object, members};

mod message;
mod object;

/// An engine with a schema.
#[derive(Debug)]
pub(super) struct Engine(Valid<Schema>);

/// Why an operation is not executed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Refusal {
    /// The document does not fit the schema.
    Document(Vec<GraphQLError>),
    /// The document has no operation of the name, or several and no name was sent.
    Operation(Vec<GraphQLError>),
    /// The values of the variables do not fit their types.
    Variables(Vec<GraphQLError>),
}

/// Parses a document. What it is about is not known yet.
pub(super) fn parse(text: &str) -> Result<Document, Vec<GraphQLError>> {
    Document::parse(text, "document").map_err(|invalid| message::errors(&invalid.errors))
}

impl Engine {
    #[expect(clippy::expect_used, reason = "a schema is part of the program, and a test reads each of them")]
    pub(super) fn new(schema: &'static str) -> Self {
        Self(Schema::parse_and_validate(schema, "schema").expect("the schema is valid"))
    }

    /// Executes an operation of the document on the root object.
    pub(super) fn execute(
        &self,
        document: &Document,
        operation_name: Option<&str>,
        variables: &JsonMap,
        object: Box<dyn Object>,
    ) -> Result<ExecutionResponse, Refusal> {
        let Self(schema) = self;
        let document = document
            .to_executable_validate(schema)
            .map_err(|invalid| Refusal::Document(message::errors(&invalid.errors)))?;
        let refusal = |error: RequestError| vec![message::request(&error, &document.sources)];
        let operation =
            document.operations.get(operation_name).map_err(|error| Refusal::Operation(refusal(error)))?;
        if let Some(missing) = missing(operation, variables, &document.sources) {
            return Err(Refusal::Variables(vec![missing]));
        }
        let variables = coerce_variable_values(schema, operation, variables)
            .map_err(|error| Refusal::Variables(refusal(error)))?;
        Execution::new(schema, &document)
            .operation(operation)
            .coerced_variable_values(&variables)
            .execute_sync(&Typed { kind: operation.object_type(), object })
            .map_err(|error| Refusal::Operation(refusal(error)))
    }
}

/// The error about a variable that was not sent and has to be.
fn missing(operation: &Operation, sent: &JsonMap, sources: &SourceMap) -> Option<GraphQLError> {
    let variable = operation.variables.iter().find(|variable| {
        let is_required = variable.ty.is_non_null() && variable.default_value.is_none();
        is_required && !sent.contains_key(variable.name.as_str())
    })?;
    let (name, kind) = (&variable.name, &variable.ty);
    let message = format!("Variable \"${name}\" of required type \"{kind}\" was not provided.");
    Some(GraphQLError::new(message, variable.location(), sources))
}

#[cfg(test)]
mod tests;
