//! Splitting of names and texts into words.

/// Splits a name or a text into words in lower case: at case changes, between letters and digits (but `p95` is a word), and
/// at everything else.
pub(super) fn split(text: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    let mut word = String::new();
    let mut previous: Option<char> = None;
    for character in text.chars().chain(std::iter::once(' ')) {
        let starts = previous.is_some_and(|previous| is_boundary(previous, character, &word));
        if (starts || !character.is_alphanumeric()) && !word.is_empty() {
            words.push(std::mem::take(&mut word));
        }
        if character.is_alphanumeric() {
            word.extend(character.to_lowercase());
        }
        previous = Some(character);
    }
    words
}

/// Whether a word ends between these characters.
fn is_boundary(previous: char, character: char, word: &str) -> bool {
    if character.is_ascii_digit() != previous.is_ascii_digit() {
        // In `p95`, `P95` and Runpod's `n95`, the letter belongs to the number.
        return previous.is_ascii_digit() || !matches!(word, "p" | "n");
    }
    previous.is_lowercase() && character.is_uppercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_in_any_style_are_split() {
        for (name, words) in [
            ("delayTimeP95Ms", "delay time p95 ms"),
            ("delay_time_p95_ms", "delay time p95 ms"),
            ("p95DelayMS", "p95 delay ms"),
            ("dt_n95", "dt n95"),
            ("delayTime95thPercentile", "delay time 95 th percentile"),
            ("p95ms", "p95 ms"),
            ("delay95", "delay 95"),
            ("p99.9", "p99 9"),
            ("ExecutionTimeSeconds", "execution time seconds"),
            ("", ""),
            ("--", ""),
            ("Verzögerung", "verzögerung"),
        ] {
            assert_eq!(split(name).join(" "), words, "{name}");
        }
    }
}
