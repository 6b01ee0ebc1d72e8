//! The YAML parser, within limits, and its errors in plain words: the parser's own texts name types and functions of Rust.

use serde::de::DeserializeOwned;
use serde_saphyr::{Budget, Error, NonFiniteFloatPolicy, Options};

use crate::similar;

/// Maximum nesting of lists and mappings. The configuration has five levels.
const MAX_DEPTH: usize = 64;

/// Maximum number of values, those of repeated anchors included. A thousand accounts with every setting have 60,000.
const MAX_VALUES: usize = 250_000;

/// Maximum length of a key in a message.
const MAX_KEY: usize = 60;

/// Why a text is not valid: the line, if it is known, and what to do.
#[derive(Debug)]
pub(super) struct Problem {
    pub(super) line: Option<u64>,
    pub(super) message: String,
}

/// Parses a text. A text without content has the default value.
pub(super) fn parse<T: DeserializeOwned + Default>(text: &str) -> Result<T, Problem> {
    serde_saphyr::from_str_with_options::<Option<T>>(text, options()).map(Option::unwrap_or_default).map_err(
        |error| {
            let line = error.location().map(|location| location.line()).filter(|line| *line > 0);
            let message = message(&error);
            let key = line.and_then(|line| key_on_line(text, line)).filter(|_| is_about_a_value(&error));
            let example = key.and_then(example).filter(|_| message == expected_type(MAPPING));
            let message =
                example.map_or(message, |example| format!("expected keys with values, such as {example}"));
            let message = key.map_or(message.clone(), |key| format!("{key}: {message}"));
            Problem { line, message }
        },
    )
}

fn options() -> Options {
    let mut budget = Budget::default();
    (budget.max_depth, budget.max_nodes, budget.max_events) = (MAX_DEPTH, MAX_VALUES, 4 * MAX_VALUES);
    let mut options = Options::default();
    options.budget = Some(budget);
    options.alias_limits.max_total_replayed_events = MAX_VALUES;
    options.non_finite_float_policy = NonFiniteFloatPolicy::Reject;
    options.reject_unsupported_tags = true;
    options.with_snippet = false; // the line may contain a key by mistake
    options
}

/// The error inside of wrappers.
fn inner(error: &Error) -> &Error {
    match error {
        Error::AliasError { error, .. } | Error::WithSnippet { error, .. } => inner(error),
        error => error,
    }
}

/// Whether the error is about the type of a value, whose key then helps to find it.
fn is_about_a_value(error: &Error) -> bool {
    matches!(
        inner(error),
        Error::Unexpected { .. }
            | Error::InvalidScalar { .. }
            | Error::InvalidBooleanStrict { .. }
            | Error::NonFiniteFloat { .. }
            | Error::NullIntoString { .. }
            | Error::SerdeInvalidType { .. }
            | Error::SerdeInvalidValue { .. }
    )
}

/// The first key on a line.
fn key_on_line(text: &str, line: u64) -> Option<&str> {
    let line = usize::try_from(line).ok()?.checked_sub(1)?;
    let line = text.lines().nth(line)?.trim_start_matches([' ', '-']);
    let (key, _) = line.split_once(':')?;
    let is_key =
        !key.is_empty() && key.bytes().all(|byte| byte.is_ascii_lowercase() || matches!(byte, b'_' | b'-'));
    is_key.then_some(key)
}

/// What the parser calls keys with values.
const MAPPING: &str = "mapping start";

/// Keys with values that a key can have.
fn example(key: &str) -> Option<&'static str> {
    Some(match key {
        "queue_depth" => "{warning: 5}",
        "error_ratio" => "{warning: 0.05}",
        "latency_p95_seconds" => "{warning: 8}",
        "workers_throttled" => "{warning: 1}",
        "balance_runway_hours" => "{warning: 24}",
        "slo" => "{success: 0.99}",
        "latency" => "{target: 0.95, seconds: 8}",
        "thresholds" => "{queue_depth: {warning: 5}}",
        "refresh" => "{billing: 1h}",
        "endpoints" | "pods" => "{include: [\"chat-.*\"]}",
        _ => return None,
    })
}

/// What is wrong and what to do, without the values of the file.
fn message(error: &Error) -> String {
    let fixed = match inner(error) {
        Error::SerdeUnknownField { field, expected, .. } => return unknown(field, expected),
        Error::SerdeMissingField { field, .. } => return format!("missing field `{field}`"),
        Error::DuplicateMappingKey { key, .. } => {
            let key = key.as_deref().map(|key| format!(" `{}`", short(key))).unwrap_or_default();
            return format!("the key{key} is set twice; remove one of them");
        }
        Error::Message { msg, .. } => return msg.clone(), // from the types in this folder
        Error::ExternalMessage { msg, .. } => return syntax(msg).to_owned(),
        Error::Unexpected { expected, .. } => return expected_type(expected),
        Error::InvalidScalar { ty, .. } => return expected_type(ty),
        Error::SerdeInvalidType { expected, .. } | Error::SerdeInvalidValue { expected, .. } => {
            return expected_type(expected);
        }
        Error::InvalidBooleanStrict { .. } => "expected true or false",
        Error::NonFiniteFloat { .. } => "expected a finite number",
        Error::NullIntoString { .. } => "expected a text, found nothing",
        Error::MultipleDocuments { .. } => {
            "the file has more than one document; remove the line --- and what follows it"
        }
        Error::UnknownAnchor { .. } => "the alias (*) has no anchor (&) of this name above it",
        Error::RecursiveReferencesRequireWeakTypes { .. } => "the anchor (&) contains its own alias (*)",
        Error::MergeValueNotMapOrSeqOfMaps { .. } => "the merge key << needs a mapping or its alias (*)",
        Error::UnsupportedTag { .. } => "tags (!) are not supported; remove it",
        Error::Eof { .. } => "the file ends too early; a value is missing",
        Error::Budget { .. }
        | Error::AliasReplayLimitExceeded { .. }
        | Error::AliasExpansionLimitExceeded { .. }
        | Error::AliasReplayStackDepthExceeded { .. }
        | Error::AliasReplayCounterOverflow { .. } => TOO_LARGE,
        Error::IndentationError { .. } => INDENTATION,
        Error::InvalidUtf8Input => "it is not a UTF-8 text; save it as UTF-8",
        _ => "invalid YAML; check this line and the one above it",
    };
    fixed.to_owned()
}

