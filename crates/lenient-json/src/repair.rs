//! Repairs what is not JSON in a document, byte by byte and in one pass, so that a part of it cannot cost the rest:
//!
//! - in strings: escapes of lone surrogates, other invalid escapes and bytes that are not UTF-8 become U+FFFD, and raw control
//!   characters become escapes;
//! - outside strings: byte order marks are dropped, other control characters become spaces, and a word that is not JSON
//!   (`NaN`, `1e999`, `None`) becomes [`MARK`], which the reader takes for an unreadable value.
//!
//! The structure is not repaired: a truncated document stays truncated.

use std::ops::ControlFlow;

/// The string that takes the place of a word that is not JSON: a character that Unicode reserves for such uses.
pub(crate) const MARK: &str = "\u{FDD0}";

/// Maximum length of a word in bytes. A longer one is not JSON.
const MAX_WORD: usize = 1024;

const BYTE_ORDER_MARK: &[u8] = "\u{FEFF}".as_bytes();

/// Repairs a document in pieces of any size.
#[derive(Debug, Default)]
pub(crate) struct Repair {
    in_string: bool,
    /// The rest of a word that was too long is skipped.
    in_long_word: bool,
    /// The end of the last piece, if it cannot be judged without the next one.
    carry: Vec<u8>,
}

/// Repairs a whole document, for a reader of its own. In it, a word that was not JSON is a string for which
/// [`is_unreadable`] holds.
pub fn repaired(document: &[u8]) -> Vec<u8> {
    let mut repair = Repair::default();
    let mut out = Vec::with_capacity(document.len() + 16);
    repair.feed(document, &mut out);
    repair.finish(&mut out);
    out
}

/// Whether a string of a repaired document stands for a word that was not JSON.
pub fn is_unreadable(text: &str) -> bool {
    text == MARK
}

impl Repair {
    /// Repairs the next piece, and adds it to `out`.
    pub(crate) fn feed(&mut self, piece: &[u8], out: &mut Vec<u8>) {
        if self.carry.is_empty() {
            let rest = self.process(piece, false, out).len();
            self.carry.extend_from_slice(piece.get(piece.len() - rest..).unwrap_or_default());
        } else {
            let mut carried = std::mem::take(&mut self.carry);
            carried.extend_from_slice(piece);
            let rest = self.process(&carried, false, out).len();
            carried.drain(..carried.len() - rest);
            self.carry = carried;
        }
    }

    /// Repairs the end of the document.
    pub(crate) fn finish(&mut self, out: &mut Vec<u8>) {
        let carried = std::mem::take(&mut self.carry);
        self.process(&carried, true, out);
    }

    /// Repairs as much of a piece as possible, and returns the rest, which is empty if the piece is the last one.
    fn process<'a>(&mut self, mut piece: &'a [u8], is_last: bool, out: &mut Vec<u8>) -> &'a [u8] {
        while !piece.is_empty() {
            let step = if self.in_string {
                string(piece, is_last, out)
            } else {
                self.structure(piece, is_last, out)
            };
            let (used, ends_part) = match step {
                ControlFlow::Continue(step) => step,
                ControlFlow::Break(()) => break,
            };
            self.in_string ^= ends_part;
            piece = piece.get(used..).unwrap_or_default();
        }
        piece
    }

    /// Repairs the next word or character outside strings. Returns the bytes that it had, and whether a string begins.
    fn structure(&mut self, piece: &[u8], is_last: bool, out: &mut Vec<u8>) -> Step {
        let length = piece.iter().position(|byte| is_delimiter(*byte)).unwrap_or(piece.len());
        let (word, rest) = piece.split_at(length);
        if let ([], Some(delimiter)) = (word, rest.first()) {
            self.in_long_word = false;
            let is_space = delimiter.is_ascii_control() && !b"\n\r\t".contains(delimiter);
            out.push(if is_space { b' ' } else { *delimiter });
            return ControlFlow::Continue((1, *delimiter == b'"'));
        }
        if self.in_long_word {
            return ControlFlow::Continue((length, false));
        }
        if rest.is_empty() && !is_last {
            if length <= MAX_WORD {
                return ControlFlow::Break(());
            }
            self.in_long_word = true;
        }
        let word = word.strip_prefix(BYTE_ORDER_MARK).unwrap_or(word);
        if word.is_empty() || length <= MAX_WORD && is_json(word) {
            out.extend_from_slice(word);
        } else {
            out.extend([b"\"", MARK.as_bytes(), b"\""].concat());
        }
        ControlFlow::Continue((length, false))
    }
}

/// The bytes that were used and whether a string begins or ends with them; or a break, if more bytes are needed.
type Step = ControlFlow<(), (usize, bool)>;

fn is_delimiter(byte: u8) -> bool {
    byte.is_ascii_control() || b" \"{}[]:,".contains(&byte)
}

