//! The timeline: scenes, alert states and notifications, in order.

use std::collections::BTreeMap;
use std::fmt::{self, Display, Formatter};
use std::time::Duration;

use tokio::time::Instant;

/// An alert of Prometheus: name, severity and labels.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Alert {
    pub(super) name: String,
    pub(super) severity: String,
    pub(super) about: String,
}

/// The state of an alert.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum State {
    /// The condition holds, but not for long enough.
    Pending,
    /// Firing and notified.
    Firing,
    /// Firing, but muted by another alert.
    Muted,
}

pub(super) type Alerts = BTreeMap<Alert, State>;

#[derive(Debug)]
pub(super) struct Timeline {
    begin: Instant,
    events: Vec<(Duration, String)>,
    alerts: Alerts,
}

impl Timeline {
    pub(super) fn new() -> Self {
        Self { begin: Instant::now(), events: Vec::new(), alerts: Alerts::new() }
    }

    pub(super) fn note(&mut self, what: String) {
        self.events.push((self.begin.elapsed(), what));
    }

    /// Records changes.
    pub(super) fn see(&mut self, alerts: Alerts) {
        for (alert, state) in &alerts {
            if self.alerts.get(alert) != Some(state) {
                self.note(format!("  {:<8} {alert}", format!("{state:?}").to_lowercase()));
            }
        }
        let ended = self.alerts.keys().filter(|alert| !alerts.contains_key(alert));
        for line in ended.map(|alert| format!("  ended    {alert}")).collect::<Vec<_>>() {
            self.note(line);
        }
        self.alerts = alerts;
    }
}

impl Display for Alert {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({}) on {}", self.name, self.severity, self.about)
    }
}

impl Display for Timeline {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        self.events.iter().try_for_each(|(at, what)| writeln!(f, "{:>6.1} s  {what}", at.as_secs_f64()))
    }
}