const TOO_LARGE: &str = "too many values or too deep nesting: at most 250,000 values, with those that aliases (*) repeat, and 64 levels";

const INDENTATION: &str = "the indentation does not fit the lines above";

/// A key that does not exist, with the most similar one.
fn unknown(field: &str, expected: &[&str]) -> String {
    // `api_key` and `token` are fields only so that their errors are specific. They are never suggestions.
    let known: Vec<_> =
        expected.iter().filter(|name| !matches!(**name, "api_key" | "token")).copied().collect();
    let best = similar::nearest(field, known.iter().copied());
    let field = short(field);
    match best.first() {
        Some(best) => format!("unknown field `{field}`; did you mean `{best}`?"),
        None => format!("unknown field `{field}`; known fields: {}", known.join(", ")),
    }
}

/// A key of the file as it is shown.
fn short(key: &str) -> String {
    let escaped: String = key.chars().take(MAX_KEY).flat_map(char::escape_debug).collect();
    if key.chars().count() > MAX_KEY { escaped + "…" } else { escaped }
}

/// The parser's and serde's names of types, as a person calls them.
fn expected_type(name: &str) -> String {
    let what = match name {
        "sequence start" | "a sequence" => {
            "a list; write each element on a line of its own that begins with \"- \""
        }
        MAPPING | "a map" => "keys with values; write a space after each colon",
        "string scalar" | "string" | "a string" | "path string" => "a text, found a list or keys",
        "boolean" | "bool" | "a boolean" => "true or false",
        "floating point" | "f64" | "f32" => "a number, for example 0.5",
        "u8" | "u16" | "u32" | "u64" | "usize" => "a whole number, at least 0",
        "i8" | "i16" | "i32" | "i64" | "isize" => "a whole number",
        // The texts of `expecting` in this folder.
        own if own.contains(' ') && !own.contains("::") && !own.starts_with("struct ") => own,
        _ => "another type of value",
    };
    format!("expected {what}")
}

/// The parser's messages about syntax, in plain words.
fn syntax(message: &str) -> &'static str {
    let message = message.to_ascii_lowercase();
    let has = |words: &[&str]| words.iter().any(|word| message.contains(word));
    if has(&["tab"]) {
        "a tab is used for indentation; use spaces"
    } else if has(&["quote", "quoted"]) {
        "a quotation mark is missing or misplaced; write '' for an apostrophe inside of '…'"
    } else if has(&["recursion", "limit", "too many", "exceed"]) {
        TOO_LARGE
    } else if has(&["bracket", "flow"]) {
        "a bracket is missing or misplaced; put a value with [ ] { } in quotation marks"
    } else if has(&["'-'", "indent", "block collection", "block mapping", "block sequence"]) {
        INDENTATION
    } else if has(&["simple key", "mapping value", "':'"]) {
        "a colon is missing or misplaced; write key: value, and put a value with a colon in quotation marks"
    } else if has(&["anchor", "alias"]) {
        "an anchor (&) or alias (*) is invalid; put a value that begins with & or * in quotation marks"
    } else if has(&["character", "token"]) {
        "a character is not allowed here; put the value in quotation marks"
    } else if has(&["end of", "eof"]) {
        "the file ends too early; a bracket or a quotation mark may be missing"
    } else {
        "invalid YAML; check this line and the one above it"
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_similar_name_is_suggested_and_another_is_not() {
        let expected = ["name", "api_key_file", "api_key"];
        assert_eq!(
            unknown("api_key_fil", &expected),
            "unknown field `api_key_fil`; did you mean `api_key_file`?"
        );
        assert_eq!(unknown("zzz", &["name", "pods"]), "unknown field `zzz`; known fields: name, pods");
        assert_eq!(unknown("apikey", &["api_key"]), "unknown field `apikey`; known fields: ");
        let long = unknown(&"\n".repeat(100), &["name"]);
        assert!(!long.contains('\n') && long.contains('…'), "{long}");
    }

    #[test]
    fn the_first_key_on_a_line_is_found() {
        let text = "a: 1\n  - each_worker: maybe\nno key\n  rpa_SECRET: 1\n";
        assert_eq!(key_on_line(text, 2), Some("each_worker"));
        for line in [0, 3, 4, 9] {
            assert_eq!(key_on_line(text, line), None, "{line}");
        }
    }
}
