//! How finished jobs are accepted: the webhook token, the maximum size, and the JSON pointers to token counts.

use std::path::{Path, PathBuf};

use secrecy::{ExposeSecret as _, SecretString};
use serde::Deserialize;
use serde::de::IgnoredAny;
use subtle::ConstantTimeEq as _;

use super::variable::variable_of;
use super::{Inputs, ReadError};
use crate::jobs::{Pointer, Pointers};
use crate::settings::Invalid;
use runpod::Flaw;

/// The variable with the token.
const VARIABLE: &str = "RUNPOD_WEBHOOK_TOKEN";

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
#[serde(deny_unknown_fields, expecting = "keys such as token_file")]
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
    pub(super) fn over(self, flags: Webhook, folder: &Path, inputs: &Inputs) -> Result<Webhook, Invalid> {
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
                let token = token_of_file(inputs, &file);
                (Some(token.map_err(|error| Invalid::new(error.to_string()))?), Some(file))
            }
            (None, Some(name)) => {
                let value = variable_of("token_env", &name, inputs)?;
                let invalid = |error: WebhookError| Invalid::new(error.to_string()).within("token_env");
                (Some(token(&value, name).map_err(invalid)?), None)
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
        /// Why it cannot be read.
        cause: ReadError,
    },
    /// The token has what no token has.
    #[error("{origin}: the webhook token {flaw}")]
    Flawed {
        /// The file or variable that contains it.
        origin: String,
        /// What it has.
        flaw: Flaw,
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
pub(crate) fn webhook_token(inputs: &Inputs, file: Option<&Path>) -> Result<Option<Token>, WebhookError> {
    match (inputs.secret_variable(VARIABLE), file) {
        (None, None) => Ok(None),
        (Some(_), Some(_)) => Err(WebhookError::TwoTokens),
        (Some(value), None) => token(&value, VARIABLE.to_owned()).map(Some),
        (None, Some(path)) => token_of_file(inputs, path).map(Some),
    }
}

fn token_of_file(inputs: &Inputs, path: &Path) -> Result<Token, WebhookError> {
    let origin = path.display().to_string();
    let text = inputs.secret_file(path);
    let text = text.map_err(|cause| WebhookError::File { path: origin.clone(), cause })?;
    token(&text, origin)
}

fn token(text: &str, origin: String) -> Result<Token, WebhookError> {
    if let Some(token) = Token::parse(text) {
        return Ok(token);
    }
    // What is wrong with a key is wrong with a token; what remains are characters that need escaping in a URL.
    Err(match Flaw::of(text) {
        Some(flaw) if flaw != Flaw::Character => WebhookError::Flawed { origin, flaw },
        _ => WebhookError::Invalid { origin },
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_has_one_source_and_needs_no_escaping_in_a_url() {
        let inputs = |variable: fn(&str) -> Option<String>| Inputs::new(PathBuf::new(), variable);
        let (none, blank) = (inputs(|_| None), inputs(|_| Some(" ".to_owned())));
        assert!(webhook_token(&none, None).unwrap().is_none());
        assert!(webhook_token(&blank, None).unwrap().is_none());
        let set = inputs(|_| Some("x".to_owned()));
        assert!(matches!(webhook_token(&set, Some(Path::new("/x"))), Err(WebhookError::TwoTokens)));
        let error = webhook_token(&none, Some(Path::new("/nowhere/token"))).unwrap_err().to_string();
        assert!(error.starts_with("cannot read the webhook token file /nowhere/token: "), "{error}");
        for (bad, word) in [
            ("SECRET0SECRET0S", "shorter than 16 characters"),
            ("a b", "white space"),
            ("a+b", "escaping"),
            ("a/b", "escaping"),
            ("a%20b", "escaping"),
            ("\u{e4}\u{e4}", "not ASCII"),
            ("\"ab\"", "quotation marks"),
            ("RUNPOD_WEBHOOK_TOKEN=ab", "assignment"),
            (" ", "is empty"),
        ] {
            let error = token(bad, VARIABLE.to_owned()).unwrap_err().to_string();
            assert!(
                error.starts_with("RUNPOD_WEBHOOK_TOKEN: the webhook token ") && error.contains(word),
                "{error}"
            );
            assert!(bad == " " || !error.contains(bad), "{error}");
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
