//! Values in the text, in one format each.

use anstyle::{AnsiColor, Style};
use jiff::Timestamp;
use program::text::Visible;
use std::time::Duration;

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

/// A number without a fraction of zero.
pub(super) fn number(value: f64) -> String {
    let text = format!("{value:.1}");
    text.strip_suffix(".0").map(str::to_owned).unwrap_or(text)
}

/// A share of one.
pub(super) fn percent(share: f64) -> String {
    format!("{} %", number(share * 100.0))
}

/// Dollars, with a separator of thousands.
pub(super) fn dollars(value: f64) -> String {
    let text = format!("{:.2}", value.abs());
    let (whole, cents) = text.split_once('.').unwrap_or((&text, "00"));
    let mut grouped = String::new();
    for (position, digit) in whole.chars().enumerate() {
        if position > 0 && whole.len().saturating_sub(position).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    format!("{}${grouped}.{cents}", if value < 0.0 { "-" } else { "" })
}

/// A count and its noun.
pub(super) fn count(number: usize, noun: &str) -> String {
    format!("{number} {noun}{}", if number == 1 { "" } else { "s" })
}

/// A duration in its two largest units.
pub(super) fn duration(duration: Duration) -> String {
    let seconds = duration.as_secs();
    let (minutes, hours, days) = (seconds / 60, seconds / 3_600, seconds / 86_400);
    let two = |large: u64, unit: &str, small: u64, of: &str| match small {
        0 => format!("{large} {unit}"),
        small => format!("{large} {unit} {small} {of}"),
    };
    match seconds {
        0..60 => format!("{seconds} s"),
        60..600 => two(minutes, "min", seconds % 60, "s"),
        600..3_600 => format!("{minutes} min"),
        3_600..86_400 => two(hours, "h", minutes % 60, "min"),
        _ => two(days, "d", hours % 24, "h"),
    }
}

/// The time between two timestamps; 0 if the clocks of two machines differ.
pub(super) fn between(earlier: Timestamp, later: Timestamp) -> Duration {
    Duration::try_from(later.duration_since(earlier)).unwrap_or_default()
}

/// Since when: the time of day, with the date if it is another day, and how long that is.
pub(super) fn since(at: Timestamp, now: Timestamp) -> String {
    let day = |at: Timestamp| at.strftime("%F").to_string();
    let format = if day(at) == day(now) { "%H:%M UTC" } else { "%b %-d %H:%M UTC" };
    format!("since {} ({})", at.strftime(format), duration(between(at, now)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_have_one_format() {
        let times = [59, 60, 124, 3_599, 7_260, 90_000].map(|seconds| duration(Duration::from_secs(seconds)));
        assert_eq!(times, ["59 s", "1 min", "2 min 4 s", "59 min", "2 h 1 min", "1 d 1 h"]);
        assert_eq!(
            [0.0, 1184.47, -12.0, 1_234_567.891].map(dollars),
            ["$0.00", "$1,184.47", "-$12.00", "$1,234,567.89"]
        );
        assert_eq!([1.0, 0.125].map(percent), ["100 %", "12.5 %"]);
        let at = |text: &str| text.parse::<Timestamp>().unwrap();
        let now = at("2026-11-25T16:10:00Z");
        assert_eq!(since(at("2026-11-25T15:58:00Z"), now), "since 15:58 UTC (12 min)");
        assert_eq!(since(at("2026-11-24T15:58:00Z"), now), "since Nov 24 15:58 UTC (1 d)");
        assert_eq!(since(at("2026-11-25T16:10:02Z"), now), "since 16:10 UTC (0 s)");
    }
}
