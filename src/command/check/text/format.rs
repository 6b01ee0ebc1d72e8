//! Values in the text, in one format each.

use anstyle::{AnsiColor, Style};
use jiff::Timestamp;
use program::text::Visible;

use crate::format::time_of_day;
pub(super) use crate::format::{
    between, dollars, dollars_per_hour, duration, gpus, items as count, number, percent, seconds,
};
use crate::status::Verdict;

pub(super) const BOLD: Style = Style::new().bold();
pub(super) const DIM: Style = Style::new().dimmed();

/// A name from outside, in bold.
pub(super) fn name(name: &str) -> String {
    format!("{BOLD}{}{BOLD:#}", Visible(name))
}

/// A text in the background.
pub(super) fn dim(text: &str) -> String {
    format!("{DIM}{text}{DIM:#}")
}

/// The columns that a name takes.
pub(super) fn width(name: &str) -> usize {
    textwrap::core::display_width(&Visible(name).to_string())
}

/// A verdict in its color.
pub(super) fn verdict(verdict: Verdict) -> String {
    let style = style(verdict);
    format!("{style}{}{style:#}", verdict.as_str())
}

/// The color of a verdict.
pub(super) fn style(verdict: Verdict) -> Style {
    match verdict {
        Verdict::Healthy => AnsiColor::Green.on_default(),
        Verdict::Degraded => AnsiColor::Yellow.on_default(),
        Verdict::Unhealthy | Verdict::Unknown => AnsiColor::Red.on_default().bold(),
    }
}

/// The color of a severity.
pub(super) fn severity_style(severity: &str) -> Style {
    match severity {
        "info" => DIM,
        "warning" => AnsiColor::Yellow.on_default(),
        _ => AnsiColor::Red.on_default().bold(),
    }
}

/// Since when: the time of day, with the date if it is another day, and how long that is.
pub(super) fn since(at: Timestamp, now: Timestamp) -> String {
    format!("since {} ({})", time_of_day(at, now), duration(between(at, now)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_start_has_a_time_of_day_and_a_duration() {
        let at = |text: &str| text.parse::<Timestamp>().unwrap();
        let now = at("2026-11-25T16:10:00Z");
        assert_eq!(since(at("2026-11-25T15:58:00Z"), now), "since 15:58 UTC (12 min)");
        assert_eq!(since(at("2026-11-24T15:58:00Z"), now), "since Nov 24 15:58 UTC (1 d)");
        assert_eq!(since(at("2026-11-25T16:10:02Z"), now), "since 16:10 UTC (0 s)");
    }
}
