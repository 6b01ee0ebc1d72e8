//! The headers that are kept: those that the reader uses, without what is not in their grammar.

use super::{Kind, Scrubber, forms};

/// The types of bodies that the reader distinguishes.
const TYPES: [&str; 7] = [
    "application/problem+json",
    "application/json",
    "application/json; charset=utf-8",
    "application/graphql-response+json",
    "text/event-stream",
    "text/html",
    "text/plain",
];

/// The names of the windows of a quota.
const WINDOWS: &str = "second minute hour day week month default burst sustained";

/// Maximum number of digits of a number of seconds or requests: 30 years. A phone number with its area code is longer.
const MAX_DIGITS: usize = 9;

/// The parameters of a window: requests left, seconds left, requests allowed, seconds.
const PARAMETERS: [&str; 4] = ["r", "t", "q", "w"];

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
            "retry-after" if is_short_digits(value) => Some(value.to_owned()),
            "date" | "retry-after" => date(value),
            "ratelimit" | "ratelimit-policy" => {
                let windows = value.split(',').map(|window| self.window(name, window));
                Some(windows.collect::<Vec<_>>().join(", "))
            }
            _ => None,
        }
    }
}

impl Scrubber {
    /// A window of a quota: its name, and of its parameters the numbers.
    fn window(&self, header: &str, window: &str) -> String {
        let mut parts = window.trim().split(';');
        let is_kept = |word: &str| WINDOWS.split(' ').any(|known| known == word);
        let name = self.words(Kind::Name, header, parts.next().unwrap_or_default(), is_kept);
        let is_quota = |part: &&str| {
            part.split_once('=')
                .is_some_and(|(name, value)| PARAMETERS.contains(&name) && is_short_digits(value))
        };
        parts.map(str::trim).filter(is_quota).fold(name, |window, part| window + ";" + part)
    }
}

/// Whether a text is a type of bodies that the reader distinguishes.
pub(super) fn is_type(text: &str) -> bool {
    TYPES.contains(&text)
}

/// A date, written again: what is read as one can contain comments.
fn date(text: &str) -> Option<String> {
    let time = jiff::fmt::rfc2822::parse(text).ok()?.timestamp();
    jiff::fmt::rfc2822::DateTimePrinter::new().timestamp_to_rfc9110_string(&time).ok()
}

/// Whether a text has digits only, but too few for a phone number with its area code.
fn is_short_digits(text: &str) -> bool {
    text.len() <= MAX_DIGITS && forms::is_digits(text)
}
