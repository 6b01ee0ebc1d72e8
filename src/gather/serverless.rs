//! The endpoints: the list, what only an endpoint itself gives, the job API of each, and the workers of some, all in
//! flight together.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;
use std::time::Duration;

use tokio::time::Instant;

use super::cache::{Entry, Lookup};
use super::each::Each;
use super::lookups::Lookups;
use super::memory::Known;
use super::merge::{EndpointSources, Merged};
use super::prefer::{LONGEST_WAIT, Preferred, whole};
use super::{CollectorRun, Gatherer, unique};
use crate::settings::{Collector, Collectors};
use crate::snapshot::endpoint::{display_name, finished};
use crate::snapshot::{Endpoint, Finished, Provenance, Unknown};
use runpod::{Api, BATCH, Operation, Outcome, Reason, RequestError, wire};

/// A target that has no job API is asked for it again after this long, like any API that is gone for good.
const NO_JOBS_API: Duration = Duration::from_hours(1);

/// What the serverless sections gave: the list with its details, health, and workers.
#[derive(Default)]
pub(super) struct Serverless {
    pub(super) endpoints: Vec<Endpoint>,
    /// The endpoints of which nobody could say how they are.
    pub(super) unreadable: BTreeMap<String, RequestError>,
    /// The jobs that are over.
    pub(super) finished: Vec<Finished>,
    pub(super) unknown: Vec<Unknown>,
    pub(super) courses: Vec<CollectorRun>,
}

/// The reads about single endpoints.
pub(super) struct Reads {
    healths: Lookups<wire::Health>,
    details: Lookups<wire::Endpoint>,
    pub(super) workers: Lookups<wire::rest::Workers>,
    pub(super) releases: Lookups<wire::rest::Releases>,
    latencies: Each<wire::RequestMetrics>,
    requests: Each<wire::Requests>,
}

type Lists = Preferred<Vec<wire::Endpoint>, Vec<wire::rest::Endpoint>>;

impl Gatherer {
    pub(super) async fn serverless(&self, on: &Collectors, deadline: Instant) -> Serverless {
        let started = Instant::now();
        let mut reads = Reads {
            healths: Lookups::new(),
            details: Lookups::new(),
            workers: Lookups::new(),
            releases: Lookups::new(),
            latencies: Each::new(Collector::Latency, |memory| &mut memory.latencies),
            requests: Each::new(Collector::Requests, |memory| &mut memory.requests),
        };
        // The endpoints of the last list are asked while the new list is on its way: two trips become one.
        let roster = self.memory().endpoints.clone();
        self.ask(&mut reads, &roster, on, deadline);
        let Preferred { first, second, error, answered } =
            reads.while_waiting_for(Box::pin(self.lists(deadline))).await;
        let source: Option<Provenance> =
            first.as_ref().map(Provenance::from).or_else(|| second.as_ref().map(Provenance::from));
        let list = first.map(|held| unique(held.value, |endpoint| endpoint.id.0.as_deref()));
        let rest = second.map(|held| unique(held.value, |endpoint| endpoint.id.0.as_deref()));
        let mut endpoints = present(&roster, names(list.as_deref(), rest.as_deref()), error.is_none());
        endpoints.retain(|known| self.reading.endpoints.admits(&known.name, &known.id));
        self.ask(&mut reads, &endpoints, on, deadline);
        reads.keep_only(&endpoints);
        let list_duration = reads.finish(started).await;

        let list_error = error.or_else(|| reads.details.complaint());
        let health_error = match &list_error {
            Some(error) if endpoints.is_empty() => Some(error.clone()), // nobody is known who could be asked
            _ => reads.healths.all_failed(),
        };
        let nobody_found = reads.healths.all_failed_by(Outcome::NotFound);
        let listed_any = self.note_workers(&endpoints, &mut reads);
        let latency_course = reads.latencies.settle(self, &endpoints, started, |_, _, _| ());
        let mut finished_jobs = Vec::new();
        let was_there: HashSet<&str> = roster.iter().map(|known| known.id.as_str()).collect();
        let requests_course = reads.requests.settle(self, &endpoints, started, |id, list, is_first| {
            let jobs = finished(std::mem::take(list));
            // An endpoint that came while the exporter runs has no jobs of before.
            let is_first = is_first && (roster.is_empty() || was_there.contains(id));
            finished_jobs.push(Finished { endpoint_id: id.to_owned(), jobs, is_first });
        });
        let mut merged = Merged::new(self.clock.now(), self.reading.each_worker);
        let mut listed = by_id(list, |wire| wire.id.0.clone());
        let mut rest = by_id(rest, |wire| wire.id.0.clone());
        let hold = self.workers_hold(endpoints.len());
        for known in &endpoints {
            let id = &known.id;
            let detail = reads.details.take(id).and_then(Result::ok);
            let health = reads.healths.take(id).map(|answer| self.health(id, answer));
            let (workers, releases) = self.workers_of(id, on, hold);
            let (list, rest) = (listed.remove(id), rest.remove(id));
            let latency = reads.latencies.held(self, id);
            merged.add(known, EndpointSources { list, detail, rest, health, workers, releases, latency });
        }
        let health_error =
            if nobody_found { self.settle_absence(&merged, health_error) } else { health_error };
        let workers_course = self.workers_course(&merged.endpoints, list_error.as_ref(), listed_any, started);
        let mut memory = self.memory();
        memory.endpoints = endpoints;
        memory.count(&mut merged.endpoints, started, &merged.sources);
        let mut courses =
            vec![CollectorRun::new(Collector::Endpoints, list_error, answered, list_duration).from(source)];
        if on.has(Collector::Health) {
            let any_up = merged.endpoints.iter().any(|endpoint| endpoint.up == Some(true));
            let oldest = merged.endpoints.iter().filter_map(|endpoint| endpoint.load_read);
            let oldest = oldest.map(|read| Provenance { api: Api::Jobs, read });
            courses.push(
                CollectorRun::new(Collector::Health, health_error, any_up, started.elapsed()).from(oldest),
            );
        }
        for course in [workers_course, latency_course, requests_course] {
            if on.has(course.collector) {
                courses.push(course);
            }
        }
        let Merged { endpoints, unreadable, unknown, .. } = merged;
        Serverless { endpoints, unreadable, finished: finished_jobs, unknown, courses }
    }

