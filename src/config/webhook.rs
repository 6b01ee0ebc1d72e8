//! How finished jobs are accepted: the webhook token, the maximum size, and the JSON pointers to token counts.

use std::path::{Path, PathBuf};

use secrecy::{ExposeSecret as _, SecretString};
use serde::Deserialize;
use serde::de::IgnoredAny;
use subtle::ConstantTimeEq as _;

use crate::jobs::{Pointer, Pointers};
use crate::settings::Invalid;

/// Punctuation that a token may contain: characters that need no escaping in a URL.
const UNRESERVED: &str = "-._~";

/// Minimum length of a token: a shorter one can be guessed.
const MIN_TOKEN: usize = 16;

/// Default maximum size of a webhook. Runpod allows outputs of 20 MB and inputs of 10 MB; a job that has both is rare, and is
/// rejected.
const MAX_BODY: usize = 24 * 1024 * 1024;

/// How finished jobs are accepted.
#[derive(Debug, Clone)]
pub struct Webhook {
    /// The token that a sender must present. Without it, jobs are accepted only if no other machine can send any.
    pub token: Option<Token>,
    /// The file that contains the token, if it is not in a variable.
    pub token_file: Option<PathBuf>,
    /// Maximum size of a webhook in bytes.
    pub max_body: usize,
    /// Pointers to the token counts in a job's output.
    pub pointers: Pointers,
}

impl Default for Webhook {
    fn default() -> Self {
        let pointers = |texts: [&str; 3]| texts.into_iter().flat_map(str::parse::<Pointer>).collect();
        let pointers = Pointers::new(pointers(Self::TOKENS_IN), pointers(Self::TOKENS_OUT));
        Self { token: None, token_file: None, max_body: MAX_BODY, pointers }
    }
}

impl Webhook {
    /// Default pointers to the input tokens: in the usage of Runpod's vLLM worker, in that of `OpenAI`, and in Runpod's
    /// example of `/status`.
    pub const TOKENS_IN: [&str; 3] = ["/usage/input", "/usage/prompt_tokens", "/input_tokens"];

    /// Default pointers to the output tokens, in the same order.
    pub const TOKENS_OUT: [&str; 3] = ["/usage/output", "/usage/completion_tokens", "/output_tokens"];
}

/// The webhook section of the configuration file. Missing values are those of the flags.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Entry {
    token_file: Option<PathBuf>,
    token_env: Option<String>,
    /// Always rejected, because a configuration file is copied, committed and shown to others.
    token: Option<IgnoredAny>,
    max_body_bytes: Option<usize>,
    tokens_in: Option<Vec<String>>,
    tokens_out: Option<Vec<String>>,
}

impl Entry {
    /// Replaces the values of the flags. Relative paths are relative to `folder`.
    pub(super) fn over(
        self,
        flags: Webhook,
        folder: &Path,
        environment: &dyn Fn(&str) -> Option<String>,
    ) -> Result<Webhook, Invalid> {
        let Self { token_file, token_env, token: forbidden_token, max_body_bytes, tokens_in, tokens_out } =
            self;
        if forbidden_token.is_some() {
            return Err(Invalid::new("tokens are not allowed in this file; store the token in a separate file and set token_file, or in an environment variable and set token_env").within("token"));
        }
        let (token, token_file) = match (token_file, token_env) {
            (None, None) => (flags.token, flags.token_file),
            (Some(_), Some(_)) => {
                return Err(Invalid::new("token_file and token_env are both set; remove one of them"));
            }
            _ if flags.token.is_some() => {
                return Err(Invalid::new(
                    "the token is set here and by a flag or variable; remove one of them",
                ));
            }
            (Some(file), None) => {
                let file = folder.join(file);
                let token = webhook_token(None, Some(&file));
                (token.map_err(|error| Invalid::new(error.to_string()))?, Some(file))
            }
            (None, Some(name)) => {
                let not_set = || Invalid::new(format!("the variable {name} is not set")).within("token_env");
                let value = environment(&name).ok_or_else(not_set)?;
                let invalid = || Invalid::new(WebhookError::Invalid { origin: name.clone() }.to_string());
                (Some(Token::parse(&value).ok_or_else(invalid)?), None)
            }
        };
        let pointers = |field: &str, texts: Option<Vec<String>>| match texts {
            None => Ok(None),
            Some(texts) => {
                let parsed = texts.iter().map(|text| text.parse::<Pointer>()).collect::<Result<Vec<_>, _>>();
                parsed.map(Some).map_err(|error| Invalid::new(error.to_string()).within(field))
            }
        };
        Ok(Webhook {
            token,
            token_file,
            max_body: max_body_bytes.unwrap_or(flags.max_body),
            pointers: flags
                .pointers
                .with(pointers("tokens_in", tokens_in)?, pointers("tokens_out", tokens_out)?),
        })
    }
}

