//! The headers that are kept: those that the reader uses, without what is not in their grammar.

use super::{Kind, Scrubber};

/// The types of bodies that the reader distinguishes.
const TYPES: [&str; 6] = [
    "application/json",
    "application/json; charset=utf-8",
    "application/graphql-response+json",
    "text/event-stream",
    "text/html",
    "text/plain",
];

/// The words of quota headers: parameters, and the names of windows.
const QUOTA: &str = "r t q w qu pk second minute hour day week month default burst sustained";

impl Scrubber {
    /// The value of a header, if it is kept.
    pub(super) fn header(&self, name: &str, value: &str) -> Option<String> {
        match name {
            "content-type" => {
                let value = value.to_ascii_lowercase();
                let known = || TYPES.iter().find(|known| value.starts_with(**known));
                let exact = TYPES.iter().find(|known| value == **known);
                exact.or_else(known).map(|kind| (*kind).to_owned())
            }
            "date" => is_date(value).then(|| value.to_owned()),
            "retry-after" => (is_number(value) || is_date(value)).then(|| value.to_owned()),
            "ratelimit" | "ratelimit-policy" => {
                let is_kept = |word: &str| is_number(word) || QUOTA.split(' ').any(|known| known == word);
                Some(self.words(Kind::Name, name, value, is_kept))
            }
            _ => None,
        }
    }
}

fn is_date(text: &str) -> bool {
    jiff::fmt::rfc2822::parse(text).is_ok()
}

fn is_number(text: &str) -> bool {
    !text.is_empty() && text.len() <= 12 && text.bytes().all(|byte| byte.is_ascii_digit())
}
