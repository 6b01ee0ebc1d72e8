//! Lines of text, wrapped to the width of the terminal.

use textwrap::Options;

use crate::format::{TIE, unbroken};

/// Minimum width: on a narrower terminal, the terminal wraps the lines itself.
const MIN_WIDTH: usize = 30;

/// Lines of text.
#[derive(Debug)]
pub(super) struct Block {
    text: String,
    width: Option<usize>,
}

impl Block {
    pub(super) fn new(width: Option<usize>) -> Self {
        Self { text: String::new(), width: width.filter(|width| *width >= MIN_WIDTH) }
    }

    /// A line that begins after `indent` spaces. Where it is wrapped, it continues two further to the right.
    pub(super) fn line(&mut self, indent: usize, text: &str) {
        self.hanging(indent, "", text);
    }

    /// The same after a mark, such as a number, below which the text continues.
    pub(super) fn hanging(&mut self, indent: usize, mark: &str, text: &str) {
        let first = format!("{}{mark}", " ".repeat(indent));
        let further = if mark.is_empty() { indent.saturating_add(2) } else { first.chars().count() };
        match self.width {
            None => {
                self.text += &first;
                self.text += text;
            }
            Some(width) => {
                let rest = " ".repeat(further);
                let options = Options::new(width)
                    .initial_indent(&first)
                    .subsequent_indent(&rest)
                    .break_words(false) // an id or a URL has to be copied
                    .word_splitter(textwrap::WordSplitter::NoHyphenation);
                self.text += &textwrap::fill(&unbroken(text), options).replace(TIE, " ");
            }
        }
        self.text.push('\n');
    }

    /// A line that is not wrapped, because it is pasted.
    pub(super) fn verbatim(&mut self, indent: usize, text: &str) {
        self.text += &" ".repeat(indent);
        self.text += text;
        self.text.push('\n');
    }

    /// An empty line, unless there is one.
    pub(super) fn empty(&mut self) {
        if !self.text.is_empty() && !self.text.ends_with("\n\n") {
            self.text.push('\n');
        }
    }

    pub(super) fn finish(self) -> String {
        self.text
    }
}
