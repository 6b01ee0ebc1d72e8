//! Words of names and texts, and what each of them says.

use super::split::split;
use super::statistic::{Measure, Statistic};
use super::unit::TimeUnit;

/// What a word of a name says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Word {
    Measure(Measure),
    Statistic(Statistic),
    Unit(TimeUnit),
    /// A word that changes nothing, such as `time` or `metrics`.
    Neutral,
    /// A percentile that is not read, such as `p75`.
    OtherPercentile(String),
    /// Any other word. What it says is not known, so that nothing is known about the property.
    Unknown(String),
}

/// Words that change nothing in the name of a property.
#[rustfmt::skip]
const NEUTRAL: &[&str] = &[
    "time", "times", "duration", "durations", "latency", "latencies", "timing", "timings", "period",
    "percentile", "percentiles", "quantile", "quantiles", "pct", "statistic", "statistics", "stat", "stats", "summary",
    "metric", "metrics", "measurement", "measurements", "value", "values", "data", "datapoint", "datapoints", "point", "points",
    "column", "columns", "row", "rows", "entry", "entries", "history", "list", "response", "report",
    "bucket", "buckets", "interval", "intervals", "series", "timeseries", "record", "records", "item", "items", "result", "results",
    "request", "requests", "job", "jobs", "worker", "workers", "endpoint", "serverless", "sample", "samples",
];

/// What the words of a name say.
pub(super) fn meanings(name: &str) -> Vec<Word> {
    let words = split(name);
    let mut meanings = Vec::new();
    let mut rest = words.as_slice();
    while let Some((word, used)) = next(rest) {
        meanings.push(word);
        rest = rest.get(used..).unwrap_or_default();
    }
    meanings
}

/// The meaning of the first of these words, or of the first few together, and how many they are.
pub(super) fn next(words: &[String]) -> Option<(Word, usize)> {
    let (first, rest) = words.split_first()?;
    let second = rest.first().map(String::as_str);
    let third = rest.get(1).map(String::as_str);
    Some(match (first.as_str(), second, third) {
        ("cold", Some("start" | "starts"), _) => (Word::Measure(Measure::ColdStart), 2),
        (number, Some("th" | "st" | "nd" | "rd"), Some("percentile" | "percentiles"))
            if is_number(number) =>
        {
            (percentile(number), 3)
        }
        ("percentile" | "quantile" | "pct", Some(number), _) if is_number(number) => (percentile(number), 2),
        (word, _, _) => (meaning(word), 1),
    })
}

fn is_number(word: &str) -> bool {
    !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_digit())
}

fn percentile(number: &str) -> Word {
    Statistic::percentile(number).map_or_else(|| Word::OtherPercentile(format!("p{number}")), Word::Statistic)
}

fn meaning(word: &str) -> Word {
    if let Some(number) = word.strip_prefix(['p', 'n']).filter(|number| is_number(number)) {
        return percentile(number);
    }
    if let Some(unit) = TimeUnit::named(word) {
        return Word::Unit(unit);
    }
    match word {
        // `dt` and `et` are Runpod's own: fields of the job API's request_ts_v1.
        "delay" | "delays" | "queue" | "queued" | "wait" | "waiting" | "dt" => Word::Measure(Measure::Delay),
        "execution" | "executions" | "exec" | "et" => Word::Measure(Measure::Execution),
        "coldstart" | "coldstarts" => Word::Measure(Measure::ColdStart),
        "median" => Word::Statistic(Statistic::P50),
        "avg" | "average" | "mean" => Word::Statistic(Statistic::Average),
        "max" | "maximum" => Word::Statistic(Statistic::Maximum),
        "count" => Word::Statistic(Statistic::Count),
        word if NEUTRAL.contains(&word) => Word::Neutral,
        word => Word::Unknown(word.to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_that_is_not_known_is_no_other_word() {
        let read = |name: &str| format!("{:?}", meanings(name));
        assert_eq!(read("coldStartTimeP90"), "[Measure(ColdStart), Neutral, Statistic(P90)]");
        assert_eq!(read("delay95thPercentile"), "[Measure(Delay), Statistic(P95)]");
        assert_eq!(read("delayP95Breaches"), "[Measure(Delay), Statistic(P95), Unknown(\"breaches\")]");
        assert_eq!(read("p75"), "[OtherPercentile(\"p75\")]");
        assert_eq!(read("p99_9"), "[Statistic(P99), Unknown(\"9\")]");
        assert_eq!(read("cold"), "[Unknown(\"cold\")]");
    }
}
