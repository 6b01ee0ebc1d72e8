//! What a key never has. Most rejected keys are valid keys with something around them.

/// Maximum length of a key. Runpod's keys have some 50 characters; the tokens of a gateway may be longer.
const MAX_LENGTH: usize = 4096;

/// Quotation marks, also those that word processors insert.
const QUOTES: &[char] = &[
    '"', '\'', '`', '\u{ab}', '\u{bb}', '\u{2018}', '\u{2019}', '\u{201a}', '\u{201c}', '\u{201d}',
    '\u{201e}',
];

/// How Runpod's keys begin.
const PREFIX: &str = "rpa_";

/// The first characters of a key that is encoded in base64, as in the manifest of a Kubernetes secret.
const ENCODED_PREFIX: &str = "cnBhX";

/// Why a text cannot be a key or token: the end of a sentence that begins with "the API key". Contains no part of the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, strum::EnumIter, thiserror::Error)]
pub enum Flaw {
    /// Only white space.
    #[error("is empty")]
    Empty,
    /// A byte order mark, which some editors write at the beginning of a file.
    #[error("begins with a byte order mark; save the file as UTF-8 without it")]
    ByteOrderMark,
    /// A JSON document around the key.
    #[error("is JSON; use only the value of the key, without braces and quotation marks")]
    Json,
    /// A whole header or its value.
    #[error("begins with Bearer or with the name of a header; use only what follows it")]
    Header,
    /// A variable or placeholder that was not replaced, or a key that a page displays in part.
    #[error("is a placeholder or only a part of a key; use the complete key")]
    Placeholder,
    /// A line of an `.env` or YAML file.
    #[error("is an assignment such as NAME=value; use only the value")]
    Assignment,
    /// Quotation marks: `docker --env-file` and systemd's `EnvironmentFile` do not treat them alike.
    #[error("has quotation marks; remove them")]
    Quoted,
    /// A path or URL.
    #[error("is a path or a URL; use the key itself, or the setting for a file with the key")]
    Path,
    /// More than one line.
    #[error("has more than one line; keep only the line with the key")]
    Lines,
    /// White space between other characters.
    #[error("has white space inside; remove it")]
    WhiteSpace,
    /// A control character.
    #[error("has a control character, which is invisible; copy the key again")]
    Control,
    /// A character outside of ASCII.
    #[error("has a character that is not ASCII and may be invisible; copy the key again")]
    NonAscii,
    /// Base64.
    #[error("is encoded in base64; decode it")]
    Encoded,
    /// Text before the key.
    #[error("has text before the key; use only the key")]
    Prefixed,
    /// A character that no bearer token has.
    #[error("has a character that a key never has; allowed are letters, digits and -._~+/ with = at the end")]
    Character,
    /// Longer than any key.
    #[error("is longer than 4096 characters; use only the key")]
    TooLong,
}

impl Flaw {
    /// The first flaw of a text, or `None` if it can be a key. White space around it is not a flaw.
    ///
    /// What remains is a bearer token as in RFC 6750, because a gateway may use other keys than Runpod.
    pub fn of(text: &str) -> Option<Self> {
        let text = text.trim();
        let lower = text.to_ascii_lowercase();
        let inner = text.trim_end_matches('=');
        let flaws = [
            (text.trim_matches('\u{feff}').trim().is_empty(), Self::Empty),
            (text.starts_with('\u{feff}'), Self::ByteOrderMark),
            (text.starts_with(['{', '[']) && !text.starts_with("{{"), Self::Json),
            (is_header(&lower), Self::Header),
            (is_placeholder(text, &lower), Self::Placeholder),
            (is_assignment(text), Self::Assignment),
            (text.contains(QUOTES), Self::Quoted),
            (is_path(text), Self::Path),
            (text.contains(['\n', '\r', '\u{2028}', '\u{2029}']), Self::Lines),
            (text.contains(char::is_whitespace), Self::WhiteSpace),
            (text.contains(char::is_control), Self::Control),
            (!text.is_ascii(), Self::NonAscii),
            (text.starts_with(ENCODED_PREFIX), Self::Encoded),
            (lower.rfind(PREFIX).is_some_and(|at| at > 0), Self::Prefixed),
            (!inner.chars().all(is_token_character), Self::Character),
            (text.len() > MAX_LENGTH, Self::TooLong),
        ];
        flaws.into_iter().find_map(|(found, flaw)| found.then_some(flaw))
    }
}

