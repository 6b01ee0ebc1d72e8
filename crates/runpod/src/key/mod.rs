//! The API key. It leaves its type in two ways only: as one header, and as the text to redact.

mod flaw;
mod mask;

use std::fmt;

use reqwest::header::HeaderValue;
use secrecy::{ExposeSecret, SecretString};

pub use self::flaw::Flaw;
pub use self::mask::{looks_like_a_key, mask};

/// Replaces a key in a text.
const REDACTED: &str = "[redacted]";

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
        let key = self.0.expose_secret();
        if text.contains(key) { text.replace(key, REDACTED) } else { text }
    }
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
}
