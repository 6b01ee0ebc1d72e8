//! The thresholds in the configuration file.

use std::collections::BTreeMap;

use serde::{Deserialize, Deserializer};

use crate::settings::{Filter, Invalid, LatencyObjective, LevelOverrides, Signal, Slo, Slos, Thresholds};

/// Thresholds for all endpoints, and for some.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, expecting = "signals with their thresholds, such as queue_depth: {warning: 10}")]
pub(super) struct Entry {
    queue_depth: Option<Levels>,
    error_ratio: Option<Levels>,
    latency_p95_seconds: Option<Levels>,
    workers_throttled: Option<Levels>,
    balance_runway_hours: Option<Levels>,
    #[serde(default)]
    slo: SloEntry,
    #[serde(default)]
    endpoints: Vec<OfEndpoints>,
}

/// Thresholds of the endpoints whose whole name or id the pattern matches.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, expecting = "match with a pattern, and signals with their thresholds")]
struct OfEndpoints {
    #[serde(rename = "match")]
    pattern: String,
    queue_depth: Option<Levels>,
    error_ratio: Option<Levels>,
    latency_p95_seconds: Option<Levels>,
    workers_throttled: Option<Levels>,
    #[serde(default)]
    slo: SloEntry,
}

/// The objectives of endpoints.
#[derive(Debug, Clone, Copy, Default, Deserialize)]
#[serde(deny_unknown_fields, expecting = "objectives, such as success: 0.99")]
struct SloEntry {
    #[serde(default, deserialize_with = "share")]
    success: Option<f64>,
    latency: Option<LatencyEntry>,
}

#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields, expecting = "an objective, such as {target: 0.95, seconds: 8}")]
struct LatencyEntry {
    #[serde(deserialize_with = "target")]
    target: f64,
    #[serde(deserialize_with = "seconds")]
    seconds: f64,
}

/// The error of an objective with its path.
fn invalid<E: serde::de::Error>(error: Invalid) -> E {
    E::custom(error.within("slo"))
}

/// An objective for a share, validated here, so that the error has its line.
fn target<'de, D: Deserializer<'de>>(deserializer: D) -> Result<f64, D::Error> {
    let share = f64::deserialize(deserializer)?;
    Slo::check_share(share).map_err(|error| invalid(error.within("target").within("latency")))?;
    Ok(share)
}

fn share<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<f64>, D::Error> {
    let share = Option::<f64>::deserialize(deserializer)?;
    share.map_or(Ok(()), Slo::check_share).map_err(|error| invalid(error.within("success")))?;
    Ok(share)
}

fn seconds<'de, D: Deserializer<'de>>(deserializer: D) -> Result<f64, D::Error> {
    let seconds = f64::deserialize(deserializer)?;
    Slo::check_seconds(seconds).map_err(|error| invalid(error.within("seconds").within("latency")))?;
    Ok(seconds)
}

#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields, expecting = "warning or critical with a number")]
struct Levels {
    warning: Option<f64>,
    critical: Option<f64>,
}

impl Entry {
    /// Validates the thresholds.
    pub(super) fn thresholds(self) -> Result<Thresholds, Invalid> {
        let (mut specific, mut slos) = (Vec::new(), Vec::new());
        for endpoints in self.endpoints {
            let filter = Filter::new(&[endpoints.pattern], &[]);
            let filter = filter.map_err(|error| super::pattern(&error).within("endpoints"))?;
            let levels = overrides([
                (Signal::QueueDepth, endpoints.queue_depth),
                (Signal::ErrorRatio, endpoints.error_ratio),
                (Signal::LatencyP95, endpoints.latency_p95_seconds),
                (Signal::WorkersThrottled, endpoints.workers_throttled),
            ]);
            slos.push((filter.clone(), endpoints.slo.objectives()));
            specific.push((filter, levels));
        }
        let general = overrides([
            (Signal::QueueDepth, self.queue_depth),
            (Signal::ErrorRatio, self.error_ratio),
            (Signal::LatencyP95, self.latency_p95_seconds),
            (Signal::WorkersThrottled, self.workers_throttled),
            (Signal::BalanceRunway, self.balance_runway_hours),
        ]);
        let slos = Slos::new(self.slo.objectives(), slos)?;
        Ok(Thresholds::new(general, specific)?.with_slos(slos))
    }
}

impl SloEntry {
    fn objectives(self) -> Slo {
        let latency =
            self.latency.map(|LatencyEntry { target, seconds }| LatencyObjective { target, seconds });
        Slo { success: self.success, latency }
    }
}

/// The thresholds of the signals that are configured.
fn overrides<const N: usize>(levels: [(Signal, Option<Levels>); N]) -> BTreeMap<Signal, LevelOverrides> {
    let convert = |Levels { warning, critical }: Levels| LevelOverrides { warning, critical };
    levels.into_iter().filter_map(|(signal, levels)| Some((signal, convert(levels?)))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn objectives_are_for_all_endpoints_and_for_some() {
        let yaml = "
            slo: {success: 0.99}
            endpoints:
              - match: chat-.*
                slo: {latency: {target: 0.95, seconds: 8}}";
        let entry: Entry = serde_saphyr::from_str(yaml).unwrap();
        let thresholds = entry.thresholds().unwrap();
        let latency = Some(LatencyObjective { target: 0.95, seconds: 8.0 });
        assert_eq!(thresholds.slo("chat-1", "id"), Slo { success: Some(0.99), latency });
        assert_eq!(thresholds.slo("video", "id"), Slo { success: Some(0.99), latency: None });
        for (yaml, line, problem) in [
            ("slo: {success: 99}", 1, "slo: success: must be above 0 and below 1, such as 0.99"),
            (
                "queue_depth: {warning: 5}\nslo:\n  success: 99\n  latency: {target: 0.9, seconds: 8}",
                3,
                "success: must be",
            ),
            ("slo:\n  latency:\n    target: 99\n    seconds: 8", 3, "slo: latency: target: must be above 0"),
            (
                "slo:\n  latency:\n    target: 0.9\n    seconds: 601",
                4,
                "slo: latency: seconds: must be above 0 and at most 600",
            ),
            ("queue_depth: 5", 1, "queue_depth: expected keys with values, such as {warning: 5}"),
        ] {
            let error = super::super::yaml::parse::<Entry>(yaml).unwrap_err();
            assert_eq!(error.line, Some(line), "{yaml}: {}", error.message);
            assert!(error.message.contains(problem), "{yaml}: {}", error.message);
        }
    }

    #[test]
    fn every_signal_can_be_configured() {
        for signal in Signal::ALL {
            let yaml = format!("{}: {{warning: 0.7, critical: 0.7}}", signal.as_str());
            let entry: Entry = serde_saphyr::from_str(&yaml).unwrap();
            let thresholds = entry.thresholds().unwrap();
            let mut levels = thresholds.of_endpoint("name", "id");
            levels.insert(Signal::BalanceRunway, thresholds.of_balance());
            assert_eq!(levels[signal].warning, Some(0.7), "{signal:?}");
        }
        for signal in Signal::of_endpoints() {
            let yaml =
                format!("endpoints: [{{match: name, {}: {{warning: 0.7, critical: 0.7}}}}]", signal.as_str());
            let entry: Entry = serde_saphyr::from_str(&yaml).unwrap();
            let levels = entry.thresholds().unwrap().of_endpoint("name", "id");
            assert_eq!(levels[&signal].critical, Some(0.7), "{signal:?}");
        }
    }
}
