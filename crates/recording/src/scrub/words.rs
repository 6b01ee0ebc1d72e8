//! Texts. Single words of them are kept: those by which the reader recognizes the level of a log line, and what an error of
//! GraphQL says about the document.

use super::Scrubber;
use super::fields::{self, LEVELS};
use super::stand_in::{Random, Scrambled};
use super::tally::Kind;
use super::walk::{Rules, walk};

/// The words of stack traces and of errors of GraphQL and of the host.
const WORDS: &str = "Traceback most recent call last During handling of the above exception The was direct cause Caused by \
                     Fatal Python error exit code out memory oom OOMKilled \
                     Cannot query field on type Unknown argument must have a selection subfields fragment \
                     Unauthorized unauthenticated not found no";

/// The ends of the names of exceptions.
const EXCEPTIONS: [&str; 2] = ["Error", "Exception"];

/// The fields in which JSON loggers write the level.
const LEVEL_FIELDS: [&str; 4] = ["level", "levelname", "severity", "lvl"];

impl Scrubber {
    /// A text without its other words. JSON, as many loggers write it, stays JSON, without its numbers.
    pub(super) fn text(&self, field: &str, text: &str) -> String {
        let is_json = text.trim_start().starts_with(['{', '[']);
        let walked = is_json.then(|| walk(text, &Logged(self))).flatten();
        match walked {
            Some(walked) => walked.lines().map(str::trim_start).collect(),
            None => self.words(Kind::Text, field, text, is_kept),
        }
    }

    /// A text with the words that are kept.
    pub(super) fn words(
        &self,
        kind: Kind,
        field: &str,
        text: &str,
        is_kept: impl Fn(&str) -> bool,
    ) -> String {
        let mut random = self.stand_ins.random(text, 0);
        let mut scrambled = Scrambled::of("");
        let mut rest = text;
        let mut before = None;
        while let Some(first) = rest.chars().next() {
            let is_word = |character: char| character.is_alphanumeric() || character == '_';
            let length = rest.find(|c| is_word(c) != is_word(first)).unwrap_or(rest.len());
            let (part, after) = rest.split_at_checked(length).unwrap_or((rest, ""));
            let is_quoted = before.is_some_and(is_quote) && after.starts_with(is_quote);
            if is_kept(part) || (is_quoted && fields::is_known(part)) {
                scrambled.keep(part);
            } else {
                push(part, &is_kept, &mut scrambled, &mut random);
            }
            before = part.chars().next_back();
            rest = after;
        }
        if scrambled.text != text {
            self.tally.lock().add(kind, field, &scrambled.text);
        }
        scrambled.text
    }
}

/// A log line in JSON: whatever a program writes. Its level is kept.
struct Logged<'a>(&'a Scrubber);

impl Rules for Logged<'_> {
    type Place = ();

    fn root(&self) {}

    fn enter(&self, (): (), _field: &str) {}

    fn name(&self, (): (), name: &str) -> String {
        self.0.name(name)
    }

    fn value(&self, (): (), field: &str, text: &str) -> String {
        if LEVEL_FIELDS.contains(&field) {
            self.0.value(field, text)
        } else {
            self.0.words(Kind::Text, field, text, is_kept)
        }
    }

    fn literal(&self, (): (), field: &str, literal: &str) -> String {
        self.0.unknown_number(field, literal)
    }
}

/// Adds a part that is not kept as a whole: word by word, and of the name of an exception its end.
fn push(part: &str, is_kept: impl Fn(&str) -> bool, scrambled: &mut Scrambled, random: &mut Random) {
    for (at, word) in part.split('_').enumerate() {
        if at > 0 {
            scrambled.push("_", random);
        }
        let is_class = word.starts_with(|first: char| first.is_ascii_uppercase());
        let end =
            EXCEPTIONS.iter().find(|end| is_class && word.ends_with(**end)).copied().unwrap_or_default();
        let stem = word.strip_suffix(end).unwrap_or(word);
        if is_kept(word) {
            scrambled.keep(word);
        } else {
            scrambled.push(stem, random);
            scrambled.keep(end);
        }
    }
}

fn is_kept(word: &str) -> bool {
    let is_in = |words: &str| words.split_ascii_whitespace().any(|kept| kept.eq_ignore_ascii_case(word));
    word == "0" || is_in(LEVELS) || is_in(WORDS) || LEVEL_FIELDS.contains(&word)
}

const fn is_quote(character: char) -> bool {
    matches!(character, '"' | '\'' | '`')
}
