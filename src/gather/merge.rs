//! Merging of an endpoint from its sources. The job API takes precedence, because it has the most data and is the most
//! stable; then the GraphQL endpoint, the GraphQL list, and REST.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::Timestamp;
use runpod::{RequestError, wire};
use tokio::time::Instant;

use super::cache::{Entry, Lookup};
use super::memory::{CountedEndpoint, KnownEndpoint};
use super::run::Tally;
use crate::snapshot::endpoint::{batches, facts_from_rest, from_graphql, from_health, workers_from_rest};
use crate::snapshot::{Billed, Endpoint, Facts, Load, Merge as _, Placement, Reported, Unknown};

/// What each source returned for one endpoint.
#[derive(Default)]
pub(super) struct EndpointSources {
    pub(super) list: Option<Entry<wire::Endpoint>>,
    pub(super) detail: Option<wire::Endpoint>,
    pub(super) rest: Option<Entry<wire::rest::Endpoint>>,
    /// `None` if it was not requested.
    pub(super) health: Option<Lookup<wire::Health>>,
    pub(super) workers: Option<Entry<wire::rest::Workers>>,
    pub(super) releases: Option<wire::rest::Releases>,
    /// The latencies that Runpod computed.
    pub(super) reported: Reported,
    pub(super) batches: Option<Entry<wire::Batches>>,
}

/// The merged endpoints.
pub(super) struct Merged {
    pub(super) endpoints: Vec<CountedEndpoint>,
    pub(super) unreadable: BTreeMap<Arc<str>, RequestError>,
    pub(super) unknown: Vec<Unknown>,
    /// The endpoints whose merge panicked.
    pub(super) panicked: Tally,
    /// The time of this scrape.
    now: Timestamp,
    /// The start of this scrape.
    started: Instant,
    /// Whether the workers are kept one by one.
    each_worker: bool,
}

impl Merged {
    pub(super) fn new(count: usize, now: Timestamp, started: Instant, each_worker: bool) -> Self {
        Self {
            endpoints: Vec::with_capacity(count),
            unreadable: BTreeMap::new(),
            unknown: Vec::new(),
            panicked: Tally::default(),
            now,
            started,
            each_worker,
        }
    }

    pub(super) fn add(&mut self, known: &KnownEndpoint, sources: EndpointSources) {
        let EndpointSources {
            list,
            detail,
            rest,
            health,
            workers,
            releases,
            reported,
            batches: listed_batches,
        } = sources;
        let listed = list.is_some();
        let (started, unknown) = (self.started, &mut self.unknown);
        let list = list.map(|entry| entry.convert(started, unknown, from_graphql));
        let (list_facts, list_load) = list.unwrap_or_default();
        let detail = detail.map(|detail| from_graphql(detail, unknown));
        let (detail_facts, detail_load) = detail.unwrap_or_default();
        let rest = rest.map(|entry| entry.convert(started, unknown, facts_from_rest));
        let rest_facts = rest.unwrap_or_default();
        let facts = detail_facts
            .or(Facts { listed, ..list_facts })
            .or(rest_facts)
            .or(Facts { reported, ..Facts::default() });
        let graphql = detail_load.or(list_load);

        let (health, error) = health.map_or((None, None), |health| (health.entry, health.error));
        let is_fresh = health.is_some() && error.is_none();
        let up = match &error {
            _ if is_fresh || is_complete(&graphql) => Some(true),
            Some(_) => Some(false),
            None => None,
        };
        let error = error.filter(|_| up == Some(false));
        if let Some(error) = &error {
            self.unreadable.insert(Arc::clone(&known.id), error.clone());
        }
        let graphql_read = is_complete(&graphql).then_some(self.now);
        let load_read = health.as_ref().map(|entry| entry.read).or(graphql_read);
        let mut totals_from_health = Vec::new();
        let load = if let Some(entry) = health {
            let load = entry.convert(started, unknown, from_health);
            totals_from_health = load.totals.keys().copied().collect();
            load.or(graphql)
        } else {
            let workers = workers.as_ref().map(|entry| workers_from_rest(&entry.value)).unwrap_or_default();
            graphql.or(Load { workers, ..Load::default() })
        };
        let load = load.without_contradiction();
        let mut placement = workers.map(|entry| {
            let read = entry.read;
            entry.convert(started, unknown, |list, unknown| Placement::new(list, releases, read, unknown))
        });
        if let (Some(placement), false) = (&mut placement, self.each_worker) {
            placement.workers.clear();
        }
        let batches = listed_batches.map(|entry| entry.convert(started, unknown, batches));
        let endpoint = Endpoint {
            id: Arc::clone(&known.id),
            name: Arc::clone(&known.name),
            up,
            error,
            facts,
            load,
            load_read,
            placement,
            batches,
            billed: Billed::default(),
            requests: BTreeMap::new(),
        };
        self.endpoints.push(CountedEndpoint { endpoint, from_health: totals_from_health });
    }

    /// Adds an endpoint whose merge panicked: all of it is unknown.
    pub(super) fn add_panicked(&mut self, known: &KnownEndpoint, error: RequestError) {
        let (id, name) = (Arc::clone(&known.id), Arc::clone(&known.name));
        let endpoint = Endpoint {
            id: Arc::clone(&id),
            name,
            up: Some(false),
            error: Some(error.clone()),
            ..Endpoint::default()
        };
        self.endpoints.push(CountedEndpoint { endpoint, from_health: Vec::new() });
        self.panicked.add(Some(&error));
        self.unreadable.insert(id, error);
    }
}

/// Whether GraphQL returned the load, as its documented shape does.
fn is_complete(load: &Load) -> bool {
    load.queue_depth.is_some() && load.workers.ready.is_some()
}
