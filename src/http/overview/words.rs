//! Values as HTML. An unknown value is a dash that screen readers read as "unknown".

use jiff::Timestamp;
use maud::{Markup, html};
use program::text::Visible;

use crate::format::{between, duration, time_of_day, unbroken};

/// A text from outside, such as a name. Its direction does not affect the text around it, and characters that would not be
/// shown but obeyed, such as line breaks and marks that reverse the text, are shown as their number.
pub(super) fn foreign(text: &str) -> Markup {
    html! { bdi { (Visible(text)) } }
}

/// The same of a text that is read and not copied: its numbers stay on one line with their units.
pub(super) fn prose(text: &str) -> Markup {
    foreign(&unbroken(text))
}

/// An unknown value.
pub(super) fn unknown() -> Markup {
    unknown_because("unknown")
}

/// An unknown value, and why it is unknown.
pub(super) fn unknown_because(reason: &str) -> Markup {
    html! { span.unknown role="img" aria-label=(reason) title=(reason) { "–" } }
}

/// A formatted value, or a dash if it is unknown.
pub(super) fn maybe(value: Option<f64>, format: impl Fn(f64) -> String) -> Markup {
    html! { @match value { Some(value) => (format(value)), None => (unknown()), } }
}

/// How long ago something was: `4 s ago`. The script keeps it up to date.
pub(super) fn ago(at: Timestamp, now: Timestamp) -> Markup {
    html! { time.ago datetime=(whole(at)) { (duration(between(at, now))) " ago" } }
}

/// Since when: `since 15:58 UTC (12 min)`. The script keeps the duration up to date.
pub(super) fn since(at: Timestamp, now: Timestamp) -> Markup {
    html! {
        span.since {
            "since " (time_of_day(at, now)) " (" time datetime=(whole(at)) { (duration(between(at, now))) } ")"
        }
    }
}

/// A formatted number that stands back if it is 0.
pub(super) fn amount(value: f64, format: impl Fn(f64) -> String) -> Markup {
    html! { @if value > 0.0 { (format(value)) } @else { span.quiet { (format(value)) } } }
}

fn whole(at: Timestamp) -> Timestamp {
    at.round(jiff::Unit::Second).unwrap_or(at)
}

/// A button that copies a text. Without a script, it is not shown.
pub(super) fn copy(text: &str, what: &str) -> Markup {
    html! { button.copy type="button" data-copy=(text) aria-label={ "Copy " (what) } { "Copy" } }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_from_outside_is_isolated_and_visible() {
        let shown = |text| foreign(text).0;
        assert_eq!(shown("llama-3 & 4"), "<bdi>llama-3 &amp; 4</bdi>");
        assert_eq!(shown("\u{5d0}\u{5d1} 1"), "<bdi>\u{5d0}\u{5d1} 1</bdi>");
        assert_eq!(shown("\u{202e}<b>\n\u{7}"), "<bdi>\\u{202e}&lt;b&gt;\\n\\u{7}</bdi>");
    }
}
