//! The walk over a body: every string in it is replaced or kept by the field that it is the value of, and is written again with
//! line breaks.

use super::grammar::Grammar;
use super::json::{Token, quoted, tokens};
use super::{Kind, Scrubber, fields};

/// Maximum number of levels that are indented, so that lines do not grow with the depth.
const MAX_INDENT: usize = 24;

/// What is done with the parts of a JSON text.
pub(super) trait Rules {
    /// What the rules have to know about where a part is.
    type Place: Copy;
    /// The place of the text as a whole.
    fn root(&self) -> Self::Place;
    /// The place of a field's value, in an object at this place.
    fn enter(&self, place: Self::Place, field: &str) -> Self::Place;
    /// The name of a member of an object at this place.
    fn name(&self, place: Self::Place, name: &str) -> String;
    /// A string: the value of this field, or an element of its array.
    fn value(&self, place: Self::Place, field: &str, text: &str) -> String;
    /// A number, `true`, `false` or `null`.
    fn literal(&self, place: Self::Place, field: &str, literal: &str) -> String;
}

/// What is known about a part of a body.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Trust {
    /// It is the value of known fields.
    Known,
    /// It is below a field that is not known: every value is replaced.
    Unknown,
    /// It is data of the user's programs: the names are replaced, too.
    Private,
}

impl Rules for Scrubber {
    type Place = Trust;

    fn root(&self) -> Trust {
        Trust::Known
    }

    fn enter(&self, place: Trust, field: &str) -> Trust {
        match place {
            Trust::Private => Trust::Private,
            _ if fields::is_private(field) => Trust::Private,
            Trust::Known if self.is_known(field) => Trust::Known,
            _ => Trust::Unknown,
        }
    }

    fn name(&self, place: Trust, name: &str) -> String {
        if place == Trust::Private { self.private_name(name) } else { self.name(name) }
    }

    fn value(&self, place: Trust, field: &str, text: &str) -> String {
        if place == Trust::Known { self.value(field, text) } else { self.unknown(field, text) }
    }

    fn literal(&self, place: Trust, field: &str, literal: &str) -> String {
        let is_kept = place == Trust::Known && !field.is_empty();
        if is_kept { self.number(field, literal) } else { self.unknown_number(field, literal) }
    }
}

impl Scrubber {
    /// A body: JSON, or a text whose words are all replaced.
    pub(super) fn body(&self, body: &[u8]) -> Vec<u8> {
        let text = String::from_utf8_lossy(body);
        let walked = walk(&text, self);
        walked.unwrap_or_else(|| self.words(Kind::Text, "", &text, |_| false)).into_bytes()
    }
}

/// An object or array that is open.
struct Open<P> {
    is_object: bool,
    place: P,
    /// The field whose value is read: the last name of an object, or that of which an array is the value.
    field: String,
    /// Whether the next string is a name.
    at_name: bool,
}

/// A JSON text after the rules; `None` if it is not JSON.
pub(super) fn walk<R: Rules>(text: &str, rules: &R) -> Option<String> {
    let out = String::with_capacity(text.len());
    let mut walk = Walk { rules, out, open: Vec::new(), is_empty: false };
    let mut grammar = Grammar::new();
    for token in tokens(text) {
        let token = token?;
        if !grammar.accepts(&token) {
            return None;
        }
        walk.write(token);
    }
    Some(walk.out + "\n")
}

/// What was written, and where the walk is.
struct Walk<'a, R: Rules> {
    rules: &'a R,
    out: String,
    open: Vec<Open<R::Place>>,
    /// Whether an object or array has no element so far.
    is_empty: bool,
}

impl<R: Rules> Walk<'_, R> {
    fn write(&mut self, token: Token<'_>) {
        let ends = matches!(token, Token::Mark('}' | ']'));
        if std::mem::take(&mut self.is_empty) && !ends {
            self.line();
        }
        match token {
            Token::Mark(mark) => self.mark(mark),
            Token::Text(text) => {
                if let Some(open) = self.open.last_mut().filter(|open| open.at_name) {
                    self.out.push_str(&quoted(&self.rules.name(open.place, &text)));
                    open.field = text;
                } else {
                    let (place, field) = self.inside();
                    let value = self.rules.value(place, field, &text);
                    self.out.push_str(&quoted(&value));
                }
            }
            Token::Literal(literal) => {
                let (place, field) = self.inside();
                let literal = self.rules.literal(place, field, literal);
                self.out.push_str(&literal);
            }
        }
    }

    fn mark(&mut self, mark: char) {
        match mark {
            '{' | '[' => {
                self.out.push(mark);
                let is_object = mark == '{';
                let (place, field) = self.inside();
                let field = field.to_owned();
                self.open.push(Open { is_object, place, field, at_name: is_object });
                self.is_empty = true;
            }
            '}' | ']' => {
                self.open.pop();
                if !self.out.ends_with(['{', '[']) {
                    self.line();
                }
                self.out.push(mark);
            }
            ',' => {
                self.out.push(',');
                self.line();
                if let Some(open) = self.open.last_mut() {
                    open.at_name = open.is_object;
                }
            }
            _ => {
                self.out.push_str(": ");
                if let Some(open) = self.open.last_mut() {
                    open.at_name = false;
                }
            }
        }
    }

    /// Where the next value is, and the field that it belongs to.
    fn inside(&self) -> (R::Place, &str) {
        match self.open.last() {
            Some(Open { is_object: true, place, field, .. }) => (self.rules.enter(*place, field), field),
            Some(Open { place, field, .. }) => (*place, field),
            None => (self.rules.root(), ""),
        }
    }

    fn line(&mut self) {
        self.out.push('\n');
        self.out.extend(std::iter::repeat_n("  ", self.open.len().min(MAX_INDENT)));
    }
}
