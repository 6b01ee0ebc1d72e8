//! The endpoints: the list, what only an endpoint itself gives, and the job API of each, all in flight together.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;
use std::time::Duration;

use tokio::time::Instant;

use super::super::endpoint::display_name;
use super::super::lookups::Lookups;
use super::super::memory::Known;
use super::super::{Collector, Endpoint, Unknown};
use super::merge::Merged;
use super::{Course, Gatherer, split, unique};
use crate::runpod::{BATCH, Outcome, RequestError, wire};

/// A target that has no job API is asked for it again after this long, like any API that is gone for good.
const NO_JOBS_API: Duration = Duration::from_hours(1);

/// What the serverless sections gave: the list with its details, and health.
#[derive(Default)]
pub(super) struct Serverless {
    pub(super) endpoints: Vec<Endpoint>,
    /// The endpoints of which nobody could say how they are.
    pub(super) unreadable: BTreeMap<String, RequestError>,
    pub(super) unknown: Vec<Unknown>,
    pub(super) list: Option<Course>,
    pub(super) health: Option<Course>,
}

/// The reads about single endpoints.
struct Reads {
    healths: Lookups<wire::Health>,
    details: Lookups<wire::Endpoint>,
}

impl Gatherer {
    pub(super) async fn serverless(&self, wants_health: bool, deadline: Instant) -> Serverless {
        let started = Instant::now();
        let mut reads = Reads { healths: Lookups::new(), details: Lookups::new() };
        // The endpoints of the last list are asked while the new list is on its way: two trips become one.
        let roster = self.memory().endpoints.clone();
        self.ask(&mut reads, &roster, wants_health, deadline);
        let list = reads.details.while_waiting_for(self.runpod.endpoints(deadline));
        let (list, list_error) = split(reads.healths.while_waiting_for(list).await);
        let list = list.map(|list| unique(list, |endpoint| endpoint.id.0.as_deref()));
        let mut endpoints = present(&roster, list.as_deref(), list_error.is_none());
        endpoints.retain(|known| self.endpoints.admits(&known.name, &known.id));
        self.ask(&mut reads, &endpoints, wants_health, deadline);
        reads.keep_only(&endpoints);
        let finish_list = async {
            reads.details.finish().await;
            started.elapsed()
        };
        let (list_duration, ()) = tokio::join!(finish_list, reads.healths.finish());
        let list_error = list_error.or_else(|| reads.details.complaint());
        let health_error = match &list_error {
            Some(error) if endpoints.is_empty() => Some(error.clone()), // nobody is known who could be asked
            _ => reads.healths.all_failed(),
        };

        let nobody_found = reads.healths.all_failed_by(Outcome::NotFound);
        let mut merged = Merged::default();
        let mut listed: HashMap<String, wire::Endpoint> = HashMap::new();
        listed.extend(list.into_iter().flatten().filter_map(|wire| Some((wire.id.0.clone()?, wire))));
        for known in &endpoints {
            let detail = reads.details.take(&known.id).and_then(Result::ok);
            merged.add(known, listed.remove(&known.id), detail, reads.healths.take(&known.id));
        }
        let health_error =
            if nobody_found { self.settle_absence(&merged, health_error) } else { health_error };
        let mut memory = self.memory();
        memory.endpoints = endpoints;
        memory.count(&mut merged.endpoints, started, &merged.sources);
        let course = |collector, error, duration| Some(Course { collector, error, duration });
        Serverless {
            endpoints: merged.endpoints,
            unreadable: merged.unreadable,
            unknown: merged.unknown,
            list: course(Collector::Endpoints, list_error, list_duration),
            health: if wants_health {
                course(Collector::Health, health_error, started.elapsed())
            } else {
                None
            },
        }
    }

    /// Asks about the endpoints that were not asked about yet.
    fn ask(&self, reads: &mut Reads, endpoints: &[Known], wants_health: bool, deadline: Instant) {
        let ids: Vec<String> = endpoints.iter().map(|known| known.id.clone()).collect();
        let rests = self.memory().no_jobs_api_until.is_some_and(|until| Instant::now() < until);
        if wants_health && !rests {
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
    }

    /// Tells a job API that is down from one that this target does not have: there every endpoint is "not found", and
    /// GraphQL says how they are. Such an API rests, and its absence is no failure.
    fn settle_absence(&self, merged: &Merged, error: Option<RequestError>) -> Option<RequestError> {
        if !merged.unreadable.is_empty() {
            return error;
        }
        self.memory().no_jobs_api_until = Some(Instant::now() + NO_JOBS_API);
        tracing::info!(
            account = &**self.name(),
            "no job API at this target, and GraphQL gives queue and workers: not asking it for an hour"
        );
        None
    }
}

impl Reads {
    /// Gives up what is about endpoints that vanished: nobody waits for them.
    fn keep_only(&mut self, endpoints: &[Known]) {
        let present: HashSet<&str> = endpoints.iter().map(|known| known.id.as_str()).collect();
        self.healths.keep_only(&present);
        self.details.keep_only(&present);
    }
}

/// Who is there: whom the list names. If it failed, whom the last good one named; if it came with errors, both, for then
/// it may be short of some.
fn present(roster: &[Known], list: Option<&[wire::Endpoint]>, whole: bool) -> Vec<Known> {
    let known = |wire: &wire::Endpoint| {
        let id = wire.id.0.clone()?;
        let name = display_name(&id, wire.name.0.as_deref());
        Some(Known { id, name })
    };
    let mut endpoints: Vec<Known> = list.unwrap_or_default().iter().filter_map(known).collect();
    if !whole {
        let listed: HashSet<String> = endpoints.iter().map(|known| known.id.clone()).collect();
        endpoints.extend(roster.iter().filter(|known| !listed.contains(&known.id)).cloned());
    }
    endpoints
}
