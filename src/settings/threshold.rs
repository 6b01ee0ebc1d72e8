//! Thresholds: the values at which a signal is a warning and at which it is critical, for all endpoints and for some.
//!
//! The diagnosis compares with them, and they are exported as series for alerts and dashboards.

use std::collections::BTreeMap;

use strum::{IntoStaticStr, VariantArray};

use crate::settings::{Filter, Invalid, Slo, Slos};

/// A value that is compared with configured thresholds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, VariantArray, IntoStaticStr)]
#[strum(serialize_all = "snake_case")]
#[expect(missing_docs, reason = "each is described in its row")]
pub enum Signal {
    QueueDepth,
    ErrorRatio,
    #[strum(serialize = "latency_p95_seconds")]
    LatencyP95,
    WorkersThrottled,
    #[strum(serialize = "balance_runway_hours")]
    BalanceRunway,
}

/// What a signal is measured for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Scope {
    /// Each endpoint.
    Endpoint,
    /// The account.
    Account,
}

/// Which values of a signal are worse.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Worse {
    Higher,
    Lower,
}

/// The properties of a signal.
#[derive(Debug, Clone, Copy)]
struct Row {
    scope: Scope,
    worse: Worse,
    /// Whether it is a share, which is from 0 to 1.
    is_ratio: bool,
    /// The thresholds without configuration.
    defaults: Levels,
}

impl Signal {
    /// Every signal.
    pub const ALL: &'static [Self] = Self::VARIANTS;

    /// The signals of an endpoint.
    pub fn of_endpoints() -> impl Iterator<Item = Self> {
        Self::ALL.iter().copied().filter(|signal| signal.row().scope == Scope::Endpoint)
    }

    /// The value of the `signal` label, and the name in the configuration.
    pub fn as_str(self) -> &'static str {
        self.into()
    }

    /// The thresholds without configuration.
    pub const fn defaults(self) -> Levels {
        self.row().defaults
    }

    /// The one place that describes each signal.
    const fn row(self) -> Row {
        const fn higher(defaults: Levels) -> Row {
            Row { scope: Scope::Endpoint, worse: Worse::Higher, is_ratio: false, defaults }
        }
        match self {
            // The number of waiting jobs.
            Self::QueueDepth => higher(Levels::both(10.0, 50.0)),
            // The share of failed jobs among those that ended.
            Self::ErrorRatio => Row { is_ratio: true, ..higher(Levels::both(0.05, 0.10)) },
            // The 95th percentile of the latency, in seconds. What is slow depends on the model: five seconds is long for a
            // chat and short for a video. Until it is configured, it is a note and notifies nobody.
            Self::LatencyP95 => higher(Levels { info: Some(5.0), warning: None, critical: None }),
            // The number of workers that wait for a free GPU. If users get no answers because of it, that is a finding of its
            // own, which is critical.
            Self::WorkersThrottled => higher(Levels { warning: Some(1.0), ..Levels::NONE }),
            // The time until the balance is used up, in hours.
            Self::BalanceRunway => {
                Row { scope: Scope::Account, worse: Worse::Lower, ..higher(Levels::both(24.0, 4.0)) }
            }
        }
    }

    /// Whether a level is as bad as the other or worse.
    fn is_worse(self, level: f64, other: f64) -> bool {
        match self.row().worse {
            Worse::Higher => level >= other,
            Worse::Lower => level <= other,
        }
    }
}

/// The thresholds of a signal. A value equal to its threshold counts; without a threshold, no value does.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Levels {
    /// The threshold of a note, of signals that have no other until they are configured.
    pub info: Option<f64>,
    /// The threshold of a warning.
    pub warning: Option<f64>,
    /// The threshold of a critical finding.
    pub critical: Option<f64>,
}

impl Levels {
    const NONE: Self = Self { info: None, warning: None, critical: None };

