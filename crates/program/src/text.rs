//! Text from outside on its way to a terminal.
//!
//! A name, an id or a log line can contain any character. Some of them a terminal does not show but obeys: it clears the
//! screen, writes to the clipboard, or prints the rest of the line in reverse. Those characters are shown as their number, for
//! example `\u{1b}`: unlike U+FFFD this says what was there, and unlike removal it cannot join what was apart.

use std::borrow::Cow;
use std::fmt::{self, Display, Write};

use memchr::memchr;

/// Shows a text in one line, with a tab as its only control character.
#[derive(Debug, Clone, Copy)]
pub struct Visible<'a>(pub &'a str);

impl Display for Visible<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut rest = self.0;
        while let Some(at) = rest.find(is_obeyed) {
            let (plain, from) = rest.split_at(at);
            f.write_str(plain)?;
            let mut characters = from.chars();
            if let Some(character) = characters.next() {
                escape(f, character)?;
            }
            rest = characters.as_str();
        }
        f.write_str(rest)
    }
}

/// The text in one line, with a tab as its only control character. A text without others is not copied.
pub fn visible(text: &str) -> Cow<'_, str> {
    if text.contains(is_obeyed) { Cow::Owned(Visible(text).to_string()) } else { Cow::Borrowed(text) }
}

/// The same for a text of several lines, such as a page of metrics.
pub fn visible_lines(text: &str) -> Cow<'_, str> {
    if !text.contains(|character| character != '\n' && is_obeyed(character)) {
        return Cow::Borrowed(text);
    }
    let lines: Vec<_> = text.split('\n').map(visible).collect();
    Cow::Owned(lines.join("\n"))
}

/// The same JSON document with all such characters as JSON escapes, so that its data does not change. Line breaks between
/// values stay.
pub fn visible_json(document: &str) -> Cow<'_, str> {
    // Inside strings, JSON has no raw control character of ASCII; between values, only white space.
    let must_be_escaped = |character| !matches!(character, '\n' | '\r') && is_obeyed(character);
    if !document.contains(must_be_escaped) {
        return Cow::Borrowed(document);
    }
    let mut escaped = String::with_capacity(document.len());
    for character in document.chars() {
        if must_be_escaped(character) {
            write!(escaped, "\\u{:04x}", u32::from(character)).unwrap_or_default(); // a string takes everything
        } else {
            escaped.push(character);
        }
    }
    Cow::Owned(escaped)
}

/// The text without the escape sequences that only set colors and weight, as programs write them to their logs. All other
/// sequences stay.
pub fn without_colors(text: &str) -> Cow<'_, str> {
    if memchr(ESCAPE, text.as_bytes()).is_none() {
        return Cow::Borrowed(text);
    }
    let mut plain = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("\x1b[") {
        plain.push_str(before);
        let parameters = after.trim_start_matches(|c: char| c.is_ascii_digit() || matches!(c, ';' | ':'));
        rest = parameters.strip_prefix('m').unwrap_or_else(|| {
            plain.push_str("\x1b[");
            after
        });
    }
    plain.push_str(rest);
    Cow::Owned(plain)
}

const ESCAPE: u8 = 0x1b;

/// Whether a terminal obeys the character instead of showing it: control characters except the tab, separators of lines, and
/// marks that change the direction of the text.
fn is_obeyed(character: char) -> bool {
    match character {
        '\t' => false,
        '\u{2028}'..='\u{202e}' | '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{2066}'..='\u{2069}' => true,
        other => other.is_control(),
    }
}

fn escape(out: &mut impl Write, character: char) -> fmt::Result {
    match character {
        '\n' => out.write_str("\\n"),
        '\r' => out.write_str("\\r"),
        other => write!(out, "\\u{{{:x}}}", u32::from(other)),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::Value;

    use super::*;

    /// Any text, with many of the characters in question.
    fn text() -> impl Strategy<Value = String> {
        let character = prop_oneof![
            any::<char>(),
            prop::sample::select(vec![
                '\x1b', '[', 'm', ';', '3', '\u{9b}', '\r', '\n', '\t', '\0', '\x7f', '\u{202e}', '\u{2066}',
                '\u{200f}', '\u{61c}', '\u{2028}', '"', '\\', ']',
            ]),
        ];
        prop::collection::vec(character, 0..40).prop_map(String::from_iter)
    }

    #[test]
    fn what_a_terminal_obeys_is_shown_as_its_number() {
        for (raw, shown) in [
            ("a\tb ü 日本 🎉", "a\tb ü 日本 🎉"),
            ("\x1b]52;c;aGk=\x07", "\\u{1b}]52;c;aGk=\\u{7}"),
            ("\x1b[2J\u{9b}31m", "\\u{1b}[2J\\u{9b}31m"),
            ("one\r\ntwo\u{2028}three", "one\\r\\ntwo\\u{2028}three"),
            ("\u{202e}txt.exe\u{2069}\u{200f}", "\\u{202e}txt.exe\\u{2069}\\u{200f}"),
        ] {
            assert_eq!(visible(raw), shown);
        }
        assert_eq!(visible_lines("a\nb\x1bc\n"), "a\nb\\u{1b}c\n");
    }

    #[test]
    fn only_colors_are_removed() {
        assert_eq!(without_colors("\x1b[1;31mred\x1b[0m \x1b[mplain"), "red plain");
        assert_eq!(without_colors("\x1b[38:5:1mx"), "x");
        for kept in ["\x1b[2J", "\x1b[", "\x1b]52;c;x\x07", "\x1b[31", "\x1b[?25l"] {
            assert_eq!(without_colors(kept), kept);
        }
    }

    proptest! {
        #[test]
        fn no_text_reaches_a_terminal_as_a_command(text in text()) {
            let shown = visible(&text);
            prop_assert!(!shown.contains(is_obeyed), "{shown:?}");
            let shown = visible(&without_colors(&text)).into_owned();
            prop_assert!(!shown.contains(is_obeyed), "{shown:?}");
            prop_assert_eq!(visible_lines(&text).matches('\n').count(), text.matches('\n').count());
        }

        #[test]
        fn json_keeps_its_data(text in text(), key in text()) {
            let document = serde_json::to_string_pretty(&Value::from_iter([(key, text)])).unwrap();
            let shown = visible_json(&document);
            prop_assert!(!shown.contains(|c| c != '\n' && is_obeyed(c)), "{shown:?}");
            let same: Value = serde_json::from_str(&shown).unwrap();
            prop_assert_eq!(same, serde_json::from_str::<Value>(&document).unwrap());
        }
    }
}