fn is_json(word: &[u8]) -> bool {
    matches!(word, b"true" | b"false" | b"null") || serde_json::from_slice::<f64>(word).is_ok()
}

/// Repairs the next part of a string. Returns the bytes that it had, and whether the string ends.
fn string(piece: &[u8], is_last: bool, out: &mut Vec<u8>) -> Step {
    let is_odd = |byte: &u8| !byte.is_ascii() || matches!(byte, b'"' | b'\\') || byte.is_ascii_control();
    let plain = piece.iter().position(is_odd).unwrap_or(piece.len());
    let (text, rest) = piece.split_at(plain);
    out.extend_from_slice(text);
    let step = match rest {
        [] => return ControlFlow::Continue((plain, false)),
        [b'"', ..] => {
            out.push(b'"');
            ControlFlow::Continue((1, true))
        }
        [b'\\', escape @ ..] => self::escape(escape, is_last, out).map_continue(|used| (used + 1, false)),
        [0x80..=0xFF, ..] => beyond_ascii(rest, is_last, out).map_continue(|used| (used, false)),
        [control, ..] => {
            out.extend_from_slice(format!("\\u{control:04x}").as_bytes());
            ControlFlow::Continue((1, false))
        }
    };
    match step {
        ControlFlow::Continue((used, ends)) => ControlFlow::Continue((plain + used, ends)),
        // The plain text is written already, so that only the rest must be given again.
        ControlFlow::Break(()) if plain > 0 => ControlFlow::Continue((plain, false)),
        ControlFlow::Break(()) => ControlFlow::Break(()),
    }
}

/// Repairs an escape, whose backslash is not part of `rest`. Returns the bytes that it had.
fn escape(rest: &[u8], is_last: bool, out: &mut Vec<u8>) -> ControlFlow<(), usize> {
    match rest {
        [] if is_last => ControlFlow::Continue(0),
        [] => ControlFlow::Break(()),
        [letter @ (b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't'), ..] => {
            out.extend_from_slice(&[b'\\', *letter]);
            ControlFlow::Continue(1)
        }
        [b'u', ..] if rest.len() < 11 && !is_last && !rest.contains(&b'"') => ControlFlow::Break(()),
        [b'u', digits @ ..] => {
            let first = unit(digits);
            let second = digits.get(4..).and_then(|rest| unit(rest.strip_prefix(b"\\u")?));
            let used = match (first, second) {
                (Some(0xD800..0xDC00), Some(0xDC00..0xE000)) => 11,
                (Some(0xD800..0xE000) | None, _) => 0,
                (Some(_), _) => 5,
            };
            if used > 0 {
                out.push(b'\\');
                out.extend_from_slice(rest.get(..used).unwrap_or_default());
                return ControlFlow::Continue(used);
            }
            out.extend_from_slice("\u{FFFD}".as_bytes());
            ControlFlow::Continue(if first.is_some() { 5 } else { 1 })
        }
        [_, ..] => {
            out.extend_from_slice("\u{FFFD}".as_bytes());
            ControlFlow::Continue(0)
        }
    }
}

/// The UTF-16 code unit of the first four digits.
fn unit(digits: &[u8]) -> Option<u16> {
    let digits = digits.get(..4).filter(|digits| digits.iter().all(u8::is_ascii_hexdigit))?;
    u16::from_str_radix(str::from_utf8(digits).ok()?, 16).ok()
}