    async fn lists(&self, deadline: Instant) -> Lists {
        let graphql = async {
            let answer = self.runpod.endpoints(deadline).await;
            self.settle(|memory| &mut memory.endpoint_list, Api::Graphql, answer)
        };
        let question = self.question(Collector::Endpoints, (Api::Rest, Operation::Endpoints));
        let rest = whole(self.runpod.rest().endpoints(deadline));
        let rest = self.refreshed(|memory| &mut memory.rest_endpoints, question, rest);
        Box::pin(self.prefer(Collector::Endpoints, graphql, rest)).await
    }

    /// Asks about the endpoints that were not asked about yet.
    fn ask(&self, reads: &mut Reads, endpoints: &[Known], on: &Collectors, deadline: Instant) {
        let ids: Vec<String> = endpoints.iter().map(|known| known.id.clone()).collect();
        let rests = self.memory().no_jobs_api_until.is_some_and(|until| self.clock.elapsed() < until);
        if on.has(Collector::Health) && !rests {
            reads.healths.ask_each(&ids, |id: String| {
                let runpod = Arc::clone(&self.runpod);
                async move { runpod.health(&id, deadline).await }
            });
        }
        if self.runpod.has_endpoint_detail() {
            reads.details.ask_batches(&ids, BATCH, |ids: Vec<String>| {
                let runpod = Arc::clone(&self.runpod);
                async move { runpod.endpoint_detail(&ids, deadline).await }
            });
        }
        if on.has(Collector::Workers) {
            self.ask_workers(reads, &ids, deadline);
        }
        if on.has(Collector::Requests) {
            reads.requests.ask(self, &ids, |id: String| {
                let runpod = Arc::clone(&self.runpod);
                async move { runpod.requests(&id, deadline).await }
            });
        }
        if on.has(Collector::Latency) {
            reads.latencies.ask(self, &ids, |id: String| {
                let runpod = Arc::clone(&self.runpod);
                async move { runpod.latency(&id, deadline).await }
            });
        }
    }

