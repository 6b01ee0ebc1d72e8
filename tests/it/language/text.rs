//! A file as one line of words, so that phrases are found in identifiers and across line breaks.

/// What starts a line of a comment.
const MARKERS: [&str; 8] = ["//!", "///", "//", "/**", "/*", "*", "#", ">"];

/// The words of a file, and the line of each position.
#[derive(Debug, Default)]
pub(super) struct Text {
    words: String,
    /// The position in `words` at which each line starts.
    lines: Vec<usize>,
}

impl Text {
    /// Joins the lines without comment markers. `snake_case` and `CamelCase` are split into words.
    pub(super) fn new(content: &str) -> Self {
        let mut text = Self::default();
        for line in content.lines() {
            text.lines.push(text.words.len());
            let line = line.trim();
            let marker = MARKERS.iter().find(|marker| line.starts_with(**marker));
            let line = marker.and_then(|marker| line.strip_prefix(*marker)).unwrap_or(line);
            text.push(line.trim());
            text.words.push(' ');
        }
        text
    }

    fn push(&mut self, line: &str) {
        let mut previous = ' ';
        for character in line.chars() {
            if previous.is_lowercase() && character.is_uppercase() {
                self.words.push(' ');
            }
            self.words.push(if character == '_' { ' ' } else { character });
            previous = character;
        }
    }

    /// The words.
    pub(super) fn as_str(&self) -> &str {
        &self.words
    }

    /// The number of the line that contains a position.
    pub(super) fn line(&self, position: usize) -> usize {
        self.lines.partition_point(|start| *start <= position)
    }
}