/// Repairs bytes beyond ASCII. Returns how many there are.
fn beyond_ascii(rest: &[u8], is_last: bool, out: &mut Vec<u8>) -> ControlFlow<(), usize> {
    let length = rest.iter().position(u8::is_ascii).unwrap_or(rest.len());
    let mut text = rest.get(..length).unwrap_or_default();
    let is_open = length == rest.len() && !is_last;
    while let Err(error) = str::from_utf8(text) {
        let (valid, bad) = text.split_at(error.valid_up_to());
        out.extend_from_slice(valid);
        match error.error_len() {
            None if is_open && bad.len() == length => return ControlFlow::Break(()),
            None if is_open => return ControlFlow::Continue(length - bad.len()),
            bad_length => {
                out.extend_from_slice("\u{FFFD}".as_bytes());
                text = bad.get(bad_length.unwrap_or(bad.len())..).unwrap_or_default();
            }
        }
    }
    out.extend_from_slice(text);
    ControlFlow::Continue(length)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::{Value, json};

    use super::*;

    fn text(document: &[u8]) -> String {
        String::from_utf8(repaired(document)).unwrap()
    }

    fn pieces(document: &[u8], size: usize) -> Vec<u8> {
        let (mut repair, mut out) = (Repair::default(), Vec::new());
        for piece in document.chunks(size) {
            repair.feed(piece, &mut out);
        }
        repair.finish(&mut out);
        out
    }

    const CASES: [(&[u8], &str); 20] = [
        (br#"{"a":"cut \ud83d"}"#, "{\"a\":\"cut \u{FFFD}\"}"),
        (br#"["\ud83d\ude00"]"#, r#"["\ud83d\ude00"]"#),
        (br#"["\ud83d\ud83d\ude00"]"#, "[\"\u{FFFD}\\ud83d\\ude00\"]"),
        (br#"["\ude00x","\ud83dx"]"#, "[\"\u{FFFD}x\",\"\u{FFFD}x\"]"),
        (br#"["\u12","\u","\uzzzz"]"#, "[\"\u{FFFD}12\",\"\u{FFFD}\",\"\u{FFFD}zzzz\"]"),
        (br#"["\x41\'"]"#, "[\"\u{FFFD}x41\u{FFFD}'\"]"),
        (b"[\"a\xffb\xc3\"]", "[\"a\u{FFFD}b\u{FFFD}\"]"),
        (b"[\"\xf0\x9f\x98\"]", "[\"\u{FFFD}\"]"),
        ("[\"größe 😀\"]".as_bytes(), "[\"größe 😀\"]"),
        (b"[\"a\nb\tc\x00d\x7f\"]", "[\"a\\u000ab\\u0009c\\u0000d\\u007f\"]"),
        (b"\xef\xbb\xbf{\"a\":1}", "{\"a\":1}"),
        (
            b"[NaN,-Infinity,1e999,None,undefined]",
            "[\"\u{FDD0}\",\"\u{FDD0}\",\"\u{FDD0}\",\"\u{FDD0}\",\"\u{FDD0}\"]",
        ),
        (
            b"[007,+5,.5,5.,0x10,-]",
            "[\"\u{FDD0}\",\"\u{FDD0}\",\"\u{FDD0}\",\"\u{FDD0}\",\"\u{FDD0}\",\"\u{FDD0}\"]",
        ),
        (b"[true,false,null,-1.5e-7,12]", "[true,false,null,-1.5e-7,12]"),
        (b"{\"a\":1}\x00\x0c", "{\"a\":1}  "),
        (b"{\"a\":\"x", "{\"a\":\"x"),
        (b"[\"\\", "[\""),
        (b"[\"a\\\\\",\"\\\"\"]", "[\"a\\\\\",\"\\\"\"]"),
        (b"[\xff,1]", "[\"\u{FDD0}\",1]"),
        (b"", ""),
    ];

    #[test]
    fn only_what_is_not_json_is_repaired_in_pieces_of_any_size() {
        for (document, expected) in CASES {
            assert_eq!(text(document), expected, "{}", document.escape_ascii());
            for size in 1..=12 {
                let out = String::from_utf8(pieces(document, size)).unwrap();
                assert_eq!(out, expected, "{} in pieces of {size}", document.escape_ascii());
            }
        }
    }

    #[test]
    fn a_word_without_end_needs_no_memory() {
        let (mut repair, mut out) = (Repair::default(), Vec::new());
        for _ in 0..1_000 {
            repair.feed(&[b'9'; 4096], &mut out);
        }
        assert!(repair.carry.capacity() <= 4 * 4096 && out.len() < 16, "{}", out.len());
        repair.feed(b",1]", &mut out);
        assert_eq!(out, format!("\"{MARK}\",1]").as_bytes());
    }

    fn any_json() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            any::<Option<bool>>().prop_map(Value::from),
            any::<i64>().prop_map(Value::from),
            any::<f64>().prop_map(Value::from),
            any::<String>().prop_map(Value::from),
        ];
        leaf.prop_recursive(4, 32, 6, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
                prop::collection::btree_map(any::<String>(), inner, 0..6).prop_map(|map| json!(map)),
            ]
        })
    }

    proptest! {
        #[test]
        fn json_is_not_changed(value in any_json(), size in 1_usize..40) {
            let document = value.to_string().into_bytes();
            // A raw U+007F is JSON, and is escaped all the same.
            let read = |document: &[u8]| serde_json::from_slice::<Value>(document).unwrap();
            prop_assert_eq!(read(&repaired(&document)), read(&document));
            prop_assert_eq!(pieces(&document, size), repaired(&document));
        }

        #[test]
        fn anything_is_harmless_and_becomes_unicode(
            document in prop::collection::vec(prop_oneof![any::<u8>(), prop::sample::select(b"\\u\"{}[]:,dDcC8eE1 ".to_vec())], 0..200),
            size in 1_usize..20,
        ) {
            let whole = repaired(&document);
            prop_assert!(str::from_utf8(&whole).is_ok());
            prop_assert_eq!(pieces(&document, size), whole);
        }
    }
}
