//! Units of time, as names and texts of a description state them.

use super::split::split;

/// A unit of time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum TimeUnit {
    Microseconds,
    Milliseconds,
    Seconds,
    Minutes,
    Hours,
}

impl TimeUnit {
    /// The unit with this name, in lower case.
    pub(super) fn named(word: &str) -> Option<Self> {
        Some(match word {
            "us" | "µs" | "microsecond" | "microseconds" | "micros" => Self::Microseconds,
            "ms" | "msec" | "msecs" | "millisecond" | "milliseconds" | "millis" => Self::Milliseconds,
            "s" | "sec" | "secs" | "second" | "seconds" => Self::Seconds,
            // Not `min`, which may be the minimum.
            "mins" | "minute" | "minutes" => Self::Minutes,
            "h" | "hr" | "hrs" | "hour" | "hours" => Self::Hours,
            _ => return None,
        })
    }

    /// The abbreviation, for messages.
    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Self::Microseconds => "us",
            Self::Milliseconds => "ms",
            Self::Seconds => "s",
            Self::Minutes => "min",
            Self::Hours => "h",
        }
    }

    /// A time in seconds.
    pub(super) fn seconds(self, time: f64) -> f64 {
        match self {
            Self::Microseconds => time / 1_000_000.0,
            Self::Milliseconds => time / 1_000.0,
            Self::Seconds => time,
            Self::Minutes => time * 60.0,
            Self::Hours => time * 3_600.0,
        }
    }
}

/// Words between `in` and a unit that do not change it.
const ADJECTIVES: &[&str] = &["whole", "integer", "fractional", "decimal", "rounded", "full"];

/// The units that a text states for its property: `in milliseconds`, `(ms)`, `unit: ms`, or a text that starts with a unit.
/// Another mention, such as `every 60 seconds`, is not the unit of the property.
pub(super) fn stated(text: &str) -> Vec<TimeUnit> {
    let words = split(text);
    let mut units: Vec<TimeUnit> = Vec::new();
    for (position, word) in words.iter().enumerate() {
        let Some(unit) = TimeUnit::named(word) else { continue };
        let before = words.get(..position).unwrap_or_default();
        let before: Vec<&str> =
            before.iter().map(String::as_str).filter(|word| !ADJECTIVES.contains(word)).collect();
        let is_stated = match before.as_slice() {
            [] | [.., "in" | "unit" | "units"] | [.., "number", "of"] => true,
            _ => in_brackets(text, word),
        };
        if is_stated && !units.contains(&unit) {
            units.push(unit);
        }
    }
    units
}

/// Whether a text has this word alone in brackets, in any case.
fn in_brackets(text: &str, word: &str) -> bool {
    let text = text.to_lowercase();
    text.contains(&format!("({word})")) || text.contains(&format!("[{word}]"))
}

/// The units that a text states for all times below it: `all times are in milliseconds`.
pub(super) fn stated_for_all(text: &str) -> Vec<TimeUnit> {
    let is_about_times = |sentence: &&str| {
        let words = split(sentence);
        ["times", "durations", "latencies", "percentiles", "quantiles"]
            .iter()
            .any(|word| words.iter().any(|other| other == word))
    };
    let mut units = Vec::new();
    for unit in text.split(['.', ';', '\n']).filter(is_about_times).flat_map(stated) {
        if !units.contains(&unit) {
            units.push(unit);
        }
    }
    units
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: &str) -> String {
        stated(text).into_iter().map(TimeUnit::as_str).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn a_unit_is_stated_and_not_only_mentioned() {
        for (text, units) in [
            ("95th percentile of the queue time, in milliseconds", "ms"),
            ("Queue time (ms)", "ms"),
            ("Queue time [s]", "s"),
            ("Milliseconds that a job waited", "ms"),
            ("Number of milliseconds that a job waited", "ms"),
            ("ms", "ms"),
            ("Delay in whole seconds. Updated every 60 seconds.", "s"),
            ("Delay. Updated every 60 seconds.", ""),
            ("Delay of the last 5 minutes", ""),
            ("Requests per second", ""),
            ("Delay in seconds (milliseconds before May)", "s"),
            ("Delay in seconds, or in milliseconds", "s ms"),
            ("", ""),
        ] {
            assert_eq!(of(text), units, "{text}");
        }
    }

    #[test]
    fn a_container_states_the_unit_of_all_times_below_it() {
        assert_eq!(stated_for_all("A bucket. All times are in milliseconds."), [TimeUnit::Milliseconds]);
        assert_eq!(stated_for_all("Length of the bucket in seconds."), []);
    }

    #[test]
    fn a_time_is_converted_to_seconds() {
        let seconds = [TimeUnit::Microseconds, TimeUnit::Milliseconds, TimeUnit::Seconds, TimeUnit::Minutes]
            .map(|unit| unit.seconds(1_500.0).to_bits());
        assert_eq!(seconds, [0.0015_f64, 1.5, 1_500.0, 90_000.0].map(f64::to_bits));
    }
}
