//! JSON without its long strings, made while it arrives.
//!
//! An output may be a picture in base64, and a reader of JSON holds the string that it is in. Nobody asks for a long one
//! here, so it is replaced by an empty one before it is read, and memory does not grow with the output.

use std::mem;

use memchr::{memchr, memchr2};

/// The longest string that is kept: far more than an id, a status or a key that a pointer names.
const LONGEST: usize = 1024;

/// Empties strings of more than a kilobyte. Everything else stays as it is, be it JSON or not.
#[derive(Debug, Default)]
pub struct Shortener {
    inside: bool,
    /// The last byte was a backslash that means the next.
    escaped: bool,
    /// The string so far, if it is still short.
    string: Vec<u8>,
    long: bool,
}

impl Shortener {
    /// Takes the next piece and gives what is left of it. A string that is not over yet is held back.
    pub fn feed(&mut self, mut piece: &[u8]) -> Vec<u8> {
        let mut out = Vec::new();
        while !piece.is_empty() {
            let at = match (self.inside, self.escaped) {
                (false, _) => memchr(b'"', piece),
                (true, true) => Some(0),
                (true, false) => memchr2(b'"', b'\\', piece),
            };
            let (before, rest) = piece.split_at(at.unwrap_or(piece.len()));
            if self.inside {
                self.hold(before);
            } else {
                out.extend_from_slice(before);
            }
            let Some((found, rest)) = rest.split_first() else { break };
            piece = rest;
            match (self.inside, mem::take(&mut self.escaped), *found) {
                (false, ..) => self.inside = true,
                (true, false, b'"') => self.end(&mut out),
                (true, escaped, found) => {
                    self.escaped = !escaped;
                    self.hold(&[found]);
                }
            }
        }
        out
    }

    fn hold(&mut self, bytes: &[u8]) {
        self.long |= self.string.len() + bytes.len() > LONGEST;
        if !self.long {
            self.string.extend_from_slice(bytes);
        }
    }

    fn end(&mut self, out: &mut Vec<u8>) {
        if mem::take(&mut self.long) {
            self.string.clear();
        }
        out.push(b'"');
        out.append(&mut self.string);
        out.push(b'"');
        self.inside = false;
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::{Value, json};

    use super::*;

    fn shortened(pieces: &[&[u8]]) -> Vec<u8> {
        let mut shortener = Shortener::default();
        pieces.iter().flat_map(|piece| shortener.feed(piece)).collect()
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
                if written.len() - 2 > LONGEST { json!("") } else { value.clone() }
            }
            Value::Array(list) => list.iter().map(emptied).collect(),
            Value::Object(map) => map.iter().map(|(key, value)| (key.clone(), emptied(value))).collect(),
            other => other.clone(),
        }
    }

    proptest! {
        #[test]
        fn only_long_strings_are_emptied_however_the_text_is_cut(
            texts in prop::collection::vec(text(), 0..6), size in 1_usize..3_000,
        ) {
            let value = json!({"output": texts, "n": [1, -2.5, true, null], "a\\\"b": {"id": "x"}});
            let written = value.to_string();
            let out = shortened(&written.as_bytes().chunks(size).collect::<Vec<_>>());
            prop_assert_eq!(serde_json::from_slice::<Value>(&out).unwrap(), emptied(&value));
        }

        #[test]
        fn what_is_no_json_does_no_harm(pieces in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..50), 0..20)) {
            let whole: usize = pieces.iter().map(Vec::len).sum();
            let pieces: Vec<_> = pieces.iter().map(Vec::as_slice).collect();
            prop_assert!(shortened(&pieces).len() <= whole);
        }
    }

    #[test]
    fn a_long_string_takes_no_room() {
        let piece = vec![b'A'; 1 << 20];
        let mut shortener = Shortener::default();
        assert_eq!(shortener.feed(br#"{"output": ""#), br#"{"output": "#);
        for _ in 0..20 {
            assert_eq!(shortener.feed(&piece), b"");
        }
        assert!(shortener.string.capacity() <= 2 * LONGEST);
        assert_eq!(shortener.feed(br#""}"#), br#""""#.iter().chain(b"}").copied().collect::<Vec<_>>());
    }
}
