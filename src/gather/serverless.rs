//! The collectors of serverless endpoints, which share one list of endpoints: endpoints, health, workers, latency, requests.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use hashbrown::HashSet;
use program::task::{Task, attempt};
use runpod::{Api, Outcome, Reply, RequestError, wire};
use tokio::time::Instant;

use super::cache::{Entry, Lookup};
use super::endpoint_lists::{listed, present};
use super::gatherer::Gatherer;
use super::list::{by_id, unique};
use super::memory::KnownEndpoint;
use super::merge::{EndpointSources, Merged};
use super::prefer::Preferred;
use super::reads::Reads;
use super::run::{CollectorRun, Gathering, Runs, Tally};
use crate::settings::{Collector, Collectors};
use crate::snapshot::endpoint::finished;
use crate::snapshot::{Endpoint, Finished, Provenance, Unknown};

/// The pause of a job API that the target does not have, as long as that of a retired API.
const NO_JOB_API: Duration = Duration::from_hours(1);

/// A list, if it was received.
type Received<T> = Option<Entry<Vec<T>>>;

/// The results of the serverless collectors.
#[derive(Default)]
pub(super) struct Serverless {
    pub(super) endpoints: Vec<Endpoint>,
    /// The errors of endpoints whose load no source returned.
    pub(super) unreadable: BTreeMap<Arc<str>, RequestError>,
    pub(super) finished: Vec<Finished>,
    pub(super) runs: Runs,
    /// The time after the last response, or after the deadline.
    pub(super) assembled: Duration,
}

/// The lists of both APIs, as far as they were received.
struct Lists {
    graphql: Received<wire::Endpoint>,
    rest: Received<wire::rest::Endpoint>,
}

/// What a gathering received.
struct Responses {
    /// The endpoints of the last list that succeeded before.
    previous: Vec<KnownEndpoint>,
    /// The endpoints that exist.
    endpoints: Vec<KnownEndpoint>,
    lists: Lists,
    list_run: CollectorRun,
    reads: Reads,
}

/// The finished jobs in the lists of requests.
struct FinishedJobs {
    finished: Vec<Finished>,
    unknown: Vec<Unknown>,
    run: CollectorRun,
}

impl Gatherer {
    pub(super) async fn serverless(&self, on: &Collectors, deadline: Instant) -> Serverless {
        let gathering = Gathering { on, started: Instant::now(), deadline };
        let responses = self.responses(gathering).await;
        let arrived = deadline.min(Instant::now());
        let mut serverless = self.assemble(responses, gathering);
        serverless.assembled = arrived.elapsed();
        serverless
    }

    /// Reads the lists, and each endpoint.
    async fn responses(&self, gathering: Gathering<'_>) -> Responses {
        let mut reads = Reads::new(self);
        // The endpoints of the last list are read while the new list is in flight: two round trips become one.
        let previous = self.memory().endpoints.clone();
        reads.start(self, &previous, gathering);
        let lists = if previous.is_empty() {
            self.first_lists(&mut reads, gathering).await
        } else {
            reads.while_waiting_for(Box::pin(self.lists(gathering.deadline))).await
        };
        let source = lists.source();
        let Preferred { primary, fallback, error, answered } = lists;
        let graphql = primary.map(|entry| entry.map(|list| unique(list, |endpoint| endpoint.id.0.as_ref())));
        let rest = fallback.map(|entry| entry.map(|list| unique(list, |endpoint| endpoint.id.0.as_ref())));
        let ids =
            listed(graphql.as_ref().map(|entry| &*entry.value), rest.as_ref().map(|entry| &*entry.value));
        let mut endpoints = present(&previous, ids, error.is_none());
        endpoints.retain(|known| self.reading.endpoints.admits(&known.name, &known.id));
        reads.start(self, &endpoints, gathering);
        reads.keep_only(&endpoints);
        let duration = reads.finish(gathering.started).await;
        let mut tally = Tally::of(error.as_ref());
        reads.details.add_batches_to(&mut tally);
        let list_run =
            CollectorRun::new(Collector::Endpoints, tally, answered, duration).with_sources(source);
        Responses { previous, endpoints, lists: Lists { graphql, rest }, list_run, reads }
    }

    /// Records and merges what was received, and counts the jobs.
    fn assemble(&self, responses: Responses, gathering: Gathering<'_>) -> Serverless {
        let Responses { previous, endpoints: known, lists, mut list_run, mut reads } = responses;
        let Gathering { on, started, .. } = gathering;
        // Without endpoints there was nothing to read, which is not a success.
        let nothing_read = list_run.tally.error.clone().filter(|_| known.is_empty());
        let healths = reads.healths.tally();
        let no_job_api = reads.healths.all_failed_by(Outcome::NotFound);
        let workers_answered = self.record_workers(&known, &mut reads);
        let latency_run = reads.latencies.record(self, &known, started, |_, _, _| ());
        let batches_run = reads.batches.record(self, &known, started, |_, _, _| ());
        let FinishedJobs { finished, mut unknown, run: requests_run } =
            self.finished_jobs(&mut reads, &previous, &known, started);

        let merged = self.merge_endpoints(&mut reads, &known, lists, gathering);
        list_run.tally.merge(&merged.panicked);
        let healths = if no_job_api { self.pause_absent_job_api(&merged, healths) } else { healths };
        let Merged { endpoints: mut counted, unreadable, unknown: unknown_values, .. } = merged;
        unknown.extend(unknown_values);
        {
            let mut memory = self.memory();
            memory.endpoints = known;
            memory.count(&mut counted, started);
        }
        let endpoints: Vec<Endpoint> = counted.into_iter().map(|counted| counted.endpoint).collect();
        let workers_run = self.workers_run(&endpoints, workers_answered, started);
        let mut per_endpoint = vec![
            health_run(&endpoints, healths, started),
            workers_run,
            latency_run,
            requests_run,
            batches_run,
        ];
        per_endpoint.retain(|run| on.has(run.collector));
        if let Some(error) = &nothing_read {
            for run in &mut per_endpoint {
                run.tally.add(Some(error));
            }
        }
        let collectors = std::iter::once(list_run).chain(per_endpoint).collect();
        let runs = Runs { collectors, unknown };
        Serverless { endpoints, unreadable, finished, runs, assembled: Duration::ZERO }
    }

