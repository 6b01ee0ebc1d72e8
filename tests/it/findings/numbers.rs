//! Limits as text, and amounts in text.

use std::sync::LazyLock;
use std::time::Duration;

use regex::Regex;
use runpod_exporter::testing::diagnosis::Value;

/// A duration in the notation of rules: `90s`, `10m`, `1h`, `1d`.
fn of_promql(duration: Duration) -> String {
    let seconds = duration.as_secs();
    let (each, unit) = [(86_400, "d"), (3_600, "h"), (60, "m")]
        .into_iter()
        .find(|(each, _)| seconds.is_multiple_of(*each))
        .unwrap_or((1, "s"));
    format!("{}{unit}", seconds / each)
}

/// A limit in a comparison: seconds, a share of one, a number of jobs.
pub(super) fn number(value: Value) -> String {
    match value {
        Value::Time(duration) => duration.as_secs().to_string(),
        Value::Ratio(ratio) => ratio.to_string(),
        Value::Jobs(jobs) => jobs.to_string(),
    }
}

/// A limit as the range of a selector. `None` if it is not a duration.
pub(crate) fn range(value: Value) -> Option<String> {
    match value {
        Value::Time(duration) => Some(of_promql(duration)),
        Value::Ratio(_) | Value::Jobs(_) => None,
    }
}

/// A limit in the notation of [`amounts`].
pub(crate) fn short(value: Value) -> String {
    match value {
        Value::Time(duration) => of_promql(duration),
        Value::Ratio(ratio) => format!("{}%", (ratio * 1_000.0).round() / 10.0),
        Value::Jobs(jobs) => jobs.to_string(),
    }
}

/// A limit for people: `10 min`, `5%`, `20 jobs`.
pub(crate) fn long(value: Value) -> String {
    let short = short(value);
    match value {
        Value::Jobs(_) => format!("{short} jobs"),
        Value::Time(_) | Value::Ratio(_) => spaced(&short),
    }
}

/// A duration or a percentage for people: `10m` is `10 min`.
pub(crate) fn spaced(short: &str) -> String {
    let at = short.find(|letter: char| !letter.is_ascii_digit() && letter != '.').unwrap_or(short.len());
    let (number, unit) = short.split_at(at);
    let space = if unit == "%" { "" } else { " " };
    format!("{number}{space}{}", if unit == "m" { "min" } else { unit })
}

/// The durations and percentages in a text, as [`short`] writes them.
pub(crate) fn amounts(text: &str) -> Vec<String> {
    static AMOUNT: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r"\b(\d+(?:\.\d+)?) ?(%|(?:minutes?|min|m|hours?|h|days?|d|seconds?|s)\b)").unwrap()
    });
    AMOUNT
        .captures_iter(text)
        .map(|found| {
            let number: f64 = found[1].parse().unwrap();
            let (seconds, is_time) = match &found[2] {
                "%" => (number, false),
                unit if unit.starts_with('m') => (number * 60.0, true),
                unit if unit.starts_with('h') => (number * 3_600.0, true),
                unit if unit.starts_with('d') => (number * 86_400.0, true),
                _ => (number, true),
            };
            if is_time {
                of_promql(Duration::try_from_secs_f64(seconds).unwrap())
            } else {
                format!("{number}%")
            }
        })
        .collect()
}

#[test]
fn amounts_are_read_whatever_their_unit() {
    let text = "for 10 minutes, 90 min, 24 hours, below 5 % (5%); 3 jobs, p95 of 2s";
    assert_eq!(amounts(text), ["10m", "90m", "1d", "5%", "5%", "2s"]);
    assert_eq!(spaced("10m"), "10 min");
    assert_eq!(short(Value::Ratio(0.05)), "5%");
    assert_eq!(long(Value::Jobs(20)), "20 jobs");
}
