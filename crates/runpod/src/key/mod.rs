//! The API key. It leaves its type in two ways only: as one header, and as the text to redact.

mod flaw;
mod mask;
mod ring;

use std::fmt;

use bytes::Bytes;
use reqwest::header::HeaderValue;
use secrecy::{ExposeSecret, SecretString};

pub use self::flaw::Flaw;
pub use self::mask::{looks_like_a_key, mask};
pub use self::ring::KeyRing;
use self::ring::redact_json;

/// Replaces a key in a text.
const REDACTED: &str = "[redacted]";

/// Minimum length of a key that is redacted. Runpod's keys have more than 40 characters; a shorter stand-in for a simulated Runpod,
/// such as `any`, is part of names and of words.
const MIN_REDACTED: usize = 6;

/// A Runpod API key. `Debug` hides it, and there is no `Display`.
#[derive(Clone)]
pub struct ApiKey(SecretString);

/// Why a text is not a key. Contains no part of the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the API key {0}")]
pub struct KeyError(pub Flaw);

impl ApiKey {
    /// Parses a key. White space around it, such as the line break at the end of a file, is dropped.
    pub fn parse(text: &str) -> Result<Self, KeyError> {
        match Flaw::of(text) {
            Some(flaw) => Err(KeyError(flaw)),
            None => Ok(Self(SecretString::from(text.trim()))),
        }
    }

    /// Whether the text is the key.
    pub fn is(&self, text: &str) -> bool {
        self.0.expose_secret() == text
    }

    /// The value of the `Authorization` header, marked as sensitive so that HTTP libraries do not print it.
    pub(crate) fn bearer(&self) -> Result<HeaderValue, KeyError> {
        let mut value = HeaderValue::from_str(&format!("Bearer {}", self.0.expose_secret()))
            .map_err(|_unprintable| KeyError(Flaw::Character))?;
        value.set_sensitive(true);
        Ok(value)
    }

    /// The text without the key: a server may repeat the key in an error body, and a program may print its environment.
    /// A text without the key is not copied.
    pub(crate) fn redact(&self, text: String) -> String {
        match self.redacted() {
            Some(key) if text.contains(key) => text.replace(key, REDACTED),
            _ => text,
        }
    }

    /// The same for JSON, where a character of the key may be written as an escape.
    pub(crate) fn redact_json(&self, body: Bytes) -> Bytes {
        redact_json(body, &[self])
    }

    /// Whether the text contains the key in upper or lower case.
    pub(crate) fn is_in(&self, text: &str) -> bool {
        let key = self.redacted().map(str::to_ascii_lowercase);
        key.is_some_and(|key| text.to_ascii_lowercase().contains(&key))
    }

    /// What is removed from texts, unless it is too short to be a key.
    fn redacted(&self) -> Option<&str> {
        Some(self.0.expose_secret()).filter(|key| key.len() >= MIN_REDACTED)
    }
}

/// The end of the key, if it begins here.
fn end_of_key(json: &[u8], start: usize, key: &[u8]) -> Option<usize> {
    key.iter().try_fold(start, |at, expected| {
        let rest = json.get(at..)?;
        let (byte, length) = match rest {
            [b'\\', b'u', hex @ ..] => {
                let code =
                    str::from_utf8(hex.get(..4)?).ok().and_then(|hex| u32::from_str_radix(hex, 16).ok())?;
                (u8::try_from(code).ok()?, 6)
            }
            [b'\\', escaped @ (b'"' | b'\\' | b'/'), ..] => (*escaped, 2),
            [byte, ..] => (*byte, 1),
            [] => return None,
        };
        (byte == *expected).then_some(at + length)
    })
}

impl PartialEq for ApiKey {
    fn eq(&self, other: &Self) -> bool {
        self.0.expose_secret() == other.0.expose_secret()
    }
}

impl fmt::Debug for ApiKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ApiKey([redacted])")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_hides_the_key() {
        let key = ApiKey::parse("rpa_SECRET\n").unwrap();
        assert!(!format!("{key:?} {:?}", key.bearer().unwrap()).contains("SECRET"));
    }

    #[test]
    fn a_repeated_key_is_redacted() {
        let key = ApiKey::parse("rpa_SECRET").unwrap();
        assert_eq!(key.redact("bad key rpa_SECRET.".to_owned()), "bad key [redacted].");
        assert!(key.is("rpa_SECRET") && !key.is("rpa_SECRE"));
    }

    #[test]
    fn a_stand_in_for_a_key_is_not_a_part_of_words() {
        let key = ApiKey::parse("any").unwrap();
        assert_eq!(key.redact("company".to_owned()), "company");
        assert_eq!(key.redact_json(Bytes::from_static(br#"["any","many"]"#)), r#"["any","many"]"#);
        assert!(!key.is_in("Germany"));
    }

    #[test]
    fn a_key_in_json_is_redacted_however_it_is_written() {
        let key = ApiKey::parse("rpa_SEC/RET").unwrap();
        let redact = |body: &'static str| {
            String::from_utf8(key.redact_json(Bytes::from_static(body.as_bytes())).to_vec()).unwrap()
        };
        assert_eq!(redact(r#"{"name":"rpa_SEC/RET"}"#), r#"{"name":"[redacted]"}"#);
        assert_eq!(redact(r#"["xrpa_SEC\/RETy","rrpa_SEC/RET"]"#), r#"["x[redacted]y","r[redacted]"]"#);
        assert_eq!(redact(r#"["\u0072pa\u005fSEC\u002FRET"]"#), r#"["[redacted]"]"#);
        for kept in [r#"["rpa_SEC/RE"]"#, r#"["rpa_","\\u0072pa"]"#, "", "\\u00", r#"["ä\ud83d"]"#] {
            assert_eq!(redact(kept), kept);
        }
    }
}
