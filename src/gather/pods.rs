//! The pods: the list, and what only a pod itself gives.

use std::collections::HashMap;
use std::sync::Arc;

use tokio::time::Instant;

use super::lookups::Lookups;
use super::prefer::{Preferred, whole};
use super::{CollectorRun, Gatherer, Section, unique};
use crate::settings::Collector;
use crate::snapshot::pod::{from_graphql, from_rest};
use crate::snapshot::{Merge as _, Pod, Provenance};
use runpod::{Api, BATCH, Operation, wire};

impl Gatherer {
    pub(super) async fn pods(&self, deadline: Instant) -> Section<Vec<Pod>> {
        let started = Instant::now();
        let mut details = Lookups::<wire::Pod>::new();
        let ask = |details: &mut Lookups<wire::Pod>, ids: &[String]| {
            if self.runpod.has_pod_detail() {
                details.ask_batches(ids, BATCH, |ids: Vec<String>| {
                    let runpod = Arc::clone(&self.runpod);
                    async move { runpod.pod_detail(&ids, deadline).await }
                });
            }
        };
        // The pods of the last list are asked while the new list is on its way: two trips become one.
        let known = self.memory().pods.clone();
        ask(&mut details, &known);
        let graphql = async {
            let answer = self.runpod.pods(deadline).await;
            self.settle(|memory| &mut memory.pod_list, Api::Graphql, answer)
        };
        let question = self.question(Collector::Pods, (Api::Rest, Operation::Pods));
        let rest = whole(self.runpod.rest().pods(deadline));
        let rest = self.refreshed(|memory| &mut memory.rest_pods, question, rest);
        let both = Box::pin(self.prefer(Collector::Pods, graphql, rest));
        let Preferred { first, second, error, answered } = details.while_waiting_for(both).await;
        let source: Option<Provenance> =
            first.as_ref().map(Provenance::from).or_else(|| second.as_ref().map(Provenance::from));

        let mut unknown = Vec::new();
        let mut found: Vec<Pod> = Vec::new();
        let from_rest = |wire| from_rest(wire, &mut unknown);
        let rest: Vec<Pod> = second.into_iter().flat_map(|held| held.value).filter_map(from_rest).collect();
        match first {
            None => found = rest,
            Some(held) => {
                let list = unique(held.value, |pod| pod.id.0.as_deref());
                let ids: Vec<String> = list.iter().filter_map(|pod| pod.id.0.clone()).collect();
                ask(&mut details, &ids);
                details.finish().await;
                let mut rest: HashMap<String, Pod> =
                    rest.into_iter().map(|pod| (pod.id.clone(), pod)).collect();
                for wire in list {
                    let detail = wire.id.0.as_deref().and_then(|id| details.take(id)).and_then(Result::ok);
                    let Some(pod) = from_graphql(wire, detail, &mut unknown) else { continue };
                    let fallback = rest.remove(&pod.id).unwrap_or_default();
                    found.push(pod.or(fallback).without_stale_use());
                }
                self.memory().pods = ids;
            }
        }
        let mut found = unique(found, |pod| Some(&pod.id));
        found.retain(|pod| self.reading.pods.admits(&pod.name, &pod.id));
        let error = error.or_else(|| details.complaint());
        let course = CollectorRun::new(Collector::Pods, error, answered, started.elapsed()).from(source);
        Section { found, unknown, course }
    }
}
