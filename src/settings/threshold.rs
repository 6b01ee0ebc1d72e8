//! Warning and critical thresholds: for all endpoints, and for some.
//!
//! How values are compared with them does not belong here: see `diagnosis/`. Alerts and dashboards read the thresholds as
//! series.

use std::collections::BTreeMap;

use crate::settings::{Filter, Invalid};

/// A value that is compared with thresholds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Signal {
    /// Number of jobs in the queue.
    QueueDepth,
    /// Failed jobs divided by finished jobs.
    ErrorRatio,
    /// 95th percentile of the latency in seconds.
    LatencyP95,
    /// Number of workers that wait for a GPU.
    WorkersThrottled,
    /// Hours until the balance is used up. The only signal for which lower is worse, and the only one of the account.
    BalanceRunway,
}

impl Signal {
    /// The signals of an endpoint.
    pub const OF_ENDPOINTS: [Self; 4] =
        [Self::QueueDepth, Self::ErrorRatio, Self::LatencyP95, Self::WorkersThrottled];

    /// The value of the `signal` label, and the name in the configuration.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::QueueDepth => "queue_depth",
            Self::ErrorRatio => "error_ratio",
            Self::LatencyP95 => "latency_p95_seconds",
            Self::WorkersThrottled => "workers_throttled",
            Self::BalanceRunway => "balance_runway_hours",
        }
    }

    /// The thresholds by default.
    const fn default_levels(self) -> Levels {
        let (warning, critical) = match self {
            Self::QueueDepth => (10.0, 50.0),
            Self::ErrorRatio => (0.05, 0.10),
            Self::LatencyP95 => (5.0, 10.0),
            Self::WorkersThrottled => (1.0, 3.0),
            Self::BalanceRunway => (24.0, 4.0),
        };
        Levels { warning, critical }
    }

    /// Whether a level is as bad as the other or worse.
    fn is_worse(self, level: f64, other: f64) -> bool {
        if self == Self::BalanceRunway { level <= other } else { level >= other }
    }
}

/// The thresholds of a signal. A value equal to a threshold counts.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Levels {
    /// Needs attention.
    pub warning: f64,
    /// Needs attention now.
    pub critical: f64,
}

/// The configured thresholds of a signal. Others keep their defaults.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct LevelOverrides {
    /// Needs attention.
    pub warning: Option<f64>,
    /// Needs attention now.
    pub critical: Option<f64>,
}

/// The thresholds in effect.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Thresholds {
    /// For all endpoints, and for the account.
    general: BTreeMap<Signal, LevelOverrides>,
    /// For the endpoints that a filter admits.
    specific: Vec<(Filter, BTreeMap<Signal, LevelOverrides>)>,
}

impl Thresholds {
    /// Thresholds for all endpoints, and for some. Of several filters that admit an endpoint, the first that sets a
    /// threshold takes precedence.
    pub fn new(
        general: BTreeMap<Signal, LevelOverrides>,
        specific: Vec<(Filter, BTreeMap<Signal, LevelOverrides>)>,
    ) -> Result<Self, Invalid> {
        let thresholds = Self { general, specific };
        thresholds.check(Signal::BalanceRunway, [])?;
        for signal in Signal::OF_ENDPOINTS {
            thresholds.check(signal, [])?;
            for (_, overrides) in &thresholds.specific {
                thresholds.check(signal, overrides.get(&signal).copied())?;
            }
        }
        Ok(thresholds)
    }

    /// The thresholds of the endpoint with this name and id.
    pub fn of_endpoint(&self, name: &str, id: &str) -> BTreeMap<Signal, Levels> {
        let levels = |signal: Signal| {
            let matching = self.specific.iter().filter(|(filter, _)| filter.admits(name, id));
            self.levels(signal, matching.filter_map(|(_, overrides)| overrides.get(&signal).copied()))
        };
        Signal::OF_ENDPOINTS.into_iter().map(|signal| (signal, levels(signal))).collect()
    }

    /// The thresholds of the account's balance.
    pub fn of_balance(&self) -> Levels {
        self.levels(Signal::BalanceRunway, [])
    }

    fn levels(&self, signal: Signal, specific: impl IntoIterator<Item = LevelOverrides>) -> Levels {
        let overrides: Vec<LevelOverrides> =
            specific.into_iter().chain(self.general.get(&signal).copied()).collect();
        let Levels { warning, critical } = signal.default_levels();
        Levels {
            warning: overrides.iter().find_map(|levels| levels.warning).unwrap_or(warning),
            critical: overrides.iter().find_map(|levels| levels.critical).unwrap_or(critical),
        }
    }

    fn check(
        &self,
        signal: Signal,
        specific: impl IntoIterator<Item = LevelOverrides>,
    ) -> Result<(), Invalid> {
        let Levels { warning, critical } = self.levels(signal, specific);
        let invalid = |problem: String| Err(Invalid::new(problem).within(signal.as_str()));
        if ![warning, critical].into_iter().all(|level| level.is_finite() && level >= 0.0) {
            return invalid("a threshold must be a number from 0".to_owned());
        }
        if !signal.is_worse(critical, warning) {
            return invalid(format!(
                "critical ({critical}) is reached before warning ({warning}); swap them, or set both"
            ));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn overrides(warning: Option<f64>, critical: Option<f64>) -> LevelOverrides {
        LevelOverrides { warning, critical }
    }

    #[test]
    fn specific_thresholds_take_precedence_over_general_ones() {
        let batch = Filter::new(&["batch-.*".to_owned()], &[]).unwrap();
        let general = [(Signal::QueueDepth, overrides(Some(20.0), None))].into();
        let specific = vec![(batch, [(Signal::QueueDepth, overrides(None, Some(5_000.0)))].into())];
        let thresholds = Thresholds::new(general, specific).unwrap();
        let levels = |name| thresholds.of_endpoint(name, "id")[&Signal::QueueDepth];
        assert_eq!(levels("batch-1"), Levels { warning: 20.0, critical: 5_000.0 });
        assert_eq!(levels("chat"), Levels { warning: 20.0, critical: 50.0 });
        assert_eq!(
            thresholds.of_endpoint("chat", "id")[&Signal::ErrorRatio],
            Levels { warning: 0.05, critical: 0.10 }
        );
    }

    #[test]
    fn invalid_thresholds_are_rejected() {
        let one = |signal, levels| Thresholds::new([(signal, levels)].into(), Vec::new());
        let error = |signal, levels| one(signal, levels).unwrap_err().to_string();
        assert!(error(Signal::QueueDepth, overrides(Some(60.0), None)).contains("swap them"));
        assert!(error(Signal::BalanceRunway, overrides(None, Some(48.0))).contains("critical (48)"));
        one(Signal::BalanceRunway, overrides(Some(48.0), Some(12.0))).unwrap();
        for bad in [-1.0, f64::NAN, f64::INFINITY] {
            assert!(one(Signal::ErrorRatio, overrides(Some(bad), None)).is_err(), "{bad}");
        }
    }
}
