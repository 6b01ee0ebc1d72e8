//! What packages and images contain. Nothing is built here: the files that a build names must exist and cover what it needs.

mod dependencies;
mod image;
mod packages;

use crate::findings::{read, repository};

/// The lines of a file that start with this word, without it.
fn starting<'a>(text: &'a str, word: &'a str) -> impl Iterator<Item = &'a str> {
    text.lines().filter_map(move |line| line.trim_start().strip_prefix(word))
}
