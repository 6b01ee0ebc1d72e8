//! Names that a reader knows, and text of others that is safe to print.

use program::text::visible;
use runpod::{Api, Operation};

use super::report::{Access, OperationState};

/// Maximum length of a piece of text that the program did not write, in characters.
const MAX_PIECE: usize = 200;

/// A piece of foreign text in one line, not longer than needed to recognize it.
pub(super) fn piece(text: &str) -> String {
    let shown = visible(text);
    if shown.chars().count() <= MAX_PIECE {
        return shown.into_owned();
    }
    shown.chars().take(MAX_PIECE).chain(['…']).collect()
}

/// The title of an API.
pub(super) const fn api(api: Api) -> &'static str {
    match api {
        Api::Graphql => "GraphQL",
        Api::Jobs => "job API",
        Api::Rest => "REST v2",
    }
}

/// An operation with its API: `endpoint detail (GraphQL)`.
pub(super) fn operation(api: Api, operation: Operation) -> String {
    format!("{} ({})", title(operation), self::api(api))
}

fn title(operation: Operation) -> String {
    operation.as_str().replace('_', " ")
}

/// What to grant a key that may not read some operations.
pub(super) fn grants(operations: &[OperationState]) -> Option<String> {
    let forbidden = || operations.iter().filter(|state| state.access == Access::Forbidden);
    let mut wanted: Vec<String> = Vec::new();
    let mut rest = Vec::new();
    for state in forbidden() {
        let grant = match (state.api, state.operation) {
            (Api::Graphql, _) => "read-only access to GraphQL",
            (Api::Jobs, _) => "read access to the endpoints (job API)",
            (Api::Rest, Operation::Balance | Operation::Billing) => "the scope billing:read",
            (Api::Rest, Operation::AccountLimits) => "the scope account:read",
            (Api::Rest, operation) => {
                rest.push(title(operation));
                continue;
            }
        };
        if wanted.iter().all(|known| known != grant) {
            wanted.push(grant.to_owned());
        }
    }
    if !rest.is_empty() {
        wanted.push(format!("read access to {} (REST v2)", rest.join(", ")));
    }
    (!wanted.is_empty()).then(|| format!("to read all, grant the key {}; see SECURITY.md", wanted.join("; ")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn foreign_text_stays_in_its_line_and_is_short() {
        assert_eq!(piece("/a\nCollectors\u{202e}"), "/a\\nCollectors\\u{202e}");
        assert_eq!(piece(&"é".repeat(201)).chars().count(), MAX_PIECE + 1);
        assert_eq!(piece(&"é".repeat(200)).chars().count(), MAX_PIECE);
    }
}