/// RFC 6750, `b64token`.
fn is_token_character(character: char) -> bool {
    character.is_ascii_alphanumeric() || "-._~+/".contains(character)
}

fn is_header(lower: &str) -> bool {
    let follows =
        |scheme: &str| lower.strip_prefix(scheme).is_some_and(|rest| rest.starts_with(char::is_whitespace));
    ["bearer", "basic", "token"].into_iter().any(follows)
        || lower.starts_with("authorization:")
        || lower.starts_with("x-api-key:")
}

fn is_placeholder(text: &str, lower: &str) -> bool {
    let unreplaced = text.starts_with(['$', '<', '%']) || text.starts_with("{{");
    let shortened = ["...", "\u{2026}", "***", "\u{2022}"].into_iter().any(|mark| text.contains(mark));
    let example = ["your_", "your-", "<your", "change_me", "changeme"]
        .into_iter()
        .any(|start| lower.starts_with(start));
    unreplaced || shortened || example || lower == PREFIX
}

/// `NAME=value`, `export NAME=value`, `name: value`.
fn is_assignment(text: &str) -> bool {
    let text = ["export ", "set ", "SET ", "$env:"]
        .into_iter()
        .find_map(|word| text.strip_prefix(word))
        .unwrap_or(text);
    let text = text.trim_start();
    let is_name = |character: char| character.is_ascii_alphanumeric() || matches!(character, '_' | '-');
    let rest = text.trim_start_matches(is_name);
    if rest.len() == text.len() {
        return false;
    }
    let rest = rest.trim_start();
    match (rest.strip_prefix('='), rest.strip_prefix(':')) {
        // A base64 token may end with equals signs.
        (Some(value), _) => !value.trim_matches('=').is_empty(),
        (_, Some(value)) => !value.trim().is_empty() && !value.starts_with(['/', '\\']),
        _ => false,
    }
}

