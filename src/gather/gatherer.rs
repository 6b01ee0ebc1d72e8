//! The gatherer of an account: starts all sections, and puts their results together.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use clock::Clock;
use parking_lot::{Mutex, MutexGuard};
use runpod::{Api, ApiKey, Outcome, RequestError, Runpod, SetupError};
use tokio::time::Instant;

use super::failures::Failures;
use super::memory::Memory;
use super::places::Places;
use super::run::{CollectorRun, Runs, Tally};
use crate::logs::StreamStates;
use crate::settings::{Collector, Collectors, Reading};
use crate::snapshot::{AccountSnapshot, ApiReport, Bill, CollectorReport, Endpoint};

/// Reads one account, scrape after scrape.
#[derive(Debug)]
pub struct Gatherer {
    pub(super) name: Arc<str>,
    pub(super) runpod: Arc<Runpod>,
    pub(super) reading: Reading,
    pub(super) clock: Arc<dyn Clock>,
    pub(super) places: Places,
    /// How the log streams do that are followed in the background.
    pub(super) log_streams: Arc<StreamStates>,
    memory: Mutex<Memory>,
    failures: Mutex<Failures>,
    assembled: Mutex<Duration>,
}

impl Gatherer {
    /// A gatherer with empty caches and counters.
    pub fn new(name: Arc<str>, runpod: Runpod, reading: Reading, clock: Arc<dyn Clock>) -> Self {
        let (places, memory, failures) = (Places::default(), Mutex::default(), Mutex::default());
        let (log_streams, assembled) = (Arc::default(), Mutex::default());
        let runpod = Arc::new(runpod);
        Self { name, runpod, reading, clock, places, log_streams, memory, failures, assembled }
    }

    /// Uses these keys from the next request on.
    pub fn use_keys(&self, key: ApiKey, metrics_key: Option<ApiKey>) -> Result<(), SetupError> {
        self.runpod.use_key(key)?;
        metrics_key.map_or(Ok(()), |key| self.runpod.use_metrics_key(key))
    }

    /// Sends at most this many requests at a time from now on.
    pub fn use_concurrency(&self, concurrency: usize) {
        self.runpod.use_concurrency(concurrency);
    }

    /// The clock for intervals and read times.
    pub fn clock(&self) -> &dyn Clock {
        &*self.clock
    }

    /// The account's name in the configuration.
    pub fn name(&self) -> &Arc<str> {
        &self.name
    }

    /// Time from the last response, or the deadline, to the finished snapshot, in the last gathering.
    pub fn assembled(&self) -> Duration {
        *self.assembled.lock()
    }

    /// Runs the enabled collectors, or those of them that are `wanted`, and returns at the deadline what has arrived.
    pub(super) async fn gather(&self, wanted: Option<&Collectors>, deadline: Instant) -> AccountSnapshot {
        let on = self.enabled(wanted);
        let slow = async {
            tokio::join!(
                self.section(&on, Collector::Billing, Box::pin(self.billing(deadline))),
                self.section(&on, Collector::Volumes, Box::pin(self.volumes(deadline))),
                self.section(&on, Collector::Market, Box::pin(self.market(deadline))),
                self.section(&on, Collector::Host, Box::pin(self.host(deadline))),
                // Last of these, because it is due at every minute: a small quota would be used up for it alone.
                self.section(&on, Collector::Clusters, Box::pin(self.clusters(deadline))),
            )
        };
        // The order is that of the claims on the quota: the workers would use all of it.
        let (account, pods, (billing, volumes, market, host, clusters), serverless) = tokio::join!(
            self.section(&on, Collector::Account, Box::pin(self.account(deadline))),
            self.section(&on, Collector::Pods, Box::pin(self.pods(deadline))),
            slow,
            self.serverless_section(&on, deadline),
        );
        let begin = Instant::now();
        let mut runs = serverless.runs;
        let account = runs.take(account).flatten();
        let pods = runs.take(pods).unwrap_or_default();
        let clusters = runs.take(clusters).unwrap_or_default();
        let pods = if on.has(Collector::Pods) { self.with_members(pods, clusters.pods) } else { pods };
        let billing = runs.take(billing).unwrap_or_default();
        let volumes = runs.take(volumes).unwrap_or_default();
        let market = runs.take(market).unwrap_or_default();
        let host = runs.take(host).flatten();
        let Runs { mut collectors, unknown } = runs;
        collectors.extend(on.has(Collector::Logs).then(|| self.logs_run(&collectors)).flatten());
        collectors.sort_by_key(|run| run.collector);
        let reports = self.report(collectors);
        self.log(&reports, &serverless.endpoints, &serverless.unreadable);
        let mut snapshot = AccountSnapshot {
            name: Arc::clone(&self.name),
            taken: self.clock.now(),
            thresholds: Arc::clone(&self.reading.thresholds),
            apis: self.apis(&on, &reports, &serverless.unreadable),
            quota: self.runpod.rest().quota(),
            servers: self.runpod.server_limits(),
            collectors: reports,
            account,
            endpoints: serverless.endpoints,
            pods,
            clusters: clusters.clusters,
            bill: Bill::default(),
            volumes,
            market,
            host,
            finished: serverless.finished,
            unknown,
        };
        billing.assign_to(&mut snapshot);
        *self.assembled.lock() = serverless.assembled.saturating_add(begin.elapsed());
        snapshot
    }

    fn report(&self, runs: Vec<CollectorRun>) -> Vec<CollectorReport> {
        let now = self.clock.now();
        let mut memory = self.memory();
        let report =
            |CollectorRun { collector, tally: Tally { error, parts }, answered, duration, source }| {
                let last_success = memory.last_success(collector, answered && error.is_none(), now);
                CollectorReport { collector, error, parts, answered, duration, last_success, source }
            };
        runs.into_iter().map(report).collect()
    }

    fn log(
        &self,
        reports: &[CollectorReport],
        endpoints: &[Endpoint],
        unreadable: &BTreeMap<Arc<str>, RequestError>,
    ) {
        let mut failures = self.failures.lock();
        failures.log(&self.name, reports);
        let health_failed =
            |report: &CollectorReport| report.collector == Collector::Health && report.parts.all_failed();
        if reports.iter().any(|report| report.collector == Collector::Endpoints) {
            failures.log_endpoints(&self.name, endpoints, unreadable, reports.iter().any(health_failed));
        }
    }

    pub(super) fn apis(
        &self,
        on: &Collectors,
        reports: &[CollectorReport],
        unreadable: &BTreeMap<Arc<str>, RequestError>,
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
            key_rejected: self.runpod.rejects_key(api),
            metrics_key_rejected: self.runpod.rejects_metrics_key().filter(|_| api == Api::Jobs),
            unsupported_fields: (api == Api::Graphql).then(|| self.runpod.unsupported_fields()),
        };
        Api::ALL.iter().copied().map(report).collect()
    }

    pub(super) fn memory(&self) -> MutexGuard<'_, Memory> {
        self.memory.lock()
    }

    /// The interval of a collector.
    pub(super) fn every(&self, collector: Collector) -> Duration {
        self.reading.refresh.every(collector)
    }

    /// The maximum age of cached data of a collector, which outlasts a few failed attempts.
    pub(super) fn max_age(&self, collector: Collector) -> Duration {
        collector.row().cached_for.max(self.every(collector) * 3)
    }
}