    const fn both(warning: f64, critical: f64) -> Self {
        Self { info: None, warning: Some(warning), critical: Some(critical) }
    }
}

/// The configured thresholds of a signal. A threshold that is not set keeps its default.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct LevelOverrides {
    /// The threshold of a warning.
    pub warning: Option<f64>,
    /// The threshold of a critical finding.
    pub critical: Option<f64>,
}

/// The configured thresholds.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Thresholds {
    general: BTreeMap<Signal, LevelOverrides>,
    specific: Vec<(Filter, BTreeMap<Signal, LevelOverrides>)>,
    slos: Slos,
}

impl Thresholds {
    /// The thresholds for all endpoints, and for endpoints by name or id: the first filter that matches takes precedence.
    pub fn new(
        general: BTreeMap<Signal, LevelOverrides>,
        specific: Vec<(Filter, BTreeMap<Signal, LevelOverrides>)>,
    ) -> Result<Self, Invalid> {
        let thresholds = Self { general, specific, slos: Slos::default() };
        thresholds.check(Signal::BalanceRunway, [])?;
        for signal in Signal::of_endpoints() {
            thresholds.check(signal, [])?;
            for (_, overrides) in &thresholds.specific {
                thresholds.check(signal, overrides.get(&signal).copied())?;
            }
        }
        Ok(thresholds)
    }

    /// The thresholds of the endpoint with this name and id.
    pub fn of_endpoint(&self, name: &str, id: &str) -> BTreeMap<Signal, Levels> {
        let matching = || self.specific.iter().filter(|(filter, _)| filter.admits(name, id));
        let levels = |signal: Signal| {
            self.levels(signal, matching().filter_map(|(_, overrides)| overrides.get(&signal).copied()))
        };
        Signal::of_endpoints().map(|signal| (signal, levels(signal))).collect()
    }

    /// The same thresholds, with service level objectives.
    #[must_use]
    pub fn with_slos(self, slos: Slos) -> Self {
        Self { slos, ..self }
    }

    /// The objectives of the endpoint with this name and id.
    pub fn slo(&self, name: &str, id: &str) -> Slo {
        self.slos.of(name, id)
    }

    /// The thresholds of the account's balance.
    pub fn of_balance(&self) -> Levels {
        self.levels(Signal::BalanceRunway, [])
    }

    fn levels(&self, signal: Signal, specific: impl IntoIterator<Item = LevelOverrides>) -> Levels {
        let mut set = LevelOverrides::default();
        for level in specific.into_iter().chain(self.general.get(&signal).copied()) {
            set.warning = set.warning.or(level.warning);
            set.critical = set.critical.or(level.critical);
        }
        let Levels { info, warning, critical } = signal.defaults();
        let (warning, critical) = (set.warning.or(warning), set.critical.or(critical));
        Levels { info: info.filter(|_| warning.is_none() && critical.is_none()), warning, critical }
    }

    /// Checks the range of a threshold.
    fn check_range(signal: Signal, name: &str, level: f64) -> Result<(), Invalid> {
        let within = |problem: String| Err(Invalid::new(problem).within(name).within(signal.as_str()));
        if !level.is_finite() || level < 0.0 {
            return within("must be a number from 0".to_owned());
        }
        // No ratio reaches it, so that nobody would ever be notified.
        if signal.row().is_ratio && level > 1.0 {
            let percent =
                if level <= 100.0 { format!("; {level}% is {}", level / 100.0) } else { String::new() };
            return within(format!("{level} is above 1, and a ratio is from 0 to 1{percent}"));
        }
        Ok(())
    }

