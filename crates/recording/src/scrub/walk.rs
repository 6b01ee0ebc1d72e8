//! The walk over a body: every string in it is replaced or kept by the field that it is the value of, and is written again with
//! line breaks.

use super::json::{Token, quoted, tokens};
use super::{Kind, Scrubber};

/// What is done with the parts of a JSON text.
pub(super) trait Rules {
    /// The name of a member of an object.
    fn name(&self, name: &str) -> String;
    /// A string: the value of this field, or an element of its array.
    fn value(&self, field: &str, text: &str) -> String;
    /// A number, `true`, `false` or `null`.
    fn literal(&self, field: &str, literal: &str) -> String;
}

impl Rules for Scrubber {
    fn name(&self, name: &str) -> String {
        self.name(name)
    }

    fn value(&self, field: &str, text: &str) -> String {
        self.value(field, text)
    }

    fn literal(&self, field: &str, literal: &str) -> String {
        self.number(field, literal).into_owned()
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
struct Open {
    is_object: bool,
    /// The field whose value is read: the last name of an object, or that of which an array is the value.
    field: String,
    /// Whether the next string is a name.
    at_name: bool,
}

/// A JSON text after the rules; `None` if it is not JSON.
pub(super) fn walk(text: &str, rules: &impl Rules) -> Option<String> {
    let mut out = String::with_capacity(text.len());
    let mut open: Vec<Open> = Vec::new();
    let mut is_empty = false;
    for token in tokens(text) {
        let (token, depth) = (token?, open.len());
        let field = open.last().map(|open| open.field.clone()).unwrap_or_default();
        let ends = matches!(token, Token::Mark('}' | ']'));
        if std::mem::take(&mut is_empty) && !ends {
            line(&mut out, depth);
        }
        match token {
            Token::Mark(mark @ ('{' | '[')) => {
                out.push(mark);
                let is_object = mark == '{';
                open.push(Open { is_object, field, at_name: is_object });
                is_empty = true;
            }
            Token::Mark(mark @ ('}' | ']')) => {
                open.pop();
                if !out.ends_with(['{', '[']) {
                    line(&mut out, open.len());
                }
                out.push(mark);
            }
            Token::Mark(',') => {
                out.push(',');
                line(&mut out, depth);
                if let Some(open) = open.last_mut() {
                    open.at_name = open.is_object;
                }
            }
            Token::Mark(_) => {
                out.push_str(": ");
                if let Some(open) = open.last_mut() {
                    open.at_name = false;
                }
            }
            Token::Text(text) => match open.last_mut().filter(|open| open.at_name) {
                Some(open) => {
                    out.push_str(&quoted(&rules.name(&text)));
                    open.field = text;
                }
                None => out.push_str(&quoted(&rules.value(&field, &text))),
            },
            Token::Literal(literal) => out.push_str(&rules.literal(&field, literal)),
        }
    }
    Some(out + "\n")
}

fn line(out: &mut String, depth: usize) {
    out.push('\n');
    out.extend(std::iter::repeat_n("  ", depth));
}
