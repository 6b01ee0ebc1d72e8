//! Recognizes keys in texts that should not have any, such as a path or a name in an error message.

use std::borrow::Cow;

use super::REDACTED;

/// How Runpod's keys begin: API keys, and those of its S3 API.
const PREFIXES: [&str; 2] = ["rpa_", "rps_"];

/// Minimum length of a key without a prefix, as Runpod used to issue them. Ids and hashes are shorter, or have no capitals.
const MIN_LENGTH: usize = 32;

/// Whether the text contains a word that looks like a key.
pub fn looks_like_a_key(text: &str) -> bool {
    matches!(mask(text), Cow::Owned(_))
}

/// The text, with each word that looks like a key replaced.
pub fn mask(text: &str) -> Cow<'_, str> {
    let is_of_word = |character: char| character.is_alphanumeric() || matches!(character, '_' | '-');
    let mut masked: Option<String> = None;
    let mut rest = text;
    let mut kept = 0;
    while let Some(start) = rest.find(is_of_word) {
        let (before, tail) = rest.split_at(start);
        let length = tail.find(|character| !is_of_word(character)).unwrap_or(tail.len());
        let (word, after) = tail.split_at(length);
        if is_key(word) {
            let masked = masked.get_or_insert_with(|| text.get(..kept).unwrap_or_default().to_owned());
            masked.push_str(before);
            masked.push_str(REDACTED);
        } else if let Some(masked) = &mut masked {
            masked.push_str(before);
            masked.push_str(word);
        }
        kept += start + length;
        rest = after;
    }
    match masked {
        Some(masked) => Cow::Owned(masked + rest),
        None => Cow::Borrowed(text),
    }
}

fn is_key(word: &str) -> bool {
    let lower = word.to_ascii_lowercase();
    let prefixed =
        PREFIXES.iter().any(|prefix| lower.find(prefix).is_some_and(|at| lower.len() > at + prefix.len()));
    let long = word.split(|character: char| !character.is_ascii_alphanumeric()).any(|run| {
        let has = |kind: fn(&u8) -> bool| run.as_bytes().iter().any(kind);
        run.len() >= MIN_LENGTH && has(u8::is_ascii_uppercase) && has(u8::is_ascii_digit)
    });
    prefixed || long
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn keys_are_replaced_and_the_rest_stays() {
        for (text, masked) in [
            ("cannot read rpa_SECRET: no such file", "cannot read [redacted]: no such file"),
            ("/run/secrets/rpa_SECRET.txt", "/run/secrets/[redacted].txt"),
            ("\"rpa_A\", 'rpa_B' RPA_C xrpa_D-e", "\"[redacted]\", '[redacted]' [redacted] [redacted]"),
            ("the key A1B2C3D4E5F6G7H8I9J0K1L2M3N4O5P6Q7R8S9T0 is old", "the key [redacted] is old"),
            ("\u{e4}rpa_S\u{e4}\u{1f600}rps_X\u{1f600}", "[redacted]\u{1f600}[redacted]\u{1f600}"),
        ] {
            assert_eq!(mask(text), masked);
            assert!(looks_like_a_key(text));
        }
    }

    #[test]
    fn names_ids_and_paths_stay() {
        for text in [
            "",
            "/run/secrets/runpod-api-key",
            "no endpoint 6rhn4z1gl8o52p, llama-3-70b",
            "/nix/store/2mq3mksyfwv8ivr8ahyn6yrx2pzlmkfh-runpod.yml",
            "sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
            "RUNPOD_WEBHOOK_TOKEN_FILE, 0b54f1b6-5d7c-4c0f-9d1d-9f1f0b8b6f3e",
            "keys begin with rpa_",
        ] {
            assert_eq!(mask(text), text);
        }
    }

    proptest! {
        /// Wherever a key is in a text, no part of it remains.
        #[test]
        fn no_part_of_a_key_remains(secret in "[A-Z0-9]{4,48}", before in "[a-z/:= \u{e4}\"']{0,12}", after in "[a-z/:= \"'.]{0,12}") {
            let text = format!("{before}rpa_{secret}{after}");
            prop_assert!(!mask(&text).contains(&secret[..4]));
        }
    }
}
