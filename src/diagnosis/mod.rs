//! The diagnosis: findings about an account, from its snapshot and its recent history.
//!
//! It is pure: it reads and writes nothing. It knows nothing about HTTP, the command line, Prometheus or Runpod's JSON.
//! A value that is unknown never causes a finding. The findings and their checks are listed in `checks/`.

mod checks;
mod explanation;
mod format;
mod health;
mod history;
mod impact;
mod limit;
mod samples;
mod severity;
mod starts;
mod streak;
mod subject;
#[cfg(test)]
mod testing;
mod title;
mod workers;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;

pub use checks::{Finding, Name, Runbook};
pub use health::Health;
pub use history::History;
pub use impact::Impact;
pub use limit::{Limit, Place, Value};
pub use samples::{Ended, Latency, Recent};
pub use severity::Severity;
pub use subject::Subject;
pub(crate) use subject::SubjectKind;
pub(crate) use title::{sentence, title};

use self::checks::{AccountInput, ClusterInput, EndpointInput, Found, PodInput};
use self::explanation::{cause, explain};
use crate::snapshot::{AccountSnapshot, Endpoint};
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
pub(crate) const JOBS: usize = samples::JOBS;

/// The findings about an account and the health of its endpoints.
#[derive(Debug, Clone, Default)]
pub struct Diagnosis {
    /// The findings about the account, its endpoints, its pods and its clusters.
    pub findings: Vec<Finding>,
    /// The health of each endpoint, by id; without endpoints about which nothing is known.
    pub health: BTreeMap<Arc<str>, Health>,
    /// The cause of the problems of each endpoint that has any, by id.
    pub causes: BTreeMap<Arc<str>, Name>,
    /// The last minutes of each endpoint, by id.
    pub recent: BTreeMap<Arc<str>, Recent>,
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
    let about = |subject: &Subject, found: Vec<Found>| -> Vec<Finding> {
        // A clock that was set back must not leave a finding that begins in the future.
        let start = |name| history.start(subject, name).map(|start| start.min(moment.now));
        found.into_iter().map(|found| found.about(subject.clone(), moment.now, start)).collect()
    };
    let input =
        AccountInput { account, had_balance: history.had_balance(), is_brief: history.is_brief(), moment };
    let found = checks::ACCOUNT.iter().filter_map(|check| check(&input)).collect();
    let mut of_account = about(&Subject::Account, found);
    explain(&mut of_account, &[]);
    let (mut findings, mut health, mut causes, mut recent) =
        (Vec::new(), BTreeMap::new(), BTreeMap::new(), BTreeMap::new());
    for endpoint in &account.endpoints {
        let Endpoint { id, name, .. } = endpoint;
        let (track, levels) = (history.endpoint(id), account.thresholds.of_endpoint(name, id));
        let subject = Subject::Endpoint { id: Arc::clone(id), name: Arc::clone(name) };
        let input = EndpointInput { endpoint, track, levels, is_brief: history.is_brief(), moment };
        let found = checks::ENDPOINT.iter().filter_map(|check| check(&input)).collect();
        let mut found = about(&subject, found);
        explain(&mut found, &of_account);
        health.extend(Health::of(endpoint, &found).map(|health| (Arc::clone(id), health)));
        causes.extend(cause(&found).map(|cause| (Arc::clone(id), cause)));
        recent.extend(track.map(|track| (Arc::clone(id), track.recent(moment.elapsed))));
        findings.extend(found);
    }
    for pod in &account.pods {
        let input = PodInput { pod, idle: history.idle(&pod.id, moment.elapsed) };
        let subject = Subject::Pod { id: Arc::clone(&pod.id), name: Arc::clone(&pod.name) };
        findings.extend(about(&subject, checks::POD.iter().filter_map(|check| check(&input)).collect()));
    }
    for cluster in &account.clusters {
        let incomplete = history.incomplete(&cluster.id, moment.elapsed);
        let input =
            ClusterInput { cluster, pods: &account.pods, incomplete, is_brief: history.is_brief(), moment };
        let subject = Subject::Cluster { id: Arc::clone(&cluster.id), name: Arc::clone(&cluster.name) };
        findings.extend(about(&subject, checks::CLUSTER.iter().filter_map(|check| check(&input)).collect()));
    }
    findings.splice(..0, of_account);
    Diagnosis { findings, health, causes, recent }
}
