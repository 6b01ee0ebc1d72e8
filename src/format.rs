//! Numbers as text: rounded, with their unit, in the same way on the page, in messages of findings and on the terminal.

use std::time::Duration;

use jiff::Timestamp;

/// Amounts per hour from here on have two decimals.
const CENT: f64 = 0.00995;

/// Durations from here on are in whole days, in seconds.
const WEEK: u64 = 604_800;

/// A space at which no line is broken.
pub(crate) const TIE: char = '\u{a0}';

/// What follows a number on the same line.
const UNITS: [&str; 8] = ["ms", "s", "min", "h", "d", "GB", "UTC", "×"];

/// A number with a separator of thousands and at most one decimal: `3`, `0.2`, `12,000`.
pub(crate) fn number(value: f64) -> String {
    let text = fixed(value, 1);
    text.strip_suffix(".0").map(str::to_owned).unwrap_or(text)
}

/// A number and its noun: `1 worker`, `2 workers`.
pub(crate) fn count(value: f64, noun: &str) -> String {
    let plural = if (value - 1.0).abs() < f64::EPSILON { "" } else { "s" };
    format!("{} {noun}{plural}", number(value))
}

/// The number of things that are counted: `1 endpoint`, `2 endpoints`.
pub(crate) fn items(count: usize, noun: &str) -> String {
    self::count(u32::try_from(count).unwrap_or(u32::MAX).into(), noun)
}

/// A share of one in percent: `12.5%`.
pub(crate) fn percent(share: f64) -> String {
    format!("{}%", number(share * 100.0))
}

/// An amount: `$1,184.47`.
pub(crate) fn dollars(value: f64) -> String {
    amount(value, 2)
}

/// An amount per hour: `$39.86/h`; below one cent with up to four decimals, for small volumes: `$0.0012/h`.
pub(crate) fn dollars_per_hour(value: f64) -> String {
    if value == 0.0 || value.abs() >= CENT {
        return format!("{}/h", dollars(value));
    }
    let text = amount(value, 4);
    let (cents, rest) = text.split_at_checked(text.len().saturating_sub(2)).unwrap_or((&text, ""));
    format!("{cents}{}/h", rest.trim_end_matches('0'))
}

/// GPUs of one type: `2 × NVIDIA H100`; without their number or their type, the other one.
pub(crate) fn gpus(number: Option<f64>, kind: Option<&str>) -> Option<String> {
    match (number, kind) {
        (Some(number), Some(kind)) => Some(format!("{} × {kind}", self::number(number))),
        (Some(number), None) => Some(count(number, "GPU")),
        (None, Some(kind)) => Some(kind.to_owned()),
        (None, None) => None,
    }
}

/// The text with its numbers tied to their units by spaces at which no line is broken.
pub(crate) fn unbroken(text: &str) -> String {
    let mut tied = String::with_capacity(text.len());
    let mut follows_number = false;
    for word in text.split_inclusive(' ') {
        let bare = word.trim_end_matches(|c: char| !c.is_alphanumeric() && c != '×');
        if follows_number && UNITS.contains(&bare) && tied.ends_with(' ') {
            tied.pop();
            tied.push(TIE);
        }
        follows_number = word.trim_end_matches(' ').ends_with(|c: char| c.is_ascii_digit());
        // The type of the GPUs stays with their number.
        if bare == "×" && word.ends_with(' ') {
            tied.push_str(bare);
            tied.push(TIE);
        } else {
            tied.push_str(word);
        }
    }
    tied
}

/// A duration in whole units, at most two of them: `45 s`, `2 min 4 s`, `59 min`, `3 h 12 min`, `2 d 1 h`, `171 d`.
pub(crate) fn duration(duration: Duration) -> String {
    let seconds = duration.as_secs();
    let two = |large: u64, unit: &str, small: u64, of: &str| match small {
        0 => format!("{large} {unit}"),
        small => format!("{large} {unit} {small} {of}"),
    };
    let (minutes, hours) = (seconds / 60, seconds / 3_600);
    match seconds {
        0..60 => format!("{seconds} s"),
        60..600 => two(minutes, "min", seconds % 60, "s"),
        600..3_600 => format!("{minutes} min"),
        3_600..86_400 => two(hours, "h", minutes % 60, "min"),
        86_400..WEEK => two(seconds / 86_400, "d", hours % 24, "h"),
        _ => format!("{} d", seconds / 86_400),
    }
}

/// A measured time in seconds, which may be less than one: `85 ms`, `1.9 s`, `45 s`, `2 min 4 s`. Longer than what a duration
/// can be: `very long`.
pub(crate) fn seconds(seconds: f64) -> String {
    match seconds {
        ..0.0 => format!("-{}", self::seconds(-seconds)),
        0.0 => "0 s".to_owned(),
        ..0.0995 => format!("{:.0} ms", seconds * 1_000.0),
        ..9.95 => format!("{} s", number(seconds)),
        ..59.5 => format!("{seconds:.0} s"),
        _ => Duration::try_from_secs_f64(seconds.round()).map_or_else(|_| "very long".to_owned(), duration),
    }
}

/// The time of day in UTC, with the date unless it is that of `now`: `15:58 UTC`, `Nov 24 15:58 UTC`.
pub(crate) fn time_of_day(at: Timestamp, now: Timestamp) -> String {
    let day = |at: Timestamp| at.strftime("%F").to_string();
    at.strftime(if day(at) == day(now) { "%H:%M UTC" } else { "%b %-d %H:%M UTC" }).to_string()
}

