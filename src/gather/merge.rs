//! One endpoint made of what each source said of it. The job API counts first, for it says most and stays; then the
//! endpoint itself, then the GraphQL list, then REST.

use std::collections::{BTreeMap, HashMap};

use jiff::Timestamp;

use super::cache::{Entry, Lookup};
use super::counter::TotalsFrom;
use super::memory::Known;
use crate::snapshot::endpoint::{facts_from_rest, from_graphql, from_health, reported, workers_from_rest};
use crate::snapshot::{Endpoint, Facts, JobTotal, Load, Merge as _, Money, Placement, Unknown};
use runpod::{RequestError, wire};

/// What each source said of one endpoint.
#[derive(Default)]
pub(super) struct EndpointSources {
    pub(super) list: Option<wire::Endpoint>,
    pub(super) detail: Option<wire::Endpoint>,
    pub(super) rest: Option<wire::rest::Endpoint>,
    /// `None` if it was not asked.
    pub(super) health: Option<Lookup<wire::Health>>,
    pub(super) workers: Option<Entry<wire::rest::Workers>>,
    pub(super) releases: Option<wire::rest::Releases>,
    pub(super) latency: Option<wire::RequestMetrics>,
}

/// The endpoints so far.
pub(super) struct Merged {
    pub(super) endpoints: Vec<Endpoint>,
    pub(super) unreadable: BTreeMap<String, RequestError>,
    /// Where each total came from.
    pub(super) sources: HashMap<(String, JobTotal), TotalsFrom>,
    pub(super) unknown: Vec<Unknown>,
    /// When this scrape takes place.
    now: Timestamp,
    /// Whether each worker is kept, or only their number.
    each_worker: bool,
}

impl Merged {
    pub(super) fn new(now: Timestamp, each_worker: bool) -> Self {
        let (endpoints, unreadable, sources, unknown) = Default::default();
        Self { endpoints, unreadable, sources, unknown, now, each_worker }
    }

    pub(super) fn add(&mut self, known: &Known, said: EndpointSources) {
        let EndpointSources { list, detail, rest, health, workers, releases, latency } = said;
        let listed = list.is_some();
        let mut read = |wire: Option<wire::Endpoint>| wire.map(|wire| from_graphql(wire, &mut self.unknown));
        let (list_facts, list_load) = read(list).unwrap_or_default();
        let (detail_facts, detail_load) = read(detail).unwrap_or_default();
        let rest_facts = rest.map(|rest| facts_from_rest(rest, &mut self.unknown)).unwrap_or_default();
        let reported = latency.map(|latency| reported(latency, self.now)).unwrap_or_default();
        let facts = detail_facts.or(Facts { listed, ..list_facts }).or(rest_facts);
        let facts = facts.or(Facts { reported, ..Facts::default() });
        let graphql = detail_load.or(list_load);

        let (held, error) = health.map_or((None, None), |read| (read.held, read.error));
        let is_fresh = held.is_some() && error.is_none();
        let up = match &error {
            _ if is_fresh || says_how_it_is(&graphql) => Some(true),
            Some(_) => Some(false),
            None => None,
        };
        if let (Some(false), Some(error)) = (up, error) {
            self.unreadable.insert(known.id.clone(), error);
        }
        let read =
            held.as_ref().map(|held| held.read).or_else(|| says_how_it_is(&graphql).then_some(self.now));
        let health = held.map(|held| from_health(held.value, &mut self.unknown));
        for total in health.iter().flat_map(|load| load.totals.keys()) {
            self.sources.insert((known.id.clone(), *total), TotalsFrom::Health);
        }
        let load = health.map_or_else(
            || {
                let workers = workers.as_ref().map(|held| workers_from_rest(&held.value)).unwrap_or_default();
                graphql.clone().or(Load { workers, ..Load::default() })
            },
            |health| health.or(graphql.clone()),
        );
        let mut placement =
            workers.map(|held| Placement::new(held.value, releases, held.read, &mut self.unknown));
        if let (Some(placement), false) = (&mut placement, self.each_worker) {
            placement.workers.clear();
        }
        self.endpoints.push(Endpoint {
            id: known.id.clone(),
            name: known.name.clone(),
            up,
            facts,
            load,
            load_read: read,
            placement,
            billed: Money::default(),
            requests: BTreeMap::new(),
        });
    }
}

fn says_how_it_is(load: &Load) -> bool {
    load.queue_depth.is_some() && load.workers.ready.is_some()
}
