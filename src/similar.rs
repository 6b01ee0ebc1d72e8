//! Names that are similar to a name that does not exist.

use std::fmt::Write as _;

/// Maximum number of suggestions.
const SUGGESTIONS: usize = 3;

/// The similarity from which a name counts as a typing error of another one.
const SIMILAR: f64 = 0.8;

/// The similarity of a name to one that contains it.
const CONTAINED: f64 = 0.95;

/// Minimum length of a part of a name: shorter ones are part of too many names.
const MIN_PART: usize = 3;

/// The names that the given one may stand for, the most similar first. Upper and lower case are the same.
pub(crate) fn nearest<'a>(name: &str, known: impl IntoIterator<Item = &'a str>) -> Vec<&'a str> {
    let name = name.trim().to_lowercase();
    let scored = known.into_iter().map(|known| (similarity(&name, &known.to_lowercase()), known));
    let mut scored: Vec<_> = scored.filter(|(similarity, _)| *similarity > SIMILAR).collect();
    scored.sort_by(|(one, a), (other, b)| other.total_cmp(one).then(a.cmp(b)));
    scored.dedup_by(|(_, a), (_, b)| a == b);
    scored.into_iter().take(SUGGESTIONS).map(|(_, known)| known).collect()
}

fn similarity(name: &str, known: &str) -> f64 {
    if name == known {
        1.0
    } else if name.len() >= MIN_PART && known.contains(name) {
        CONTAINED
    } else {
        strsim::jaro_winkler(name, known)
    }
}

/// The question after an error about a name: `; did you mean a or b?`. Empty if no name is similar.
pub(crate) fn question(name: &str, known: &[&str]) -> String {
    let nearest = nearest(name, known.iter().copied());
    let mut text = String::new();
    for (number, name) in nearest.iter().enumerate() {
        let before = match number {
            0 => "; did you mean ",
            _ if number + 1 == nearest.len() => " or ",
            _ => ", ",
        };
        write!(text, "{before}{name}").unwrap_or_default(); // a string takes everything
    }
    if !text.is_empty() {
        text.push('?');
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    const KNOWN: [&str; 5] =
        ["llama-3-70b", "llama-3-8b", "comfyui-flux", "whisper-large-v3", "embeddings-bge"];

    #[test]
    fn a_typing_error_a_part_and_another_case_are_similar() {
        for (name, expected) in [
            ("lama-3-70b", &["llama-3-70b", "llama-3-8b"][..]),
            ("LLAMA-3-8B", &["llama-3-8b", "llama-3-70b"]),
            ("flux", &["comfyui-flux"]),
            ("whisper", &["whisper-large-v3"]),
            ("xyzzy", &[]),
            ("", &[]),
            ("3", &[]),
        ] {
            assert_eq!(nearest(name, KNOWN), expected, "{name}");
        }
    }

    #[test]
    fn the_question_names_at_most_three() {
        assert_eq!(question("flux", &KNOWN), "; did you mean comfyui-flux?");
        assert_eq!(question("llama", &KNOWN), "; did you mean llama-3-70b or llama-3-8b?");
        assert_eq!(
            question("aaa", &["aaa-1", "aaa-2", "aaa-3", "aaa-4"]),
            "; did you mean aaa-1, aaa-2 or aaa-3?"
        );
        assert_eq!(question("xyzzy", &KNOWN), "");
    }
}
