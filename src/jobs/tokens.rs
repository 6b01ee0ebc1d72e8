//! Token counts in a job's output, found by JSON pointers. Only the values that a pointer leads to are parsed.
//!
//! The output of a streaming worker is a list of chunks. Runpod's vLLM worker reports in each chunk the tokens so far, and
//! repeats those of the input, so the largest number counts, and chunks are not added up.

use std::fmt;
use std::str::FromStr;

use serde::de::{DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};

/// A JSON pointer (RFC 6901) into a job's output.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pointer(Vec<String>);

/// The text is not a JSON pointer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("invalid JSON pointer; it must start with a slash, for example /usage/input")]
pub struct InvalidPointer;

impl FromStr for Pointer {
    type Err = InvalidPointer;

    fn from_str(text: &str) -> Result<Self, InvalidPointer> {
        let path = text.strip_prefix('/').ok_or(InvalidPointer)?;
        let unescape = |segment: &str| segment.replace("~1", "/").replace("~0", "~");
        Ok(Self(path.split('/').map(unescape).collect()))
    }
}

/// Where an output has its token counts. Of several pointers, the first that finds a number counts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pointers {
    /// All pointers, those for input tokens first.
    all: Vec<Pointer>,
    /// Number of pointers for input tokens.
    input: usize,
}

/// The token counts of a job.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Tokens {
    /// Input tokens.
    pub input: Option<u64>,
    /// Output tokens.
    pub output: Option<u64>,
}

impl Pointers {
    /// Pointers for input tokens and for output tokens.
    pub fn new(input: Vec<Pointer>, output: Vec<Pointer>) -> Self {
        let count = input.len();
        Self { all: [input, output].concat(), input: count }
    }

    /// The same, with the given pointers replaced.
    #[must_use]
    pub fn with(&self, input: Option<Vec<Pointer>>, output: Option<Vec<Pointer>>) -> Self {
        let (old_input, old_output) = self.all.split_at_checked(self.input).unwrap_or_default();
        Self::new(input.unwrap_or_else(|| old_input.to_vec()), output.unwrap_or_else(|| old_output.to_vec()))
    }

    /// A deserializer of an output that stores the counts in `found`.
    pub(super) fn visitor<'a>(&'a self, found: &'a mut Found) -> TokenVisitor<'a> {
        found.0.resize(self.all.len(), None);
        TokenVisitor { pointers: &self.all, paths: self.start(), is_root: true, found }
    }

    /// The token counts among the numbers that were found.
    pub(super) fn tokens(&self, found: &Found) -> Tokens {
        let (input, output) = found.0.split_at_checked(self.input).unwrap_or_default();
        let first = |numbers: &[Option<u64>]| numbers.iter().copied().flatten().next();
        Tokens { input: first(input), output: first(output) }
    }

    fn start(&self) -> Vec<Path> {
        (0..self.all.len()).map(|pointer| Path { pointer, depth: 0 }).collect()
    }
}

/// Maximum number of tokens of a job: 16,000 in each second of a week, the longest time that a job runs. A larger number
/// counts something else.
const MAX: f64 = 1e10;

/// A number as a count of tokens. `None` if it is negative, not whole, or more than a job can have.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a whole number from 0 to 10^10")]
pub(super) fn token_count(number: f64) -> Option<u64> {
    ((0.0..=MAX).contains(&number) && number.fract() == 0.0).then_some(number as u64)
}

/// The largest number that each pointer leads to.
#[derive(Debug, Default)]
pub(super) struct Found(Vec<Option<u64>>);

/// A pointer, and the number of its segments that have been followed.
#[derive(Debug, Clone, Copy)]
struct Path {
    pointer: usize,
    depth: usize,
}

/// Deserializes a value, descending only where a pointer leads. Everything else is skipped without being stored.
#[derive(Debug)]
pub(super) struct TokenVisitor<'a> {
    pointers: &'a [Pointer],
    paths: Vec<Path>,
    /// Whether this is the output itself. If it is a list, its elements are chunks.
    is_root: bool,
    found: &'a mut Found,
}

impl TokenVisitor<'_> {
    /// The paths that continue with `segment`.
    fn after(&self, segment: &str) -> Vec<Path> {
        let leads = |path: &&Path| {
            let pointer = self.pointers.get(path.pointer);
            pointer.and_then(|pointer| pointer.0.get(path.depth)).is_some_and(|next| next == segment)
        };
        let follow = |path: &Path| Path { depth: path.depth + 1, ..*path };
        self.paths.iter().filter(leads).map(follow).collect()
    }

    fn at(&mut self, paths: Vec<Path>) -> TokenVisitor<'_> {
        TokenVisitor { pointers: self.pointers, paths, is_root: false, found: self.found }
    }

    fn take(&mut self, number: f64) {
        let Some(number) = token_count(number) else { return };
        for Path { pointer, depth } in &self.paths {
            let arrived = self.pointers.get(*pointer).is_some_and(|pointer| pointer.0.len() == *depth);
            if let Some(found) = self.found.0.get_mut(*pointer).filter(|_| arrived) {
                *found = (*found).max(Some(number));
            }
        }
    }
}

