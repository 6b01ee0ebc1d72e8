//! The pods: the list, and what only a pod itself returns.

use std::sync::Arc;

use runpod::{Api, BATCH, Operation, wire};
use tokio::time::Instant;

use super::cache::Entry;
use super::gatherer::Gatherer;
use super::list::{by_id, unique};
use super::lookups::Lookups;
use super::prefer::Preferred;
use super::run::{CollectorRun, Section, Tally};
use crate::settings::Collector;
use crate::snapshot::pod::{from_graphql, from_rest};
use crate::snapshot::{Merge as _, Pod};

impl Gatherer {
    pub(super) async fn pods(&self, deadline: Instant) -> Section<Vec<Pod>> {
        let started = Instant::now();
        let mut details = Lookups::<wire::Pod>::new(self.panic_of((Api::Graphql, Operation::PodDetail)));
        // The pods of the last list are read while the new list is in flight: two round trips become one.
        let known = self.memory().pods.clone();
        self.request_details(&mut details, &known, deadline);
        let graphql = async {
            let request = self.runpod.pods(deadline);
            let result = self.guarded(Collector::Pods.row().primary, request).await;
            self.record(|memory| &mut memory.pod_list, Api::Graphql, result)
        };
        let query = self.query(Collector::Pods, (Api::Rest, Operation::Pods));
        let rest = self.runpod.rest().pods(deadline);
        let rest = self.refreshed(|memory| &mut memory.rest_pods, query, rest);
        let lists = Box::pin(self.prefer(Collector::Pods, graphql, rest));
        let lists = details.while_waiting_for(lists).await;
        let source = lists.source();
        let Preferred { primary, fallback, error, answered } = lists;

        let mut unknown = Vec::new();
        let from_rest = |entry: Entry<_>| entry.convert(started, &mut unknown, from_rest);
        let rest: Vec<Pod> = fallback.into_iter().flat_map(Entry::each).filter_map(from_rest).collect();
        let pods = if let Some(entry) = primary {
            let list = entry.map(|list| unique(list, |pod| pod.id.0.as_ref()));
            let ids: Vec<Arc<str>> = list.value.iter().filter_map(|pod| pod.id.0.clone()).collect();
            self.request_details(&mut details, &ids, deadline);
            details.finish().await;
            self.memory().pods = ids;
            let mut rest = by_id(rest, |pod| Some(Arc::clone(&pod.id)));
            let merged = list.each().filter_map(|entry| {
                let detail = entry.value.id.0.as_deref().and_then(|id| details.take(id)).and_then(Result::ok);
                let convert = |wire, unknown: &mut _| from_graphql(wire, detail, unknown);
                let pod = entry.convert(started, &mut unknown, convert)?;
                let fallback = rest.remove(&pod.id).unwrap_or_default();
                Some(pod.or(fallback).without_stale_use())
            });
            merged.collect()
        } else {
            rest
        };
        let mut pods = unique(pods, |pod| Some(&pod.id));
        pods.retain(|pod| self.reading.pods.admits(&pod.name, &pod.id));
        let mut tally = Tally::of(error.as_ref());
        details.add_batches_to(&mut tally);
        let run = CollectorRun::new(Collector::Pods, tally, answered, started.elapsed()).with_sources(source);
        Section { data: pods, unknown, run }
    }

    /// Requests what only pods themselves return, if the server has it.
    fn request_details(&self, details: &mut Lookups<wire::Pod>, ids: &[Arc<str>], deadline: Instant) {
        if self.runpod.has_pod_detail() {
            details.request_batches(ids, BATCH, |ids: Vec<Arc<str>>| {
                let runpod = Arc::clone(&self.runpod);
                async move { runpod.pod_detail(&ids, deadline).await }
            });
        }
    }
}
