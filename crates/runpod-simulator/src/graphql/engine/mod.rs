//! The GraphQL engine: executes documents against a schema in the schema definition language.
//!
//! Syntax, validation and execution are those of `apollo-compiler`. Added are the form in which fields get their values, and
//! the messages of the reference implementation, which Runpod's Apollo Server uses.

use std::collections::HashMap;
use std::sync::{Arc, OnceLock};

use apollo_compiler::ast::Document;
use apollo_compiler::executable::Operation;
use apollo_compiler::parser::SourceMap;
use apollo_compiler::request::{RequestError, coerce_variable_values};
use apollo_compiler::resolvers::Execution;
use apollo_compiler::response::{ExecutionResponse, GraphQLError, JsonMap};
use apollo_compiler::validation::Valid;
use apollo_compiler::{ExecutableDocument, Schema};
use parking_lot::Mutex;

use self::object::Typed;
pub(super) use self::object::{Arguments, Node, Object, members};

mod message;
mod object;

/// How many documents are kept. Clients send the same few again and again.
const KEPT: usize = 64;

/// An engine with a schema.
#[derive(Debug)]
pub(super) struct Engine {
    schema: Valid<Schema>,
    /// The last documents, by their text.
    read: Mutex<HashMap<String, Arc<Read>>>,
}

/// A document that is GraphQL.
#[derive(Debug)]
pub(super) struct Read {
    pub(super) document: Document,
    /// What is executed, once it is known that the document fits the schema.
    executable: OnceLock<Valid<ExecutableDocument>>,
}

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

impl Engine {
    #[expect(clippy::expect_used, reason = "a schema is part of the program, and a test reads each of them")]
    pub(super) fn new(schema: &'static str) -> Self {
        let schema = Schema::parse_and_validate(schema, "schema").expect("the schema is valid");
        Self { schema, read: Mutex::default() }
    }

    /// Parses a document. Whether it fits the schema is not known yet.
    pub(super) fn read(&self, text: &str) -> Result<Arc<Read>, Vec<GraphQLError>> {
        if let Some(read) = self.read.lock().get(text) {
            return Ok(Arc::clone(read));
        }
        let document =
            Document::parse(text, "document").map_err(|invalid| message::errors(&invalid.errors))?;
        let read = Arc::new(Read { document, executable: OnceLock::new() });
        let mut all = self.read.lock();
        if all.len() >= KEPT {
            all.clear();
        }
        all.insert(text.to_owned(), Arc::clone(&read));
        Ok(read)
    }

    /// The document, if it fits the schema.
    fn executable<'a>(&self, read: &'a Read) -> Result<&'a Valid<ExecutableDocument>, Refusal> {
        if let Some(executable) = read.executable.get() {
            return Ok(executable);
        }
        let executable = read.document.to_executable_validate(&self.schema);
        let executable = executable.map_err(|invalid| Refusal::Document(message::errors(&invalid.errors)))?;
        Ok(read.executable.get_or_init(|| executable))
    }

    /// Executes an operation of the document on the root object.
    pub(super) fn execute(
        &self,
        document: &Read,
        operation_name: Option<&str>,
        variables: &JsonMap,
        object: Box<dyn Object>,
    ) -> Result<ExecutionResponse, Refusal> {
        let (schema, document) = (&self.schema, self.executable(document)?);
        let refusal = |error: RequestError| vec![message::request(&error, &document.sources)];
        let operation =
            document.operations.get(operation_name).map_err(|error| Refusal::Operation(refusal(error)))?;
        if let Some(missing) = missing(operation, variables, &document.sources) {
            return Err(Refusal::Variables(vec![missing]));
        }
        let variables = coerce_variable_values(schema, operation, variables)
            .map_err(|error| Refusal::Variables(refusal(error)))?;
        Execution::new(schema, document)
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
