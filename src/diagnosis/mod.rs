//! What is wrong, in words: an account as it was found and its short history in, findings out.
//!
//! Pure: nobody is asked and nothing is written. HTTP, the command line, Prometheus and Runpod's JSON are not known here.
//! Unknown is no finding. Each check has a file of its own; a new one is that file and its entry in a list.

mod account;
mod endpoint;
mod finding;
mod health;
mod history;
mod pod;
mod streak;
#[cfg(test)]
mod testing;
mod words;
mod workers;

use std::collections::BTreeMap;
use std::time::Duration;

use jiff::Timestamp;

pub use finding::{Finding, Name, Severity, Subject};
pub use health::Health;
pub use history::{Ended, History, Latency, Recent};

use crate::snapshot::AccountSnapshot;
use clock::Clock;

/// The moment of a diagnosis, by the calendar and by a clock that never goes back.
#[derive(Debug, Clone, Copy)]
pub struct Moment {
    /// For how old something is.
    pub now: Timestamp,
    /// For how long something has lasted.
    pub elapsed: Duration,
}

impl Moment {
    /// The present one.
    pub fn of(clock: &dyn Clock) -> Self {
        Self { now: clock.now(), elapsed: clock.elapsed() }
    }
}

/// Jobs of an endpoint that are looked at, at the most: the last ones.
pub const JOBS: usize = history::JOBS;

/// What is wrong with an account, and how its endpoints are.
#[derive(Debug, Clone, Default)]
pub struct Diagnosis {
    /// What is wrong.
    pub findings: Vec<Finding>,
    /// The health of each endpoint, by id; without the endpoints of which nothing is known.
    pub health: BTreeMap<String, Health>,
    /// The last minutes of each endpoint, by id.
    pub recent: BTreeMap<String, Recent>,
}

/// An account as it was found, and its diagnosis.
#[derive(Debug, Clone)]
pub struct DiagnosedAccount {
    /// The values.
    pub snapshot: AccountSnapshot,
    /// The judgment.
    pub diagnosis: Diagnosis,
}

/// Diagnoses an account by its present values and its short history.
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
