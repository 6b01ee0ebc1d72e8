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
