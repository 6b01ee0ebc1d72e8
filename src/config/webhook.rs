//! How finished jobs are taken: by whom, how large, and where their tokens stand.

use std::path::{Path, PathBuf};

use secrecy::{ExposeSecret as _, SecretString};
use serde::Deserialize;
use serde::de::IgnoredAny;
use subtle::ConstantTimeEq as _;

use crate::jobs::{Pointer, Pointers};

/// The token is in a URL as it is: nothing that means something there, and no white space.
const UNRESERVED: &str = "-._~";

/// The body of a webhook: Runpod takes outputs of 20 MB, and there is an input beside it, of 10 MB at the most. The rare job
/// that has the most of both is refused.
const MAX_BODY: usize = 24 * 1024 * 1024;

/// How finished jobs are taken.
#[derive(Debug, Clone)]
pub struct Webhook {
    /// What the sender has to know. Without it, jobs are taken only where nobody but this machine can send them.
    pub token: Option<Token>,
    /// The file that the token came from, if it came from one.
    pub token_file: Option<PathBuf>,
    /// Bytes of one webhook.
    pub max_body: usize,
    /// Where tokens stand in a job's output.
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
    /// Where tokens that were read stand: in the usage of Runpod's worker for vllm, in that of `OpenAI`, and in Runpod's own
    /// example of `/status`.
    pub const TOKENS_IN: [&str; 3] = ["/usage/input", "/usage/prompt_tokens", "/input_tokens"];

    /// Where tokens that were written stand, likewise.
    pub const TOKENS_OUT: [&str; 3] = ["/usage/output", "/usage/completion_tokens", "/output_tokens"];
}

/// What the configuration file says of it. What is missing is taken from the flags.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Entry {
    token_file: Option<PathBuf>,
    token_env: Option<String>,
    /// Known only to be refused: a configuration file is copied, committed and shown.
    token: Option<IgnoredAny>,
    max_body_bytes: Option<usize>,
    tokens_in: Option<Vec<String>>,
    tokens_out: Option<Vec<String>>,
}

impl Entry {
    /// What is said here over what the flags say. Relative paths are relative to `folder`.
    pub(super) fn over(
        self,
        flags: Webhook,
        folder: &Path,
        environment: &dyn Fn(&str) -> Option<String>,
    ) -> Result<Webhook, String> {
        let Self { token_file, token_env, token: in_file, max_body_bytes, tokens_in, tokens_out } = self;
        if in_file.is_some() {
            return Err("token: tokens are not allowed in this file; store the token in a separate file and set token_file, or in an environment variable and set token_env".to_owned());
        }
        let (token, token_file) = match (token_file, token_env) {
            (None, None) => (flags.token, flags.token_file),
            (Some(_), Some(_)) => {
                return Err("token_file and token_env are both set; remove one of them".to_owned());
            }
            _ if flags.token.is_some() => {
                return Err("the token is set here and by a flag or variable; remove one of them".to_owned());
            }
            (Some(file), None) => {
                let file = folder.join(file);
                (webhook_token(None, Some(&file)).map_err(|error| error.to_string())?, Some(file))
            }
            (None, Some(name)) => {
                let value =
                    environment(&name).ok_or_else(|| format!("token_env: the variable {name} is not set"))?;
                let token = Token::parse(&value)
                    .ok_or_else(|| WebhookError::Unusable { origin: name }.to_string())?;
                (Some(token), None)
            }
        };
        let pointers = |field: &str, texts: Option<Vec<String>>| match texts {
            None => Ok(None),
            Some(texts) => {
                let read = texts.iter().map(|text| text.parse::<Pointer>()).collect::<Result<Vec<_>, _>>();
                read.map(Some).map_err(|error| format!("{field}: {error}"))
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

/// What a sender has to know. `Debug` hides it.
#[derive(Debug, Clone)]
pub struct Token(SecretString);

/// Why there is no token. Says nothing of the token itself.
#[derive(Debug, thiserror::Error)]
pub enum WebhookError {
    /// Both, and nobody can say which was meant.
    #[error(
        "RUNPOD_WEBHOOK_TOKEN and --webhook.token-file (RUNPOD_WEBHOOK_TOKEN_FILE) are both set; remove one of them"
    )]
    TwoTokens,
    /// The file with the token.
    #[error("cannot read the webhook token file {path}: {cause}")]
    File {
        /// As given.
        path: String,
        /// What the system says.
        cause: std::io::Error,
    },
    /// The token itself.
    #[error(
        "{origin}: the webhook token is empty or has a character that needs escaping in a URL; generate one with: openssl rand -hex 32"
    )]
    Unusable {
        /// Where it came from.
        origin: String,
    },
}

impl Token {
    /// Takes a token as a person stores it: white space around it is dropped. `None` if it cannot stand in a URL.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        let plain = |character: char| character.is_ascii_alphanumeric() || UNRESERVED.contains(character);
        (!text.is_empty() && text.chars().all(plain)).then(|| Self(SecretString::from(text)))
    }

    /// Whether this is the token. How long the answer takes says nothing but how long the token is.
    pub fn is(&self, given: &str) -> bool {
        self.0.expose_secret().as_bytes().ct_eq(given.as_bytes()).into()
    }
}

/// Takes the token from where it is: the variable or the file, never a flag, which the process list would show.
pub fn webhook_token(variable: Option<&str>, file: Option<&Path>) -> Result<Option<Token>, WebhookError> {
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
    Token::parse(&text).map(Some).ok_or(WebhookError::Unusable { origin })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_comes_from_one_place_and_can_stand_in_a_url() {
        assert!(webhook_token(None, None).unwrap().is_none());
        assert!(webhook_token(Some(" "), None).unwrap().is_none());
        assert!(matches!(webhook_token(Some("x"), Some(Path::new("/x"))), Err(WebhookError::TwoTokens)));
        let error = webhook_token(None, Some(Path::new("/nowhere/token"))).unwrap_err().to_string();
        assert!(error.starts_with("cannot read the webhook token file /nowhere/token: "), "{error}");
        for bad in ["a b", "a+b", "a/b", "a%20b", "ä"] {
            let error = webhook_token(Some(bad), None).unwrap_err().to_string();
            assert!(error.starts_with("RUNPOD_WEBHOOK_TOKEN: ") && !error.contains(bad), "{error}");
        }
    }

    #[test]
    fn only_the_token_is_the_token_and_debug_hides_it() {
        let token = Token::parse("SECRET-1\n").unwrap();
        assert!(token.is("SECRET-1"));
        for other in ["", "SECRET-", "SECRET-2", "SECRET-11", "secret-1"] {
            assert!(!token.is(other), "{other}");
        }
        assert!(!format!("{token:?}").contains("SECRET"));
    }

    #[test]
    fn the_places_of_tokens_are_pointers() {
        for text in Webhook::TOKENS_IN.into_iter().chain(Webhook::TOKENS_OUT) {
            assert!(text.parse::<Pointer>().is_ok(), "{text}");
        }
    }
}