fn is_path(text: &str) -> bool {
    let starts = ["/", "./", "../", "~/", "\\\\"].into_iter().any(|start| text.starts_with(start));
    let drive = text.as_bytes().get(1..3).is_some_and(|after| after == b":\\" || after == b":/");
    starts || drive || text.contains("://")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use strum::IntoEnumIterator as _;

    use super::*;

    /// A text with each flaw, around the key.
    fn examples(key: &str) -> Vec<(Flaw, Vec<String>)> {
        vec![
            (Flaw::Empty, vec![String::new(), " \n\t".into(), "\u{feff}".into(), "\u{feff}\r\n".into()]),
            (
                Flaw::ByteOrderMark,
                vec![format!("\u{feff}{key}"), format!("\u{feff}{key}\r\n"), format!("\u{feff}\"{key}\"")],
            ),
            (
                Flaw::Json,
                vec![format!("{{\"key\": \"{key}\"}}"), format!("[\"{key}\"]"), format!("{{key:{key}}}")],
            ),
            (
                Flaw::Header,
                vec![
                    format!("Bearer {key}"),
                    format!("bearer\t{key}"),
                    format!("Authorization: Bearer {key}"),
                ],
            ),
            (
                Flaw::Placeholder,
                [
                    "${RUNPOD_API_KEY}",
                    "$KEY",
                    "<key>",
                    "{{ key }}",
                    "%KEY%",
                    "your_api_key",
                    "rpa_",
                    "rpa_AB...YZ",
                    "***",
                ]
                .map(str::to_owned)
                .to_vec(),
            ),
            (
                Flaw::Assignment,
                vec![
                    format!("RUNPOD_API_KEY={key}"),
                    format!("RUNPOD_API_KEY=\"{key}\""),
                    format!("export KEY={key}"),
                    format!("api_key: {key}"),
                    format!("key:{key}"),
                    format!("A=1\nKEY = {key}\n"),
                ],
            ),
            (
                Flaw::Quoted,
                vec![
                    format!("\"{key}\""),
                    format!("'{key}'"),
                    format!("\u{201c}{key}\u{201d}"),
                    format!("{key}\""),
                    format!("`{key}`"),
                ],
            ),
            (
                Flaw::Path,
                vec![
                    "/run/secrets/key".into(),
                    "./key".into(),
                    "~/key".into(),
                    "C:\\key".into(),
                    format!("https://host/?{key}"),
                ],
            ),
            (Flaw::Lines, vec![format!("{key}\n{key}"), format!("# key\n{key}"), format!("{key}\r{key}")]),
            (Flaw::WhiteSpace, vec![format!("{key} {key}"), format!("{key}\u{a0}x"), format!("{key}\tx")]),
            (Flaw::Control, vec![format!("{key}\0"), format!("{key}\u{1b}[0m"), format!("r\u{7f}{key}")]),
            (
                Flaw::NonAscii,
                vec![
                    format!("{key}\u{200b}"),
                    format!("{key}\u{e4}"),
                    format!("\u{200e}{key}"),
                    format!("{key}\u{feff}"),
                ],
            ),
            (Flaw::Encoded, vec!["cnBhX1NFQ1JFVA==".into()]),
            (Flaw::Prefixed, vec![format!("x{key}"), format!("key,{key}"), format!("{key}{key}")]),
            (
                Flaw::Character,
                vec![format!("{key}\\n"), format!("{key};"), format!("{key},"), "user@host".into()],
            ),
            (Flaw::TooLong, vec!["a".repeat(MAX_LENGTH + 1)]),
        ]
    }

    #[test]
    fn every_flaw_is_found() {
        let examples = examples("rpa_SECRET");
        let covered: Vec<_> = examples.iter().map(|(flaw, _)| *flaw).collect();
        assert_eq!(covered, Flaw::iter().collect::<Vec<_>>());
        for (flaw, texts) in examples {
            for text in texts {
                assert_eq!(Flaw::of(&text), Some(flaw), "{text:?}");
            }
        }
    }

    #[test]
    fn keys_have_no_flaw() {
        for key in [
            "rpa_SECRET",
            " rpa_SECRET\r\n",
            "A0B1C2D3",
            "eyJh.eyJz-_.c2ln",
            "dG9rZW4+/w==",
            "demo-key",
            "your",
        ] {
            assert_eq!(Flaw::of(key), None, "{key}");
        }
    }

    /// Two secrets of the same length.
    fn secrets() -> impl Strategy<Value = (String, String)> {
        (12..=48_usize).prop_flat_map(|length| {
            let secret = move || prop::string::string_regex(&format!("[A-Z0-9]{{{length}}}")).unwrap();
            (secret(), secret())
        })
    }

    proptest! {
        /// A key is recognized, and what is wrong around it is reported in the same words for every key of its length.
        #[test]
        fn no_message_depends_on_the_key((secret, other) in secrets()) {
            let messages = |secret: &str| -> Vec<String> {
                let texts = examples(&format!("rpa_{secret}")).into_iter().flat_map(|(_, texts)| texts);
                texts.filter_map(|text| Flaw::of(&text)).map(|flaw| flaw.to_string()).collect()
            };
            prop_assert_eq!(Flaw::of(&format!("rpa_{secret}")), None);
            prop_assert!(messages(&secret).len() > 10);
            prop_assert_eq!(messages(&secret), messages(&other));
        }

        /// No text breaks the check, and what it accepts can be sent.
        #[test]
        fn what_is_accepted_can_be_sent(text in "\\PC*|[ -~]{0,40}|.*") {
            if Flaw::of(&text).is_none() {
                let header = format!("Bearer {}", text.trim());
                prop_assert!(reqwest::header::HeaderValue::from_str(&header).is_ok());
            }
        }
    }
}
