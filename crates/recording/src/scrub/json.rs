//! The tokens of a JSON text. It is read token by token and not parsed, so that every number stays as it is written, members keep
//! their order, repeated ones too, and a text that is cut off is scrubbed up to its end.

use super::number::is_number;

/// Stands for half of a surrogate pair in a decoded string. Unicode assigns this character to no text.
const HALF: char = '\u{fdd0}';

/// A token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Token<'a> {
    /// The start of an object or array, its end, a comma or a colon.
    Mark(char),
    /// A string, decoded.
    Text(String),
    /// A number, `true`, `false` or `null`, as it is written.
    Literal(&'a str),
}

/// The tokens of a text. `None` for what is not JSON.
pub(super) fn tokens(text: &str) -> impl Iterator<Item = Option<Token<'_>>> {
    let mut rest = text.trim_start();
    std::iter::from_fn(move || {
        let first = rest.chars().next()?;
        let (token, after) = match first {
            '{' | '}' | '[' | ']' | ',' | ':' => (Token::Mark(first), rest.get(1..).unwrap_or_default()),
            '"' => {
                let (text, after) = string(rest.get(1..).unwrap_or_default());
                (Token::Text(text), after)
            }
            _ => {
                let is_part = |c: char| c.is_ascii_alphanumeric() || "+-.".contains(c);
                let end = rest.find(|c| !is_part(c)).unwrap_or(rest.len());
                let (literal, after) = rest.split_at_checked(end)?;
                if !is_literal(literal) {
                    rest = "";
                    return Some(None);
                }
                (Token::Literal(literal), after)
            }
        };
        rest = after.trim_start();
        Some(Some(token))
    })
}

/// Whether a word is `true`, `false`, `null` or a number.
fn is_literal(word: &str) -> bool {
    ["true", "false", "null"].contains(&word) || is_number(word)
}

/// A string after its first quotation mark, decoded, and what follows it. One that is cut off ends with the text.
fn string(text: &str) -> (String, &str) {
    let mut decoded = String::new();
    let mut characters = text.char_indices();
    while let Some((at, character)) = characters.next() {
        match character {
            '"' => return (decoded, text.get(at.saturating_add(1)..).unwrap_or_default()),
            '\\' => match characters.next() {
                Some((at, 'u')) => {
                    let (character, length) = unicode(text.get(at.saturating_add(1)..).unwrap_or_default());
                    decoded.push(character);
                    for _ in 0..length {
                        characters.next();
                    }
                }
                Some((_, escaped)) => decoded.push(match escaped {
                    'n' => '\n',
                    't' => '\t',
                    'r' => '\r',
                    'b' => '\u{8}',
                    'f' => '\u{c}',
                    other => other,
                }),
                None => break,
            },
            other => decoded.push(other),
        }
    }
    (decoded, "")
}

/// The character of the digits after `\u`, and how many characters it takes: with the other half of a surrogate pair, ten.
fn unicode(digits: &str) -> (char, usize) {
    let unit = |from: usize| {
        let digits = digits.get(from..from.saturating_add(4))?;
        digits.bytes().all(|byte| byte.is_ascii_hexdigit()).then(|| u16::from_str_radix(digits, 16).ok())?
    };
    let Some(first) = unit(0) else { return (char::REPLACEMENT_CHARACTER, 0) };
    let second = digits.get(4..6).filter(|mark| *mark == "\\u").and_then(|_| unit(6));
    let mut units = char::decode_utf16([Some(first), second].into_iter().flatten());
    match units.next() {
        Some(Ok(character)) if character.len_utf16() == 2 => (character, 10),
        Some(Ok(character)) => (character, 4),
        _ => (HALF, 4),
    }
}

/// A string as it is written in JSON.
pub(super) fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string().replace(HALF, "\\ud83d")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(text: &str) -> Option<Vec<Token<'_>>> {
        tokens(text).collect()
    }

    #[test]
    fn strings_are_decoded_and_literals_stay() {
        let text = |text: &str| Token::Text(text.to_owned());
        assert_eq!(all(r#""a\"\\\/\n\u00e4\ud83d\ude42""#), Some(vec![text("a\"\\/\nä🙂")]));
        assert_eq!(all("1.10"), Some(vec![Token::Literal("1.10")]));
        assert_eq!(all("-1e400"), Some(vec![Token::Literal("-1e400")]));
        for garbage in
            ["<html>", "NaN", "truest", "'a'", "Internal Server Error", "1 $", "10.66.77.88", "+1", "01"]
        {
            assert_eq!(all(garbage), None, "{garbage}");
        }
    }

    #[test]
    fn damage_is_read_to_the_end() {
        for damaged in [r#""a\"#, r#""a\u12"#, r#""a\ud83d"#, r#"{"a":"b"#, r#""\u"#, r#""\ud83d\ud83d""#] {
            assert!(all(damaged).is_some(), "{damaged}");
        }
        let half = all(r#""x\ud83d""#).unwrap();
        let Some(Token::Text(half)) = half.first() else { panic!() };
        assert_eq!(quoted(half), r#""x\ud83d""#);
    }
}
