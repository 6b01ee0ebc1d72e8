//! The diagnosis: findings about an account, from its snapshot and its recent history.
//!
//! It is pure: it reads and writes nothing. It knows nothing about HTTP, the command line, Prometheus or Runpod's JSON.
//! A value that is unknown never causes a finding. Each check is a file of its own: a new finding is that file with its
//! entry in the list of checks, a row in `name.rs`, and its limits in `limit.rs`.

mod account;
mod endpoint;
mod finding;
mod format;
mod health;
mod history;
mod limit;
mod name;
mod pod;
mod severity;
mod streak;
mod subject;
#[cfg(test)]
mod testing;
mod workers;

use std::collections::BTreeMap;
use std::time::Duration;

use jiff::Timestamp;

pub use finding::Finding;
pub use health::Health;
pub use history::{Ended, History, Latency, Recent};
pub use limit::{Limit, Place, Row as LimitRow, Value};
pub use name::{Name, Row, Runbook};
pub use severity::Severity;
pub use subject::{Subject, SubjectKind};

use crate::snapshot::AccountSnapshot;
use clock::Clock;

/// The time of a diagnosis, on the calendar and on a monotonic clock.
#[derive(Debug, Clone, Copy)]
pub struct Moment {
    /// For the age of data.
    pub now: Timestamp,
    /// For how long a condition has lasted.
    pub elapsed: Duration,
}

impl Moment {
    /// The current time.
    pub fn of(clock: &dyn Clock) -> Self {
        Self { now: clock.now(), elapsed: clock.elapsed() }
    }
}

/// Maximum number of jobs of an endpoint that are kept for its latency: the most recent ones.
pub const JOBS: usize = history::JOBS;

/// The findings about an account and the health of its endpoints.
#[derive(Debug, Clone, Default)]
pub struct Diagnosis {
    /// The findings about the account, its endpoints and its pods.
    pub findings: Vec<Finding>,
    /// The health of each endpoint, by id; without endpoints about which nothing is known.
    pub health: BTreeMap<String, Health>,
    /// The last minutes of each endpoint, by id.
    pub recent: BTreeMap<String, Recent>,
}

/// A snapshot of an account and its diagnosis.
#[derive(Debug, Clone)]
pub struct DiagnosedAccount {
    /// The values.
    pub snapshot: AccountSnapshot,
    /// The findings.
    pub diagnosis: Diagnosis,
}

/// Diagnoses an account by its current values and its recent history.
pub fn diagnose(account: &AccountSnapshot, history: &History, moment: Moment) -> Diagnosis {
    let mut findings = account::findings(account, moment);
    let (mut health, mut recent) = (BTreeMap::new(), BTreeMap::new());
    for endpoint in &account.endpoints {
        let found = endpoint::findings(account, endpoint, history, moment);
        if let Some(state) = Health::of(endpoint, &found) {
            health.insert(endpoint.id.clone(), state);
        }
        if let Some(track) = history.endpoint(&endpoint.id) {
            recent.insert(endpoint.id.clone(), track.recent(moment.elapsed));
        }
        findings.extend(found);
    }
    findings.extend(account.pods.iter().flat_map(|pod| pod::findings(pod, history, moment)));
    Diagnosis { findings, health, recent }
}
