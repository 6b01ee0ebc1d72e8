//! Formats values for the page. An unknown value is a dash that screen readers read as "unknown".

use jiff::Timestamp;
use maud::{Markup, html};
use program::text::Visible;

/// A text from outside, such as a name. Its direction does not affect the text around it, and characters that would not be
/// shown but obeyed, such as line breaks and marks that reverse the text, are shown as their number.
pub(super) fn foreign(text: &str) -> Markup {
    html! { bdi { (Visible(text)) } }
}

/// An unknown value.
pub(super) fn unknown() -> Markup {
    html! { span.unknown title="unknown" { span aria-hidden="true" { "–" } span.hidden { "unknown" } } }
}

/// A formatted value, or a dash if it is unknown.
pub(super) fn maybe(value: Option<f64>, format: impl Fn(f64) -> String) -> Markup {
    html! { @match value { Some(value) => (format(value)), None => (unknown()), } }
}

pub(super) fn number(value: f64) -> String {
    let text = format!("{value:.1}");
    text.strip_suffix(".0").map(str::to_owned).unwrap_or(text)
}

pub(super) fn percent(share: f64) -> String {
    format!("{} %", number(share * 100.0))
}

pub(super) fn dollars(value: f64) -> String {
    if value < 0.0 { format!("−${:.2}", -value) } else { format!("${value:.2}") }
}

/// With three decimals below one dollar, for the cost of small pods.
pub(super) fn dollars_per_hour(value: f64) -> String {
    match value {
        0.0 => "$0/h".to_owned(),
        ..1.0 => format!("${value:.3}/h"),
        _ => format!("${value:.2}/h"),
    }
}

/// A duration in a suitable unit.
pub(super) fn duration(seconds: f64) -> String {
    match seconds {
        ..0.0995 => format!("{:.0} ms", seconds * 1_000.0),
        ..9.95 => format!("{seconds:.1} s"),
        ..120.0 => format!("{seconds:.0} s"),
        ..7_200.0 => format!("{:.0} min", seconds / 60.0),
        ..172_800.0 => format!("{:.0} h", seconds / 3_600.0),
        _ => format!("{:.0} days", seconds / 86_400.0),
    }
}

/// A time of day. The script replaces it with its age.
pub(super) fn moment(at: Timestamp) -> Markup {
    let at = at.round(jiff::Unit::Second).unwrap_or(at);
    html! { time datetime=(at) { (at.strftime("%H:%M:%S UTC")) } }
}

/// A name with spaces instead of underscores.
pub(super) fn readable(name: &str) -> String {
    name.replace('_', " ")
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

    #[test]
    fn numbers_have_suitable_units_and_digits() {
        let times = [0.0994, 0.25, 9.94, 9.95, 119.4, 120.0, 7_200.0, 172_800.0].map(duration);
        assert_eq!(times, ["99 ms", "0.2 s", "9.9 s", "10 s", "119 s", "2 min", "2 h", "2 days"]);
        assert_eq!([3.0, 0.25].map(number), ["3", "0.2"]);
        assert_eq!([0.999, 1.0].map(percent), ["99.9 %", "100 %"]);
        assert_eq!([-3.5, 12.0].map(dollars), ["−$3.50", "$12.00"]);
        assert_eq!([0.0, 0.044, 1.0].map(dollars_per_hour), ["$0/h", "$0.044/h", "$1.00/h"]);
    }
}
