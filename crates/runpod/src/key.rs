//! The API key, and the only ways out of it: one header, and the text that replaces it wherever it turns up.

use std::fmt;

use reqwest::header::HeaderValue;
use secrecy::{ExposeSecret, SecretString};

/// What stands in a text where the key stood.
const REDACTED: &str = "[redacted]";

/// A Runpod API key. `Debug` hides it, and there is no `Display`.
#[derive(Clone)]
pub struct ApiKey(SecretString);

/// Why a text cannot be a key. Says nothing of the text itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    /// Nothing but white space.
    #[error("the API key is empty")]
    Empty,
    /// A character that an HTTP header cannot carry, often a stray newline or a typographic quote.
    #[error(
        "the API key has a character that is not allowed in an HTTP header (line break, quote or other non-ASCII)"
    )]
    Unsendable,
}

impl ApiKey {
    /// Takes a key as a person stores it: white space around it, such as the newline at the end of a file, is dropped.
    pub fn parse(text: &str) -> Result<Self, KeyError> {
        let text = text.trim();
        if text.is_empty() {
            return Err(KeyError::Empty);
        }
        if !text.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err(KeyError::Unsendable);
        }
        Ok(Self(SecretString::from(text)))
    }

    /// The value of the `Authorization` header, marked so that no client library prints it.
    pub(super) fn bearer(&self) -> Result<HeaderValue, KeyError> {
        let mut value = HeaderValue::from_str(&format!("Bearer {}", self.0.expose_secret()))
            .map_err(|_unprintable| KeyError::Unsendable)?;
        value.set_sensitive(true);
        Ok(value)
    }

    /// The same for a text that is mostly clean, and then not copied.
    pub(super) fn redacted(&self, text: String) -> String {
        if text.contains(self.0.expose_secret()) { self.redact(&text) } else { text }
    }

    /// `text` without the key: an upstream may repeat the key in an error body.
    pub(super) fn redact(&self, text: &str) -> String {
        text.replace(self.0.expose_secret(), REDACTED)
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
        assert_eq!(key.redact("bad key rpa_SECRET."), "bad key [redacted].");
    }

    #[test]
    fn what_cannot_be_sent_is_refused_without_being_repeated() {
        assert_eq!(ApiKey::parse(" \n").unwrap_err(), KeyError::Empty);
        let error = ApiKey::parse("rpa_“SECRET”").unwrap_err();
        assert!(!error.to_string().contains("SECRET"));
    }
}