    fn check(
        &self,
        signal: Signal,
        specific: impl IntoIterator<Item = LevelOverrides>,
    ) -> Result<(), Invalid> {
        let Levels { warning, critical, .. } = self.levels(signal, specific);
        for (name, level) in [("warning", warning), ("critical", critical)] {
            level.map_or(Ok(()), |level| Self::check_range(signal, name, level))?;
        }
        if let Some((warning, critical)) = warning.zip(critical)
            && !signal.is_worse(critical, warning)
        {
            let problem = format!(
                "critical ({critical}) is reached before warning ({warning}); swap them, or set both"
            );
            return Err(Invalid::new(problem).within(signal.as_str()));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn set(warning: Option<f64>, critical: Option<f64>) -> LevelOverrides {
        LevelOverrides { warning, critical }
    }

    #[test]
    fn the_thresholds_of_an_endpoint_take_precedence_over_those_of_all() {
        let batch = Filter::new(&["batch-.*".to_owned()], &[]).unwrap();
        let general = [(Signal::QueueDepth, set(Some(20.0), None))].into();
        let specific = vec![(batch, [(Signal::QueueDepth, set(None, Some(5_000.0)))].into())];
        let thresholds = Thresholds::new(general, specific).unwrap();
        let levels = |name| thresholds.of_endpoint(name, "id")[&Signal::QueueDepth];
        assert_eq!(levels("batch-1"), Levels::both(20.0, 5_000.0));
        assert_eq!(levels("chat"), Levels::both(20.0, 50.0));
        assert_eq!(thresholds.of_endpoint("chat", "id")[&Signal::ErrorRatio], Levels::both(0.05, 0.10));
    }

    #[test]
    fn latency_notifies_only_where_it_is_configured() {
        let levels = |overrides| {
            let thresholds = Thresholds::new([(Signal::LatencyP95, overrides)].into(), Vec::new()).unwrap();
            thresholds.of_endpoint("chat", "id")[&Signal::LatencyP95]
        };
        assert_eq!(levels(set(None, None)), Levels { info: Some(5.0), ..Levels::NONE });
        assert_eq!(levels(set(Some(8.0), None)), Levels { warning: Some(8.0), ..Levels::NONE });
        assert_eq!(levels(set(None, Some(30.0))), Levels { critical: Some(30.0), ..Levels::NONE });
    }

    #[test]
    fn a_ratio_above_one_is_rejected_before_it_is_compared() {
        let error = |levels| Thresholds::new([(Signal::ErrorRatio, levels)].into(), Vec::new()).unwrap_err();
        let percent = "error_ratio: warning: 5 is above 1, and a ratio is from 0 to 1; 5% is 0.05";
        assert_eq!(error(set(Some(5.0), Some(10.0))).to_string(), percent);
        assert_eq!(error(set(Some(5.0), None)).to_string(), percent);
        let beyond = error(set(None, Some(500.0))).to_string();
        assert_eq!(beyond, "error_ratio: critical: 500 is above 1, and a ratio is from 0 to 1");
        Thresholds::new([(Signal::ErrorRatio, set(Some(0.5), Some(1.0)))].into(), Vec::new()).unwrap();
        let few = Filter::new(&["chat".to_owned()], &[]).unwrap();
        let specific = vec![(few, [(Signal::ErrorRatio, set(None, Some(20.0)))].into())];
        let error = Thresholds::new(BTreeMap::new(), specific).unwrap_err().to_string();
        assert!(error.contains("20% is 0.2"), "{error}");
    }

    #[test]
    fn contradictory_thresholds_are_rejected() {
        let one = |signal, overrides| Thresholds::new([(signal, overrides)].into(), Vec::new());
        assert!(
            one(Signal::QueueDepth, set(Some(60.0), None)).unwrap_err().to_string().contains("swap them")
        );
        assert!(
            one(Signal::BalanceRunway, set(None, Some(48.0)))
                .unwrap_err()
                .to_string()
                .contains("critical (48)")
        );
        one(Signal::BalanceRunway, set(Some(48.0), Some(12.0))).unwrap();
        for invalid in [-1.0, f64::NAN, f64::INFINITY] {
            assert!(one(Signal::ErrorRatio, set(Some(invalid), None)).is_err(), "{invalid}");
        }
    }
}
