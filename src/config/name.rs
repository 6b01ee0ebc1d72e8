//! Account names. They are values of the label `account`, and parts of links, queries and messages.

use crate::settings::Invalid;
use runpod::looks_like_a_key;

/// Maximum length of a name, in characters.
const MAX_LENGTH: usize = 128;

/// Why a name cannot be used: the problem, and what to do.
///
/// Few names are rejected. Rules and links escape every character. What remains is what other programs cannot handle: Grafana
/// does not escape `"` and `\\` when it inserts a variable into a query, and an invisible character in a name makes one account
/// look like another.
pub(super) fn check(name: &str) -> Result<(), Invalid> {
    let invalid = |problem: &str| Err(Invalid::new(format!("invalid name: {problem}")));
    if name.trim().is_empty() {
        return invalid("it is empty; give each account a unique name");
    }
    if looks_like_a_key(name) {
        return invalid("it looks like an API key, and names are shown in metrics; use another name");
    }
    if name.trim() != name {
        return invalid("it begins or ends with white space; remove it");
    }
    if name.contains(['"', '\\']) {
        return invalid(
            "quotation marks (\") and backslashes are not allowed, because Grafana does not escape them in queries",
        );
    }
    if name.chars().any(is_invisible) {
        return invalid("it has a line break or another invisible character; remove it");
    }
    if name.chars().count() > MAX_LENGTH {
        return invalid("it is longer than 128 characters; use a shorter one");
    }
    Ok(())
}

/// Whether a character has no shape or changes the direction of others. Unicode's categories Cc and Zl, Zp, and the
/// characters of Cf outside of emoji sequences and of scripts that need joiners.
fn is_invisible(character: char) -> bool {
    let ranges =
        ['\u{200b}'..='\u{200b}', '\u{200e}'..='\u{200f}', '\u{2028}'..='\u{202e}', '\u{2060}'..='\u{206f}'];
    character.is_control()
        || matches!(character, '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{feff}' | '\u{fffe}' | '\u{ffff}')
        || ranges.iter().any(|range| range.contains(&character))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_people_and_programs_are_allowed() {
        for name in [
            "default",
            "bob's",
            "a b",
            "{{ $labels.account }}",
            "$account",
            "a/b?c#d&e=f+g%20",
            "<b>",
            "a|b.*",
            "a,b",
            "\u{fc}n\u{ef}",
            "\u{65e5}\u{672c}",
            "\u{1f468}\u{200d}\u{1f469}",
            "All",
            "--",
            "`a`",
            "${x}",
        ] {
            assert_eq!(check(name), Ok(()), "{name}");
        }
    }

    #[test]
    fn a_rejected_name_is_described_and_a_key_is_not_repeated() {
        let long = "x".repeat(MAX_LENGTH + 1);
        for (name, word) in [
            ("", "empty"),
            (" \t", "empty"),
            (" a", "white space"),
            ("a\n", "white space"),
            ("a\nb", "invisible"),
            ("a\u{1b}[2Jb", "invisible"),
            ("a\u{202e}b", "invisible"),
            ("a\u{200b}b", "invisible"),
            ("say \"hi\"", "Grafana"),
            ("DOMAIN\\bob", "Grafana"),
            (&long, "128"),
            ("rpa_SECRET", "looks like an API key"),
        ] {
            let error = check(name).unwrap_err().to_string();
            assert!(error.contains(word) && !error.contains("SECRET"), "{name}: {error}");
        }
    }
}
