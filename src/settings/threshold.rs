//! From where on something is worth a warning, and from where on it is critical: for all endpoints, and for some.
//!
//! What is made of it does not belong here; alerts and dashboards read the thresholds as series.

use std::collections::BTreeMap;

use crate::settings::Filter;

/// What is judged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Signal {
    /// Jobs that wait.
    QueueDepth,
    /// Failed jobs among those that ended, as a share of one.
    ErrorRatio,
    /// Seconds within which 95 of 100 requests are answered.
    LatencyP95,
    /// Workers that wait for a GPU.
    WorkersThrottled,
    /// Hours until the balance is gone. The only signal that is worse the lower it is, and the only one of the account.
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

    /// What is in force where nobody says anything.
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

/// From where on. A value at its threshold counts.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Levels {
    /// Somebody should look.
    pub warning: f64,
    /// Somebody must look now.
    pub critical: f64,
}

/// What a configuration says of one signal. What it does not say stays as it is otherwise.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct LevelOverrides {
    /// Somebody should look.
    pub warning: Option<f64>,
    /// Somebody must look now.
    pub critical: Option<f64>,
}

/// The thresholds in force.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Thresholds {
    everywhere: BTreeMap<Signal, LevelOverrides>,
    some: Vec<(Filter, BTreeMap<Signal, LevelOverrides>)>,
}

impl Thresholds {
    /// Takes what is said for all endpoints, and for those with some names or ids; of these the first that fits counts.
    pub fn new(
        everywhere: BTreeMap<Signal, LevelOverrides>,
        some: Vec<(Filter, BTreeMap<Signal, LevelOverrides>)>,
    ) -> Result<Self, String> {
        let thresholds = Self { everywhere, some };
        thresholds.check(Signal::BalanceRunway, [])?;
        for signal in Signal::OF_ENDPOINTS {
            thresholds.check(signal, [])?;
            for (_, said) in &thresholds.some {
                thresholds.check(signal, said.get(&signal).copied())?;
            }
        }
        Ok(thresholds)
    }

    /// Those of the endpoint with this name and this id.
    pub fn of_endpoint(&self, name: &str, id: &str) -> BTreeMap<Signal, Levels> {
        let fitting = || self.some.iter().filter(|(filter, _)| filter.admits(name, id));
        let levels = |signal: Signal| {
            self.levels(signal, fitting().filter_map(|(_, said)| said.get(&signal).copied()))
        };
        Signal::OF_ENDPOINTS.into_iter().map(|signal| (signal, levels(signal))).collect()
    }

    /// That of the account's balance.
    pub fn of_balance(&self) -> Levels {
        self.levels(Signal::BalanceRunway, [])
    }

    fn levels(&self, signal: Signal, closer: impl IntoIterator<Item = LevelOverrides>) -> Levels {
        let said: Vec<LevelOverrides> =
            closer.into_iter().chain(self.everywhere.get(&signal).copied()).collect();
        let Levels { warning, critical } = signal.default_levels();
        Levels {
            warning: said.iter().find_map(|said| said.warning).unwrap_or(warning),
            critical: said.iter().find_map(|said| said.critical).unwrap_or(critical),
        }
    }

    fn check(&self, signal: Signal, closer: impl IntoIterator<Item = LevelOverrides>) -> Result<(), String> {
        let Levels { warning, critical } = self.levels(signal, closer);
        if ![warning, critical].into_iter().all(|level| level.is_finite() && level >= 0.0) {
            return Err(format!("{}: a threshold must be a number from 0", signal.as_str()));
        }
        if !signal.is_worse(critical, warning) {
            let name = signal.as_str();
            return Err(format!(
                "{name}: critical ({critical}) is reached before warning ({warning}); swap them, or set both"
            ));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn said(warning: Option<f64>, critical: Option<f64>) -> LevelOverrides {
        LevelOverrides { warning, critical }
    }

    #[test]
    fn what_is_said_of_an_endpoint_counts_before_what_is_said_of_all() {
        let batch = Filter::new(&["batch-.*".to_owned()], &[]).unwrap();
        let everywhere = [(Signal::QueueDepth, said(Some(20.0), None))].into();
        let some = vec![(batch, [(Signal::QueueDepth, said(None, Some(5_000.0)))].into())];
        let thresholds = Thresholds::new(everywhere, some).unwrap();
        let levels = |name| thresholds.of_endpoint(name, "id")[&Signal::QueueDepth];
        assert_eq!(levels("batch-1"), Levels { warning: 20.0, critical: 5_000.0 });
        assert_eq!(levels("chat"), Levels { warning: 20.0, critical: 50.0 });
        assert_eq!(
            thresholds.of_endpoint("chat", "id")[&Signal::ErrorRatio],
            Levels { warning: 0.05, critical: 0.10 }
        );
    }

    #[test]
    fn what_cannot_be_meant_is_refused() {
        let one = |signal, said| Thresholds::new([(signal, said)].into(), Vec::new());
        assert!(one(Signal::QueueDepth, said(Some(60.0), None)).unwrap_err().contains("swap them"));
        assert!(one(Signal::BalanceRunway, said(None, Some(48.0))).unwrap_err().contains("critical (48)"));
        one(Signal::BalanceRunway, said(Some(48.0), Some(12.0))).unwrap();
        for odd in [-1.0, f64::NAN, f64::INFINITY] {
            assert!(one(Signal::ErrorRatio, said(Some(odd), None)).is_err(), "{odd}");
        }
    }
}