    /// The health of an endpoint, or its last one while its server asks to wait.
    fn health(&self, id: &str, answer: Result<wire::Health, RequestError>) -> Lookup<wire::Health> {
        let clock = &*self.clock;
        let mut memory = self.memory();
        match answer {
            Err(error) if !matches!(error.reason, Reason::RateLimited { .. }) => {
                Lookup { held: None, error: Some(error), answered: false }
            }
            answer => {
                let cache = memory.healths.entry(id.to_owned()).or_default();
                cache.end(answer.map(runpod::Reply::complete), Api::Jobs, clock);
                cache.read(LONGEST_WAIT, clock.elapsed()) // whether it answered is in its error
            }
        }
    }

    /// Tells a job API that is down from one that this target does not have: there every endpoint is "not found", and
    /// GraphQL says how they are. Such an API rests, and its absence is no failure.
    fn settle_absence(&self, merged: &Merged, error: Option<RequestError>) -> Option<RequestError> {
        if !merged.unreadable.is_empty() {
            return error;
        }
        self.memory().no_jobs_api_until = Some(self.clock.elapsed() + NO_JOBS_API);
        tracing::info!(
            account = &**self.name(),
            "no job API at this URL; using queue and workers from GraphQL, next attempt in an hour"
        );
        None
    }
}

impl Reads {
    /// Takes in what arrives while something else is awaited.
    async fn while_waiting_for<U>(&mut self, other: impl Future<Output = U>) -> U {
        let other = self.details.while_waiting_for(other);
        let other = self.workers.while_waiting_for(other);
        let other = self.releases.while_waiting_for(other);
        let other = self.latencies.lookups.while_waiting_for(other);
        let other = self.requests.lookups.while_waiting_for(other);
        self.healths.while_waiting_for(other).await
    }

    /// Gives up what is about endpoints that vanished: nobody waits for them.
    fn keep_only(&mut self, endpoints: &[Known]) {
        let present: HashSet<&str> = endpoints.iter().map(|known| known.id.as_str()).collect();
        self.healths.keep_only(&present);
        self.details.keep_only(&present);
        self.workers.keep_only(&present);
        self.releases.keep_only(&present);
        self.latencies.lookups.keep_only(&present);
        self.requests.lookups.keep_only(&present);
    }

    /// Waits for everything, and tells how long the list and its details took.
    async fn finish(&mut self, started: Instant) -> Duration {
        let Self { healths, details, workers, releases, latencies, requests } = self;
        let finish_list = async {
            details.finish().await;
            started.elapsed()
        };
        let finish_health =
            async { tokio::join!(healths.finish(), latencies.lookups.finish(), requests.lookups.finish()) };
        tokio::join!(finish_list, finish_health, workers.finish(), releases.finish()).0
    }
}

fn by_id<T>(list: Option<Vec<T>>, id: impl Fn(&T) -> Option<String>) -> HashMap<String, T> {
    list.into_iter().flatten().filter_map(|wire| Some((id(&wire)?, wire))).collect()
}

/// Whom the first list names; the second, where the first did not come.
fn names(list: Option<&[wire::Endpoint]>, rest: Option<&[wire::rest::Endpoint]>) -> Vec<Known> {
    let known = |id: &wire::Text, name: &wire::Text| {
        let id = id.0.clone()?;
        let name = display_name(&id, name.0.as_deref());
        Some(Known { id, name })
    };
    match list {
        Some(list) => list.iter().filter_map(|wire| known(&wire.id, &wire.name)).collect(),
        None => rest.unwrap_or_default().iter().filter_map(|wire| known(&wire.id, &wire.name)).collect(),
    }
}

/// Who is there: whom the list names. If it failed, whom the last good one named; if it came with errors, both, for then
/// it may be short of some.
fn present(roster: &[Known], mut endpoints: Vec<Known>, whole: bool) -> Vec<Known> {
    if !whole {
        let listed: HashSet<String> = endpoints.iter().map(|known| known.id.clone()).collect();
        endpoints.extend(roster.iter().filter(|known| !listed.contains(&known.id)).cloned());
    }
    endpoints
}

/// Workers and how far their release has got, as they are held.
pub(super) type Workforce = (Option<Entry<wire::rest::Workers>>, Option<wire::rest::Releases>);
