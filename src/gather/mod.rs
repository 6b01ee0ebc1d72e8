//! The gathering of one account: every section at once, under one deadline. A section that fails costs itself alone.

mod cache;
mod counter;
mod each;
mod failures;
mod logs;
mod lookups;
mod memory;
mod merge;
mod money;
mod overlay;
mod pods;
mod prefer;
mod serverless;
mod slow;
mod workers;

use std::collections::{BTreeMap, HashSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

use self::cache::Entry;
use self::failures::Failures;
use self::memory::Memory;
use crate::settings::Reading;
use crate::settings::{Collector, Collectors};
use crate::snapshot::{AccountSnapshot, ApiReport, CollectorReport, Endpoint, Provenance, Unknown};
use clock::Clock;
use runpod::{Api, ApiKey, Outcome, RequestError, Runpod, SetupError};

/// Gathers one account, scrape after scrape.
#[derive(Debug)]
pub struct Gatherer {
    name: Arc<str>,
    runpod: Arc<Runpod>,
    reading: Reading,
    clock: Arc<dyn Clock>,
    memory: Mutex<Memory>,
    failures: Mutex<Failures>,
}

/// What went wrong with a section, how long it took, and where what it shows comes from.
struct CollectorRun {
    collector: Collector,
    error: Option<RequestError>,
    answered: bool,
    duration: Duration,
    source: Option<Provenance>,
}

/// What a section found, and how it fared.
struct Section<T> {
    found: T,
    unknown: Vec<Unknown>,
    course: CollectorRun,
}

impl Gatherer {
    /// A gatherer that remembers nothing yet.
    pub fn new(name: Arc<str>, runpod: Runpod, reading: Reading, clock: Arc<dyn Clock>) -> Self {
        let (memory, failures) = Default::default();
        Self { name, runpod: Arc::new(runpod), reading, clock, memory, failures }
    }

    /// Sends these keys from the next request on.
    pub fn use_keys(&self, key: ApiKey, metrics_key: Option<ApiKey>) -> Result<(), SetupError> {
        self.runpod.use_key(key)?;
        metrics_key.map_or(Ok(()), |key| self.runpod.use_metrics_key(key))
    }

    /// The clock that its gatherings go by.
    pub fn clock(&self) -> &dyn Clock {
        &*self.clock
    }

    /// The account's name in the configuration.
    pub fn name(&self) -> &Arc<str> {
        &self.name
    }

    /// Asks everything that is switched on, or of that only what is wanted, and answers at the deadline with what has
    /// arrived.
    pub async fn gather(&self, wanted: Option<&Collectors>, deadline: Instant) -> AccountSnapshot {
        let on = &self.reading.collectors;
        let on = wanted.map_or_else(|| on.clone(), |wanted| on.and(wanted));
        let if_on = |collector| on.has(collector);
        let slow = async {
            tokio::join!(
                run_if(if_on(Collector::Billing), self.billing(deadline)),
                run_if(if_on(Collector::Volumes), self.volumes(deadline)),
                run_if(if_on(Collector::Market), self.market(deadline)),
                run_if(if_on(Collector::Host), self.host(deadline)),
            )
        };
        // In this order, for what begins first has the first claim on the quota, and the workers would take all of it.
        let (account, pods, (billing, volumes, market, host), serverless) = tokio::join!(
            run_if(if_on(Collector::Account), self.account(deadline)),
            run_if(if_on(Collector::Pods), self.pods(deadline)),
            slow,
            run_if(if_on(Collector::Endpoints), Box::pin(self.serverless(&on, deadline))),
        );
        let serverless = serverless.unwrap_or_default();
        let mut unknown = serverless.unknown;
        let mut courses = serverless.courses;
        let account = taken(account, &mut courses, &mut unknown).flatten();
        let pods = taken(pods, &mut courses, &mut unknown).unwrap_or_default();
        let billing = taken(billing, &mut courses, &mut unknown).unwrap_or_default();
        let volumes = taken(volumes, &mut courses, &mut unknown).unwrap_or_default();
        let market = taken(market, &mut courses, &mut unknown).unwrap_or_default();
        let host = taken(host, &mut courses, &mut unknown).flatten();
        courses.sort_by_key(|course| course.collector);
        let reports = self.report(courses);
        self.tell(&reports, &serverless.endpoints, &serverless.unreadable);
        let mut snapshot = AccountSnapshot {
            name: Arc::clone(&self.name),
            taken: self.clock.now(),
            thresholds: Arc::clone(&self.reading.thresholds),
            apis: self.apis(&on, &reports, &serverless.unreadable),
            quota: self.runpod.rest().quota(),
            collectors: reports,
            account,
            endpoints: serverless.endpoints,
            pods,
            bill: crate::snapshot::Bill::default(),
            volumes,
            market,
            host,
            finished: serverless.finished,
            unknown,
        };
        billing.share_out(&mut snapshot);
        snapshot
    }

    fn report(&self, courses: Vec<CollectorRun>) -> Vec<CollectorReport> {
        let now = self.clock.now();
        let mut memory = self.memory();
        let report = |CollectorRun { collector, error, answered, duration, source }| {
            let last_success = memory.succeeded(collector, answered && error.is_none(), now);
            CollectorReport { collector, error, answered, duration, last_success, source }
        };
        courses.into_iter().map(report).collect()
    }

    fn tell(
        &self,
        reports: &[CollectorReport],
        endpoints: &[Endpoint],
        unreadable: &BTreeMap<String, RequestError>,
    ) {
        let mut failures = self.failures.lock().unwrap_or_else(PoisonError::into_inner);
        failures.tell(&self.name, reports);
        let health_failed =
            |report: &CollectorReport| report.collector == Collector::Health && report.error.is_some();
        if reports.iter().any(|report| report.collector == Collector::Endpoints) {
            failures.tell_endpoints(&self.name, endpoints, unreadable, reports.iter().any(health_failed));
        }
    }

    fn apis(
        &self,
        on: &Collectors,
        reports: &[CollectorReport],
        unreadable: &BTreeMap<String, RequestError>,
    ) -> Vec<ApiReport> {
        let errors = || reports.iter().filter_map(|report| report.error.as_ref()).chain(unreadable.values());
        let report = |api| ApiReport {
            api,
            retired: match api {
                Api::Jobs if !on.has(Collector::Health) => None,
                Api::Jobs => {
                    Some(errors().any(|error| error.api == api && error.outcome() == Outcome::Retired))
                }
                Api::Graphql | Api::Rest => Some(self.runpod.is_retired(api)),
            },
            unsupported_fields: (api == Api::Graphql).then(|| self.runpod.unsupported_fields()),
        };
        Api::ALL.iter().copied().map(report).collect()
    }

    fn memory(&self) -> MutexGuard<'_, Memory> {
        self.memory.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn every(&self, collector: Collector) -> Duration {
        self.reading.refresh.every(collector)
    }
}

impl<T> From<&Entry<T>> for Provenance {
    fn from(held: &Entry<T>) -> Self {
        Self { api: held.api, read: held.read }
    }
}

async fn run_if<T>(wanted: bool, section: impl Future<Output = T>) -> Option<T> {
    if wanted { Some(section.await) } else { None }
}

/// Sorts a section into what it found and what there is to say of it.
fn taken<T>(
    section: Option<Section<T>>,
    courses: &mut Vec<CollectorRun>,
    unknown: &mut Vec<Unknown>,
) -> Option<T> {
    let section = section?;
    courses.push(section.course);
    unknown.extend(section.unknown);
    Some(section.found)
}

/// The elements with an id, each id once: the first that was said of it.
fn unique<T>(list: Vec<T>, id: impl Fn(&T) -> Option<&str>) -> Vec<T> {
    let mut seen = HashSet::new();
    let mut fresh = |element: &T| id(element).is_some_and(|id| !id.is_empty() && seen.insert(id.to_owned()));
    list.into_iter().filter(|element| fresh(element)).collect()
}