    /// Merges what was read about each endpoint.
    fn merge_endpoints(
        &self,
        reads: &mut Reads,
        endpoints: &[KnownEndpoint],
        lists: Lists,
        gathering: Gathering<'_>,
    ) -> Merged {
        let count = endpoints.len();
        let mut merged = Merged::new(count, self.clock.now(), gathering.started, self.reading.each_worker);
        let list = lists.graphql.into_iter().flat_map(Entry::each).collect();
        let mut list = by_id(list, |entry: &Entry<wire::Endpoint>| entry.value.id.0.clone());
        let rest = lists.rest.into_iter().flat_map(Entry::each).collect();
        let mut rest = by_id(rest, |entry: &Entry<wire::rest::Endpoint>| entry.value.id.0.clone());
        let max_age = self.max_age_of_each(Collector::Workers, count);
        for known in endpoints {
            let id = &known.id;
            let add = || {
                let detail = reads.details.take(id).and_then(Result::ok);
                let health = reads.healths.take(id).map(|result| self.health(id, result));
                let (workers, releases) = self.workers_of(id, gathering.on, max_age);
                let (list, rest) = (list.remove(&**id), rest.remove(&**id));
                let latency = reads.latencies.latest(self, id, count);
                let reported =
                    latency.map(|entry| entry.value.reported(self.clock.now())).unwrap_or_default();
                let batches = reads.batches.latest(self, id, count);
                merged.add(
                    known,
                    EndpointSources { list, detail, rest, health, workers, releases, reported, batches },
                );
            };
            if attempt(Task::Scrape, add).is_err() {
                merged.add_panicked(known, self.panic_of(Collector::Endpoints.row().primary));
            }
        }
        merged
    }

    /// The finished jobs in the lists of requests that were read.
    fn finished_jobs(
        &self,
        reads: &mut Reads,
        previous: &[KnownEndpoint],
        endpoints: &[KnownEndpoint],
        started: Instant,
    ) -> FinishedJobs {
        let was_present: HashSet<&str> = previous.iter().map(|known| &*known.id).collect();
        let (mut lists, mut unknown) = (Vec::new(), Vec::new());
        let run = reads.requests.record(self, endpoints, started, |id, list, is_first| {
            let (jobs, all_read) = finished(std::mem::take(list), &mut unknown);
            // The jobs of an endpoint that appeared while the exporter runs ended while it ran.
            let is_first = is_first && (previous.is_empty() || was_present.contains(id));
            lists.push((Finished { endpoint_id: Arc::from(id), jobs, is_first }, all_read));
        });
        let mut memory = self.memory();
        let finished = lists.into_iter().map(|(list, all_read)| memory.since_first_list(list, all_read));
        FinishedJobs { finished: finished.collect(), unknown, run }
    }

    /// The health of an endpoint; after 429 the cached one.
    fn health(&self, id: &Arc<str>, result: Result<wire::Health, RequestError>) -> Lookup<wire::Health> {
        let result = result.map(Reply::complete);
        self.record(|memory| memory.healths.entry(Arc::clone(id)).or_default(), Api::Jobs, result)
    }

    /// Whether the target has a job API, as far as known.
    pub(super) fn has_job_api(&self) -> bool {
        self.memory().no_job_api_until.is_none_or(|until| self.clock.elapsed() >= until)
    }

    /// Distinguishes a job API that fails from one that the target does not have: then it answers 404 for every endpoint,
    /// and GraphQL returns their load. Such an API is paused, and its absence is not an error.
    fn pause_absent_job_api(&self, merged: &Merged, healths: Tally) -> Tally {
        if !merged.unreadable.is_empty() {
            return healths;
        }
        self.memory().no_job_api_until = Some(self.clock.elapsed().saturating_add(NO_JOB_API));
        tracing::info!(
            account = &**self.name(),
            "no job API at this URL; using queue and workers from GraphQL, next attempt in an hour"
        );
        Tally::default()
    }
}

/// How the collector of health ran.
fn health_run(endpoints: &[Endpoint], healths: Tally, started: Instant) -> CollectorRun {
    let any_up = endpoints.iter().any(|endpoint| endpoint.up == Some(true));
    let reads = endpoints.iter().filter_map(|endpoint| endpoint.load_read);
    let sources = reads.map(|read| Provenance { api: Api::Jobs, read });
    CollectorRun::new(Collector::Health, healths, any_up, started.elapsed()).with_sources(sources)
}
