//! The gathering of one account: every section at once, under one deadline. A section that fails costs itself alone.

mod merge;
mod pods;
mod serverless;

use std::collections::{BTreeMap, HashSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

use super::failures::Failures;
use super::memory::Memory;
use super::{Account, AccountSnapshot, ApiReport, Collector, CollectorReport, Collectors, Endpoint, Filter};
use crate::clock::Clock;
use crate::runpod::{Api, ApiKey, Outcome, Reply, RequestError, Runpod, SetupError};

/// Gathers one account, scrape after scrape.
#[derive(Debug)]
pub struct Gatherer {
    name: Arc<str>,
    runpod: Arc<Runpod>,
    collectors: Collectors,
    endpoints: Filter,
    pods: Filter,
    clock: Arc<dyn Clock>,
    memory: Mutex<Memory>,
    failures: Mutex<Failures>,
}

/// What went wrong with a section, and how long it took.
struct Course {
    collector: Collector,
    error: Option<RequestError>,
    duration: Duration,
}

impl Gatherer {
    /// A gatherer that remembers nothing yet.
    pub fn new(name: Arc<str>, runpod: Runpod, collectors: Collectors, clock: Arc<dyn Clock>) -> Self {
        let (runpod, endpoints, pods) = (Arc::new(runpod), Filter::default(), Filter::default());
        let (memory, failures) = Default::default();
        Self { name, runpod, collectors, endpoints, pods, clock, memory, failures }
    }

    /// The same, reading only what these admit.
    #[must_use]
    pub fn reading(self, endpoints: Filter, pods: Filter) -> Self {
        Self { endpoints, pods, ..self }
    }

    /// Reads with another key from now on.
    pub fn use_key(&self, key: ApiKey) -> Result<(), SetupError> {
        self.runpod.use_key(key)
    }

    /// The account's name in the configuration.
    pub fn name(&self) -> &Arc<str> {
        &self.name
    }

    /// Asks everything that is switched on, or of that only what is wanted, and answers at the deadline with what has
    /// arrived.
    pub async fn gather(&self, wanted: Option<&Collectors>, deadline: Instant) -> AccountSnapshot {
        let on = wanted.map_or_else(|| self.collectors.clone(), |wanted| self.collectors.and(wanted));
        let (account, pods, serverless) = tokio::join!(
            run_if(on.has(Collector::Account), self.account(deadline)),
            run_if(on.has(Collector::Pods), self.pods(deadline)),
            run_if(on.has(Collector::Endpoints), self.serverless(on.has(Collector::Health), deadline)),
        );
        let (account, account_course) = account.unzip();
        let pods = pods.unwrap_or_default();
        let serverless = serverless.unwrap_or_default();
        let courses = [serverless.list, serverless.health, pods.course, account_course];
        let reports = self.report(courses.into_iter().flatten());
        self.tell(&reports, &serverless.endpoints, &serverless.unreadable);
        let apis = self.apis(&on, &reports, &serverless.unreadable);
        AccountSnapshot {
            name: Arc::clone(&self.name),
            apis,
            collectors: reports,
            account: account.flatten(),
            endpoints: serverless.endpoints,
            pods: pods.found,
            unknown: [serverless.unknown, pods.unknown].concat(),
        }
    }

    async fn account(&self, deadline: Instant) -> (Option<Account>, Course) {
        let started = Instant::now();
        let (value, error) = split(self.runpod.account(deadline).await);
        let course = Course { collector: Collector::Account, error, duration: started.elapsed() };
        (value.map(Account::from_wire), course)
    }

    fn report(&self, courses: impl Iterator<Item = Course>) -> Vec<CollectorReport> {
        let now = self.clock.now();
        let mut memory = self.memory();
        let report = |Course { collector, error, duration }| {
            let last_success = memory.succeeded(collector, error.is_none(), now);
            CollectorReport { collector, error, duration, last_success }
        };
        courses.map(report).collect()
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
                _ => Some(errors().any(|error| error.api == api && error.outcome() == Outcome::Retired)),
            },
            unsupported_fields: (api == Api::Graphql).then(|| self.runpod.unsupported_fields()),
        };
        Api::ALL.into_iter().map(report).collect()
    }

    fn memory(&self) -> MutexGuard<'_, Memory> {
        self.memory.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

async fn run_if<T>(wanted: bool, section: impl Future<Output = T>) -> Option<T> {
    if wanted { Some(section.await) } else { None }
}

fn split<T>(answer: Result<Reply<T>, RequestError>) -> (Option<T>, Option<RequestError>) {
    match answer {
        Ok(Reply { value, complaint }) => (Some(value), complaint),
        Err(error) => (None, Some(error)),
    }
}

/// The elements with an id, each id once: the first that was said of it.
fn unique<T>(list: Vec<T>, id: impl Fn(&T) -> Option<&str>) -> Vec<T> {
    let mut seen = HashSet::new();
    let mut fresh = |element: &T| id(element).is_some_and(|id| !id.is_empty() && seen.insert(id.to_owned()));
    list.into_iter().filter(|element| fresh(element)).collect()
}
