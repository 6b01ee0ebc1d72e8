//! The last error lines in the logs of an endpoint, as far as an exporter follows them: they often name the cause.

use jiff::Timestamp;
use program::text::Visible;

use super::super::report::{Endpoint, ErrorLine};
use super::block::Block;
use super::format::{between, dim, duration};

/// Maximum number of lines.
const SHOWN: usize = 3;

/// Maximum number of characters of a line.
const LENGTH: usize = 160;

pub(super) fn write(block: &mut Block, endpoint: &Endpoint, now: Option<Timestamp>) {
    let shown = shown(endpoint.last_errors.as_deref().unwrap_or_default());
    if shown.is_empty() {
        return;
    }
    let last = shown.iter().filter_map(|error| error.timestamp).max().zip(now);
    let ago = last.map(|(at, now)| format!(", {} ago", duration(between(at, now)))).unwrap_or_default();
    block.line(2, &dim(&format!("last errors in the logs{ago}:")));
    for ErrorLine { count, text, .. } in shown {
        let end = text.char_indices().nth(LENGTH);
        let text = match end.and_then(|(end, _)| text.get(..end)) {
            Some(start) => format!("{start}…"),
            None => text.clone(),
        };
        let times = if *count > 1 { dim(&format!(" ({count} times)")) } else { String::new() };
        block.line(4, &format!("{}{times}", Visible(&text)));
    }
}

/// The lines that are shown: those that name an exception, then the others; each the newest first.
fn shown(errors: &[ErrorLine]) -> Vec<&ErrorLine> {
    let mut newest: Vec<&ErrorLine> = errors.iter().rev().collect();
    newest.sort_by_key(|error| !names_exception(&error.text));
    newest.truncate(SHOWN);
    newest
}

/// Whether a word of the line is the name of an exception with its message, as at the end of a traceback:
/// `ModuleNotFoundError: No module named 'torch'`.
fn names_exception(text: &str) -> bool {
    text.split_whitespace().filter_map(|word| word.strip_suffix(':')).any(|word| {
        let name = word.rsplit('.').next().unwrap_or_default();
        let is_name = name.len() > 5 && name.starts_with(|c: char| c.is_ascii_uppercase());
        is_name && ["Error", "Exception", "Exit", "Interrupt"].iter().any(|end| name.ends_with(end))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn exceptions_come_first_and_then_the_newest() {
        let line = |text: &str| ErrorLine { text: text.to_owned(), ..ErrorLine::default() };
        let errors = [
            line("Traceback (most recent call last):"),
            line("torch.OutOfMemoryError: CUDA out of memory"),
            line("worker exited with code 1"),
            line("ModuleNotFoundError: No module named 'xformers'"),
            line("container failed"),
        ];
        let texts: Vec<&str> = shown(&errors).iter().map(|error| error.text.as_str()).collect();
        assert_eq!(
            texts,
            [
                "ModuleNotFoundError: No module named 'xformers'",
                "torch.OutOfMemoryError: CUDA out of memory",
                "container failed"
            ]
        );
        for other in ["Error: no", "an error: x", "errors: 3", "ERROR: bad", ""] {
            assert!(!names_exception(other), "{other}");
        }
    }
}
