//! GraphQL documents. The client writes them itself: only the strings in them are data.

use super::walk::quoted;
use super::{Kind, Scrubber};

impl Scrubber {
    /// A document with stand-ins for its strings, which are ids.
    pub(super) fn document(&self, document: &str) -> String {
        let mut out = String::with_capacity(document.len());
        let mut rest = document;
        while let Some((before, after)) = rest.split_once('"') {
            out.push_str(before);
            let (literal, after) = literal(after);
            out.push_str(&quoted(&self.replaced(Kind::Id, "id", &literal)));
            rest = after;
        }
        out + rest
    }
}

/// A string after its first quotation mark, decoded as JSON, whose escapes GraphQL has.
fn literal(text: &str) -> (String, &str) {
    let mut is_escaped = false;
    let end = text.find(|character| {
        let ends = character == '"' && !is_escaped;
        is_escaped = character == '\\' && !is_escaped;
        ends
    });
    let (raw, after) = text.split_at_checked(end.unwrap_or(text.len())).unwrap_or((text, ""));
    let decoded = serde_json::from_str(&format!("\"{raw}\"")).unwrap_or_else(|_invalid| raw.to_owned());
    (decoded, after.strip_prefix('"').unwrap_or(after))
}
