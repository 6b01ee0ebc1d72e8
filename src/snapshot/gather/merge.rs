//! One endpoint made of what each source said of it. The job API counts first, for it says most and stays; then the
//! endpoint itself, then the list.

use std::collections::{BTreeMap, HashMap};

use super::super::counter::Source;
use super::super::endpoint::{Overlay, from_graphql, from_health};
use super::super::memory::Known;
use super::super::{Endpoint, Facts, Load, Unknown};
use crate::runpod::{RequestError, wire};

/// The endpoints so far.
#[derive(Default)]
pub(super) struct Merged {
    pub(super) endpoints: Vec<Endpoint>,
    pub(super) unreadable: BTreeMap<String, RequestError>,
    /// Where each total came from.
    pub(super) sources: HashMap<(String, &'static str), Source>,
    pub(super) unknown: Vec<Unknown>,
}

impl Merged {
    pub(super) fn add(
        &mut self,
        known: &Known,
        list: Option<wire::Endpoint>,
        detail: Option<wire::Endpoint>,
        health: Option<Result<wire::Health, RequestError>>,
    ) {
        let listed = list.is_some();
        let mut read = |wire: Option<wire::Endpoint>| wire.map(|wire| from_graphql(wire, &mut self.unknown));
        let (list_facts, list_load) = read(list).unwrap_or_default();
        let (detail_facts, detail_load) = read(detail).unwrap_or_default();
        let graphql = detail_load.over(list_load);
        let (health, error) = match health {
            Some(Ok(health)) => (Some(from_health(health, &mut self.unknown)), None),
            Some(Err(error)) => (None, Some(error)),
            None => (None, None),
        };
        let up = match &error {
            _ if health.is_some() || says_how_it_is(&graphql) => Some(true),
            Some(_) => Some(false),
            None => None,
        };
        if let (Some(false), Some(error)) = (up, error) {
            self.unreadable.insert(known.id.clone(), error);
        }
        for status in health.iter().flat_map(|load| load.totals.keys()) {
            self.sources.insert((known.id.clone(), status), Source::Health);
        }
        self.endpoints.push(Endpoint {
            id: known.id.clone(),
            name: known.name.clone(),
            up,
            facts: Facts { listed, ..detail_facts.over(list_facts) },
            load: health.unwrap_or_default().over(graphql),
            requests: BTreeMap::new(),
        });
    }
}

fn says_how_it_is(load: &Load) -> bool {
    load.queue_depth.is_some() && load.workers.ready.is_some()
}
