//! Which token of JSON may follow another, so that a text with the marks of JSON but not its order is no JSON.

use super::json::Token;

/// Maximum depth of objects and arrays. The answers of the APIs are far below.
const MAX_DEPTH: usize = 128;

/// What may come next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Next {
    Value,
    ValueOrEnd,
    Name,
    NameOrEnd,
    Colon,
    CommaOrEnd,
}

/// The state of reading one value.
#[derive(Debug)]
pub(super) struct Grammar {
    next: Next,
    /// For each that is open, whether it is an object.
    open: Vec<bool>,
}

impl Grammar {
    /// Nothing has been read.
    pub(super) const fn new() -> Self {
        Self { next: Next::Value, open: Vec::new() }
    }

    /// Whether this token may follow. After the value, none may.
    pub(super) fn accepts(&mut self, token: &Token<'_>) -> bool {
        let is_value = matches!(self.next, Next::Value | Next::ValueOrEnd);
        let is_end = matches!(self.next, Next::ValueOrEnd | Next::NameOrEnd | Next::CommaOrEnd);
        let is_in_object = self.open.last().copied();
        match token {
            Token::Mark(mark @ ('{' | '[')) if is_value && self.open.len() < MAX_DEPTH => {
                self.open.push(*mark == '{');
                self.next = if *mark == '{' { Next::NameOrEnd } else { Next::ValueOrEnd };
            }
            Token::Mark('}') if is_end && is_in_object == Some(true) => self.close(),
            Token::Mark(']') if is_end && is_in_object == Some(false) => self.close(),
            Token::Mark(',') if self.next == Next::CommaOrEnd && is_in_object.is_some() => {
                self.next = if is_in_object == Some(true) { Next::Name } else { Next::Value };
            }
            Token::Mark(':') if self.next == Next::Colon => self.next = Next::Value,
            Token::Text(_) if matches!(self.next, Next::Name | Next::NameOrEnd) => self.next = Next::Colon,
            Token::Text(_) | Token::Literal(_) if is_value => self.next = Next::CommaOrEnd,
            _ => return false,
        }
        true
    }

    fn close(&mut self) {
        self.open.pop();
        self.next = Next::CommaOrEnd;
    }
}

#[cfg(test)]
mod tests {
    use super::super::json::tokens;
    use super::*;

    fn is_accepted(text: &str) -> bool {
        let mut grammar = Grammar::new();
        tokens(text).all(|token| token.is_some_and(|token| grammar.accepts(&token)))
    }

    #[test]
    fn there_is_one_value_which_may_be_cut_off() {
        for text in ["{}", "[[], {\"a\": [1, null]}]", "1", "\"a\"", "{\"a\": {\"b\"", "[1,", ""] {
            assert!(is_accepted(text), "{text}");
        }
        for text in [
            "1 2",
            "1,2",
            "192, 168",
            "{} {}",
            "[1 2]",
            "{1: 2}",
            "[1: 2]",
            "{\"a\" 1}",
            "]",
            "[}",
            "{\"a\":}",
            "{,}",
            "[,1]",
        ] {
            assert!(!is_accepted(text), "{text}");
        }
        assert!(is_accepted(&"[".repeat(MAX_DEPTH)) && !is_accepted(&"[".repeat(MAX_DEPTH + 1)));
    }
}