/// The time between two timestamps; 0 if the first is the later one, as with the clocks of two machines.
pub(crate) fn between(earlier: Timestamp, later: Timestamp) -> Duration {
    Duration::try_from(later.duration_since(earlier)).unwrap_or_default()
}

fn amount(value: f64, decimals: usize) -> String {
    let text = fixed(value.abs(), decimals);
    let is_negative = value < 0.0 && text.contains(|digit: char| matches!(digit, '1'..='9'));
    format!("{}${text}", if is_negative { "-" } else { "" })
}

/// With this number of decimals, and a separator of thousands.
fn fixed(value: f64, decimals: usize) -> String {
    let text = format!("{value:.decimals$}");
    let whole = text.split('.').next().unwrap_or_default();
    let digits = whole.trim_start_matches('-').len();
    let mut grouped = String::with_capacity(text.len().saturating_add(digits / 3));
    let mut left = digits;
    for (position, character) in text.chars().enumerate() {
        if character.is_ascii_digit() && position < whole.len() {
            if left < digits && left.is_multiple_of(3) {
                grouped.push(',');
            }
            left = left.saturating_sub(1);
        }
        grouped.push(character);
    }
    grouped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_have_one_format() {
        let numbers = [3.0, 0.25, 999.94, 1_184.0, 1_234_567.89, -1_000.0].map(number);
        assert_eq!(numbers, ["3", "0.2", "999.9", "1,184", "1,234,567.9", "-1,000"]);
        assert_eq!([0.0, 1.0, 1_200.0].map(|n| count(n, "job")), ["0 jobs", "1 job", "1,200 jobs"]);
        assert_eq!([0.125, 0.999, 1.0].map(percent), ["12.5%", "99.9%", "100%"]);
        assert_eq!([f64::NAN, f64::INFINITY].map(number), ["NaN", "inf"]);
    }

    #[test]
    fn amounts_have_one_format() {
        let amounts = [0.0, 1_184.474, 999_999.999, -12.0, -0.001].map(dollars);
        assert_eq!(amounts, ["$0.00", "$1,184.47", "$1,000,000.00", "-$12.00", "$0.00"]);
        let rates = [0.0, 0.12, 0.044, 0.816, 1.0, 1_250.5, -0.5].map(dollars_per_hour);
        assert_eq!(rates, ["$0.00/h", "$0.12/h", "$0.04/h", "$0.82/h", "$1.00/h", "$1,250.50/h", "-$0.50/h"]);
        let below_a_cent = [0.01, 0.00996, 0.004, 0.0012, 0.00001, -0.0012].map(dollars_per_hour);
        assert_eq!(below_a_cent, ["$0.01/h", "$0.01/h", "$0.004/h", "$0.0012/h", "$0.00/h", "-$0.0012/h"]);
    }

    #[test]
    fn gpus_have_one_format() {
        assert_eq!(gpus(Some(2.0), Some("NVIDIA H100")).as_deref(), Some("2 × NVIDIA H100"));
        assert_eq!(gpus(Some(1.0), None).as_deref(), Some("1 GPU"));
        assert_eq!(gpus(None, Some("NVIDIA A40")).as_deref(), Some("NVIDIA A40"));
        assert_eq!(gpus(None, None), None);
    }

    #[test]
    fn a_number_and_its_unit_stay_on_one_line() {
        let shown = |text| unbroken(text).replace(TIE, "_");
        assert_eq!(
            shown("p95 11.7 s, average 2 min 41 s over 9 jobs"),
            "p95 11.7_s, average 2_min 41_s over 9 jobs"
        );
        assert_eq!(shown("at 15:58 UTC (12 min); 2 × NVIDIA H100"), "at 15:58_UTC (12_min); 2_×_NVIDIA H100");
        for text in ["", " ", "what s is", "a 5  s", "5 sheep min 3", "1 "] {
            assert_eq!(unbroken(text), text);
        }
    }

    #[test]
    fn times_have_at_most_two_units() {
        let times = [0, 59, 60, 124, 599, 600, 3_599, 3_600, 7_260, 86_399, 86_400, 90_000, 604_799, 619_200];
        let expected = [
            "0 s",
            "59 s",
            "1 min",
            "2 min 4 s",
            "9 min 59 s",
            "10 min",
            "59 min",
            "1 h",
            "2 h 1 min",
            "23 h 59 min",
            "1 d",
            "1 d 1 h",
            "6 d 23 h",
            "7 d",
        ];
        assert_eq!(times.map(|seconds| duration(Duration::from_secs(seconds))), expected);
        let measured = [0.0, 0.0004, 0.0994, 0.25, 9.94, 9.95, 59.4, 59.5, 124.4, 1e300, -2.0].map(seconds);
        let expected = [
            "0 s",
            "0 ms",
            "99 ms",
            "0.2 s",
            "9.9 s",
            "10 s",
            "59 s",
            "1 min",
            "2 min 4 s",
            "very long",
            "-2 s",
        ];
        assert_eq!(measured, expected);
    }

    #[test]
    fn a_time_of_another_day_has_a_date() {
        let at = |text: &str| text.parse::<Timestamp>().unwrap();
        let now = at("2026-11-25T16:10:00Z");
        assert_eq!(time_of_day(at("2026-11-25T15:58:31Z"), now), "15:58 UTC");
        assert_eq!(time_of_day(at("2026-11-24T15:58:00Z"), now), "Nov 24 15:58 UTC");
        assert_eq!(between(at("2026-11-25T15:58:00Z"), now), Duration::from_mins(12));
        assert_eq!(between(at("2026-11-25T16:10:02Z"), now), Duration::ZERO);
    }
}
