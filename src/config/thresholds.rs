//! The thresholds as they are written in the configuration file.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::settings::{Filter, LevelOverrides, Signal, Thresholds};

/// For all endpoints, and for some.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Entry {
    queue_depth: Option<Levels>,
    error_ratio: Option<Levels>,
    latency_p95_seconds: Option<Levels>,
    workers_throttled: Option<Levels>,
    balance_runway_hours: Option<Levels>,
    #[serde(default)]
    endpoints: Vec<OfEndpoints>,
}

/// For the endpoints whose name or id a pattern matches as a whole.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct OfEndpoints {
    #[serde(rename = "match")]
    pattern: String,
    queue_depth: Option<Levels>,
    error_ratio: Option<Levels>,
    latency_p95_seconds: Option<Levels>,
    workers_throttled: Option<Levels>,
}

#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields)]
struct Levels {
    warning: Option<f64>,
    critical: Option<f64>,
}

impl Entry {
    /// What it means, or what is wrong with it.
    pub(super) fn thresholds(self) -> Result<Thresholds, String> {
        let some = self.endpoints.into_iter().map(|some| {
            let filter = Filter::new(&[some.pattern], &[]).map_err(|error| super::pattern(&error))?;
            let said = [
                (Signal::QueueDepth, some.queue_depth),
                (Signal::ErrorRatio, some.error_ratio),
                (Signal::LatencyP95, some.latency_p95_seconds),
                (Signal::WorkersThrottled, some.workers_throttled),
            ];
            Ok((filter, known(said)))
        });
        let some =
            some.collect::<Result<_, String>>().map_err(|told| format!("thresholds: endpoints: {told}"))?;
        let everywhere = known([
            (Signal::QueueDepth, self.queue_depth),
            (Signal::ErrorRatio, self.error_ratio),
            (Signal::LatencyP95, self.latency_p95_seconds),
            (Signal::WorkersThrottled, self.workers_throttled),
            (Signal::BalanceRunway, self.balance_runway_hours),
        ]);
        Thresholds::new(everywhere, some).map_err(|told| format!("thresholds: {told}"))
    }
}

fn known<const N: usize>(said: [(Signal, Option<Levels>); N]) -> BTreeMap<Signal, LevelOverrides> {
    let levels = |Levels { warning, critical }: Levels| LevelOverrides { warning, critical };
    said.into_iter().filter_map(|(signal, said)| Some((signal, levels(said?)))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_signal_can_be_configured() {
        for signal in Signal::ALL {
            let yaml = format!("{}: {{warning: 7, critical: 7}}", signal.as_str());
            let entry: Entry = serde_saphyr::from_str(&yaml).unwrap();
            let thresholds = entry.thresholds().unwrap();
            let mut levels = thresholds.of_endpoint("name", "id");
            levels.insert(Signal::BalanceRunway, thresholds.of_balance());
            assert_eq!(levels[signal].warning.to_bits(), 7.0_f64.to_bits(), "{signal:?}");
        }
        for signal in Signal::of_endpoints() {
            let yaml =
                format!("endpoints: [{{match: name, {}: {{warning: 7, critical: 7}}}}]", signal.as_str());
            let entry: Entry = serde_saphyr::from_str(&yaml).unwrap();
            let levels = entry.thresholds().unwrap().of_endpoint("name", "id");
            assert_eq!(levels[&signal].critical.to_bits(), 7.0_f64.to_bits(), "{signal:?}");
        }
    }
}