/// The token that a sender must present. `Debug` hides it.
#[derive(Debug, Clone)]
pub struct Token(SecretString);

/// Why there is no token. Messages do not contain the token.
#[derive(Debug, thiserror::Error)]
pub enum WebhookError {
    /// Both token and token file.
    #[error(
        "RUNPOD_WEBHOOK_TOKEN and --webhook.token-file (RUNPOD_WEBHOOK_TOKEN_FILE) are both set; remove one of them"
    )]
    TwoTokens,
    /// The token file cannot be read.
    #[error("cannot read the webhook token file {path}: {cause}")]
    File {
        /// Its path.
        path: String,
        /// The error of the operating system.
        cause: std::io::Error,
    },
    /// The token is invalid.
    #[error(
        "{origin}: the webhook token is shorter than {MIN_TOKEN} characters or has a character that needs escaping in a URL; generate one with: openssl rand -hex 32"
    )]
    Invalid {
        /// The file or variable that contains it.
        origin: String,
    },
}

impl Token {
    /// Parses a token, without surrounding white space. `None` if it is shorter than 16 characters or needs
    /// escaping in a URL.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        let is_unreserved =
            |character: char| character.is_ascii_alphanumeric() || UNRESERVED.contains(character);
        (text.len() >= MIN_TOKEN && text.chars().all(is_unreserved)).then(|| Self(SecretString::from(text)))
    }

    /// Whether the given text is the token. The duration of the comparison depends only on the length.
    pub fn is(&self, given: &str) -> bool {
        self.0.expose_secret().as_bytes().ct_eq(given.as_bytes()).into()
    }
}

/// Reads the token from the variable or the file. There is no flag for it, because `ps` would show it.
pub(crate) fn webhook_token(
    variable: Option<&str>,
    file: Option<&Path>,
) -> Result<Option<Token>, WebhookError> {
    let variable = variable.filter(|value| !value.trim().is_empty());
    let (text, origin) = match (variable, file) {
        (None, None) => return Ok(None),
        (Some(_), Some(_)) => return Err(WebhookError::TwoTokens),
        (Some(value), None) => (value.to_owned(), "RUNPOD_WEBHOOK_TOKEN".to_owned()),
        (None, Some(path)) => {
            let path = path.display().to_string();
            let text = std::fs::read_to_string(&path)
                .map_err(|cause| WebhookError::File { path: path.clone(), cause })?;
            (text, path)
        }
    };
    Token::parse(&text).map(Some).ok_or(WebhookError::Invalid { origin })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_has_one_source_and_needs_no_escaping_in_a_url() {
        assert!(webhook_token(None, None).unwrap().is_none());
        assert!(webhook_token(Some(" "), None).unwrap().is_none());
        assert!(matches!(webhook_token(Some("x"), Some(Path::new("/x"))), Err(WebhookError::TwoTokens)));
        let error = webhook_token(None, Some(Path::new("/nowhere/token"))).unwrap_err().to_string();
        assert!(error.starts_with("cannot read the webhook token file /nowhere/token: "), "{error}");
        let long = ["a b", "a+b", "a/b", "a%20b", "ä"].map(|bad| bad.repeat(16));
        for bad in ["SECRET0SECRET0S"].into_iter().chain(long.iter().map(String::as_str)) {
            let error = webhook_token(Some(bad), None).unwrap_err().to_string();
            assert!(error.starts_with("RUNPOD_WEBHOOK_TOKEN: ") && !error.contains(bad), "{error}");
        }
    }

    #[test]
    fn other_tokens_do_not_match_and_debug_hides_the_token() {
        let token = Token::parse("SECRET0SECRET0SECRET-1\n").unwrap();
        assert!(token.is("SECRET0SECRET0SECRET-1"));
        for other in [
            "",
            "SECRET0SECRET0SECRET-",
            "SECRET0SECRET0SECRET-2",
            "SECRET0SECRET0SECRET-11",
            "secret0secret0secret-1",
        ] {
            assert!(!token.is(other), "{other}");
        }
        assert!(!format!("{token:?}").contains("SECRET"));
    }

    #[test]
    fn the_default_pointers_are_valid() {
        for text in Webhook::TOKENS_IN.into_iter().chain(Webhook::TOKENS_OUT) {
            assert!(text.parse::<Pointer>().is_ok(), "{text}");
        }
    }
}
