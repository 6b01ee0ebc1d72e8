//! Removes long strings from JSON while it is received.
//!
//! An output may be a picture in base64, and a JSON parser holds a whole string in memory. No long string is needed here,
//! so each is replaced by an empty one before parsing, and memory does not grow with the output.

use std::mem;

use memchr::{memchr, memchr2};

/// Maximum length of a string in bytes: far more than an id, a status or an object key.
const MAX: usize = 1024;

/// Empties strings of more than a kilobyte. All other bytes stay, even if they are not JSON.
#[derive(Debug, Default)]
pub(crate) struct Shortener {
    in_string: bool,
    /// The previous byte was a backslash that escapes the next one.
    escaped: bool,
    /// The current string, unless it is too long.
    string: Vec<u8>,
    too_long: bool,
}

impl Shortener {
    /// Processes the next chunk and returns its output. A string is output when it is complete.
    pub(crate) fn feed(&mut self, mut chunk: &[u8]) -> Vec<u8> {
        let mut out = Vec::new();
        while !chunk.is_empty() {
            let at = match (self.in_string, self.escaped) {
                (false, _) => memchr(b'"', chunk),
                (true, true) => Some(0),
                (true, false) => memchr2(b'"', b'\\', chunk),
            };
            let (before, rest) = chunk.split_at(at.unwrap_or(chunk.len()));
            if self.in_string {
                self.push(before);
            } else {
                out.extend_from_slice(before);
            }
            let Some((found, rest)) = rest.split_first() else { break };
            chunk = rest;
            match (self.in_string, mem::take(&mut self.escaped), *found) {
                (false, ..) => self.in_string = true,
                (true, false, b'"') => self.end(&mut out),
                (true, escaped, found) => {
                    self.escaped = !escaped;
                    self.push(&[found]);
                }
            }
        }
        out
    }

    fn push(&mut self, bytes: &[u8]) {
        self.too_long |= self.string.len() + bytes.len() > MAX;
        if !self.too_long {
            self.string.extend_from_slice(bytes);
        }
    }

    fn end(&mut self, out: &mut Vec<u8>) {
        if mem::take(&mut self.too_long) {
            self.string.clear();
        }
        out.push(b'"');
        out.append(&mut self.string);
        out.push(b'"');
        self.in_string = false;
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::{Value, json};

    use super::*;

    fn shortened(chunks: &[&[u8]]) -> Vec<u8> {
        let mut shortener = Shortener::default();
        chunks.iter().flat_map(|chunk| shortener.feed(chunk)).collect()
    }

    fn text() -> impl Strategy<Value = Value> {
        prop_oneof![
            any::<String>().prop_map(Value::from),
            ("[\\\\\"a\u{e9}\n]{0,30}", 0_usize..200)
                .prop_map(|(text, times)| Value::from(text.repeat(times)))
        ]
    }

    fn emptied(value: &Value) -> Value {
        match value {
            Value::String(text) => {
                let written = json!(text).to_string();
                if written.len() - 2 > MAX { json!("") } else { value.clone() }
            }
            Value::Array(list) => list.iter().map(emptied).collect(),
            Value::Object(map) => map.iter().map(|(key, value)| (key.clone(), emptied(value))).collect(),
            other => other.clone(),
        }
    }

    proptest! {
        #[test]
        fn only_long_strings_are_emptied_however_the_text_is_split(
            texts in prop::collection::vec(text(), 0..6), size in 1_usize..3_000,
        ) {
            let value = json!({"output": texts, "n": [1, -2.5, true, null], "a\\\"b": {"id": "x"}});
            let written = value.to_string();
            let out = shortened(&written.as_bytes().chunks(size).collect::<Vec<_>>());
            prop_assert_eq!(serde_json::from_slice::<Value>(&out).unwrap(), emptied(&value));
        }

        #[test]
        fn invalid_json_is_harmless(chunks in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..50), 0..20)) {
            let length: usize = chunks.iter().map(Vec::len).sum();
            let chunks: Vec<_> = chunks.iter().map(Vec::as_slice).collect();
            prop_assert!(shortened(&chunks).len() <= length);
        }
    }

    #[test]
    fn a_long_string_needs_no_memory() {
        let chunk = vec![b'A'; 1 << 20];
        let mut shortener = Shortener::default();
        assert_eq!(shortener.feed(br#"{"output": ""#), br#"{"output": "#);
        for _ in 0..20 {
            assert_eq!(shortener.feed(&chunk), b"");
        }
        assert!(shortener.string.capacity() <= 2 * MAX);
        assert_eq!(shortener.feed(br#""}"#), br#""""#.iter().chain(b"}").copied().collect::<Vec<_>>());
    }
}