impl<'de> DeserializeSeed<'de> for TokenVisitor<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for TokenVisitor<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any JSON")
    }

    fn visit_map<A: MapAccess<'de>>(mut self, mut map: A) -> Result<(), A::Error> {
        while let Some(paths) = map.next_key_seed(KeySeed(&self))? {
            if paths.is_empty() {
                map.next_value::<IgnoredAny>()?;
            } else {
                map.next_value_seed(self.at(paths))?;
            }
        }
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(mut self, mut elements: A) -> Result<(), A::Error> {
        for number in 0_usize.. {
            let mut paths = self.after(&number.to_string());
            if self.is_root {
                paths.extend_from_slice(&self.paths);
            }
            let more = if paths.is_empty() {
                elements.next_element::<IgnoredAny>()?.is_some()
            } else {
                elements.next_element_seed(self.at(paths))?.is_some()
            };
            if !more {
                break;
            }
        }
        Ok(())
    }

    #[expect(clippy::cast_precision_loss, reason = "exact below the maximum number of tokens")]
    fn visit_u64<E: Error>(self, number: u64) -> Result<(), E> {
        self.visit_f64(number as f64)
    }

    fn visit_f64<E: Error>(mut self, number: f64) -> Result<(), E> {
        self.take(number);
        Ok(())
    }

    /// Some workers write all numbers as text.
    fn visit_str<E: Error>(mut self, text: &str) -> Result<(), E> {
        if let Ok(number) = text.trim().parse() {
            self.take(number);
        }
        Ok(())
    }

    // None of these is a token count, and an output may contain all of them.

    fn visit_i64<E: Error>(self, _number: i64) -> Result<(), E> {
        Ok(())
    }

    fn visit_bool<E: Error>(self, _flag: bool) -> Result<(), E> {
        Ok(())
    }

    fn visit_none<E: Error>(self) -> Result<(), E> {
        Ok(())
    }

    fn visit_unit<E: Error>(self) -> Result<(), E> {
        Ok(())
    }
}

/// Deserializes an object key into the paths that continue with it.
struct KeySeed<'a, 'b>(&'a TokenVisitor<'b>);

impl<'de> DeserializeSeed<'de> for KeySeed<'_, '_> {
    type Value = Vec<Path>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Vec<Path>, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl Visitor<'_> for KeySeed<'_, '_> {
    type Value = Vec<Path>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a key")
    }

    fn visit_str<E: Error>(self, key: &str) -> Result<Vec<Path>, E> {
        Ok(self.0.after(key))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tokens(input: &[&str], output: &str) -> Option<u64> {
        let input = input.iter().map(|text| text.parse().unwrap()).collect();
        let pointers = Pointers::new(input, Vec::new());
        let mut found = Found::default();
        let mut json = serde_json::Deserializer::from_str(output);
        pointers.visitor(&mut found).deserialize(&mut json).unwrap();
        json.end().unwrap();
        pointers.tokens(&found).input
    }

    #[test]
    fn a_pointer_is_followed_and_nothing_else() {
        for (pointer, output, expected) in [
            ("/usage/input", r#"{"text": "x", "usage": {"output": 7, "input": 3}}"#, Some(3)),
            ("/usage/input", r#"{"usage": {"input": null}}"#, None),
            ("/usage/input", r#"{"usage": [{"input": 3}]}"#, None),
            ("/usage/input", r#"{"usage": 3}"#, None),
            ("/usage", r#"{"usage": 3, "other": {"usage": 9}}"#, Some(3)),
            ("/a~1b/m~0n", r#"{"a/b": {"m~n": 5}}"#, Some(5)),
            ("/", r#"{"": 5}"#, Some(5)),
            ("/choices/1/n", r#"{"choices": [{"n": 1}, {"n": 2}, {"n": 3}]}"#, Some(2)),
            ("/usage", r#"{"usage": -3}"#, None),
            ("/usage", r#"{"usage": 2.5}"#, None),
            ("/usage", r#"{"usage": 12.0}"#, Some(12)),
            ("/usage", r#"{"usage": "12"}"#, Some(12)),
            ("/usage", r#"{"usage": "12.0"}"#, Some(12)),
            ("/usage", r#"{"usage": "twelve"}"#, None),
            ("/usage", r#"{"usage": 10000000000}"#, Some(10_000_000_000)),
            ("/usage", r#"{"usage": 10000000001}"#, None),
            ("/usage", r#"{"usage": 18446744073709551615}"#, None),
            ("/usage", r#"{"usage": "inf"}"#, None),
            ("/usage", r#"{"usage": true}"#, None),
            ("/usage", r#""usage""#, None),
            ("/usage", "null", None),
        ] {
            assert_eq!(tokens(&[pointer], output), expected, "{pointer} in {output}");
        }
    }

    #[test]
    fn chunks_report_the_sum_so_far_and_are_not_added_up() {
        let chunks = r#"[{"usage": {"input": 3}}, {"usage": {"input": 8}}, {"usage": null}, "text"]"#;
        assert_eq!(tokens(&["/usage/input"], chunks), Some(8));
        assert_eq!(tokens(&["/1/usage/input"], chunks), Some(8));
        assert_eq!(tokens(&["/0/usage/input"], chunks), Some(3));
    }

    #[test]
    fn the_first_pointer_with_a_number_counts() {
        let both = r#"{"usage": {"prompt_tokens": 5, "input": 3}}"#;
        assert_eq!(tokens(&["/usage/input", "/usage/prompt_tokens"], both), Some(3));
        assert_eq!(tokens(&["/usage/none", "/usage/prompt_tokens"], both), Some(5));
        assert_eq!(tokens(&[], both), None);
    }

    #[test]
    fn an_invalid_pointer_is_rejected() {
        assert_eq!("usage".parse::<Pointer>(), Err(InvalidPointer));
        assert_eq!("".parse::<Pointer>(), Err(InvalidPointer));
    }
}
