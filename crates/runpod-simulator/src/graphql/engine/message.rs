//! The messages of the reference implementation for the errors of `apollo-compiler`: clients are known to parse them.

use apollo_compiler::diagnostic::ToCliReport;
use apollo_compiler::parser::SourceMap;
use apollo_compiler::request::RequestError;
use apollo_compiler::response::GraphQLError;
use apollo_compiler::validation::{DiagnosticData, DiagnosticList};

/// The errors of a document, in the order of their places.
pub(super) fn errors(invalid: &DiagnosticList) -> Vec<GraphQLError> {
    let errors = invalid.iter().filter_map(|diagnostic| {
        let mut error = diagnostic.to_json();
        error.message = reworded(&error.message, place(diagnostic.error, diagnostic.sources))?;
        Some(error)
    });
    let mut errors: Vec<_> = errors.collect();
    // Validation leaves out fields that do not exist, and then misses the variables in their arguments.
    if errors.iter().any(|error| error.message.starts_with("Cannot query field ")) {
        errors.retain(|error| !error.message.ends_with(" is never used."));
    }
    errors.sort_by_key(|error| error.locations.first().map(|at| (at.line, at.column)));
    errors
}

/// The error of a request whose document is valid.
pub(super) fn request(error: &RequestError, sources: &SourceMap) -> GraphQLError {
    let mut error = error.to_graphql_error(sources);
    error.message = sentence(&error.message);
    error
}

/// The part of the document that the error is about.
fn place<'a>(error: &DiagnosticData, sources: &'a SourceMap) -> &'a str {
    let text = error.location().and_then(|at| {
        let source = sources.get(&at.file_id())?;
        source.source_text().get(at.offset()..at.end_offset())
    });
    text.unwrap_or_default()
}

/// The message about a part of the document; `None` if it only follows from another error. Messages that clients are not
/// known to parse stay as they are.
fn reworded(message: &str, place: &str) -> Option<String> {
    Some(match *message.split('`').collect::<Vec<_>>() {
        ["type ", kind, " does not have a field ", field, ""] => {
            format!("Cannot query field \"{field}\" on type \"{kind}\".")
        }
        ["the argument ", name, " is not supported by ", owner, ""] => {
            let field = owner.split('(').next().unwrap_or_default();
            format!("Unknown argument \"{name}\" on field \"{field}\".")
        }
        ["field selection of scalar type ", kind, " must not have subselections"] => {
            let field = field(place);
            format!("Field \"{field}\" must not have a selection since type \"{kind}\" has no subfields.")
        }
        // It selects fields, but none of them exists.
        ["interface, union and object types must have a subselection set"] if place.ends_with('}') => {
            return None;
        }
        ["interface, union and object types must have a subselection set"] => {
            format!("Field \"{}\" must have a selection of subfields.", field(place))
        }
        ["unused variable: ", name, ""] => format!("Variable \"{name}\" is never used."),
        ["cannot find fragment ", name, ..] => format!("Unknown fragment \"{name}\"."),
        [error] if error.starts_with("syntax error: ") => {
            format!("Syntax Error: {}", sentence(error.trim_start_matches("syntax error: ")))
        }
        _ => sentence(message),
    })
}

/// The name of the field at the start of the text, after its alias.
fn field(text: &str) -> &str {
    let head = text.split(['(', '@', '{']).next().unwrap_or_default();
    head.rsplit(':').next().unwrap_or_default().trim()
}

/// The message as a sentence, with names in the marks of the reference implementation.
fn sentence(message: &str) -> String {
    let mut letters = message.chars();
    let first = letters.next().map(|letter| letter.to_ascii_uppercase());
    let text: String = first.into_iter().chain(letters).collect();
    format!("{}.", text.replace(['`', '\''], "\"").trim_end_matches('.'))
}
