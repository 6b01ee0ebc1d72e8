//! The clusters and their pods, which the list of pods leaves out.

use std::sync::Arc;

use hashbrown::HashSet;
use runpod::{Api, Operation};
use tokio::time::Instant;

use super::cache::{Entry, Lookup};
use super::gatherer::Gatherer;
use super::list::{by_id, unique};
use super::run::{CollectorRun, Section, Tally};
use crate::settings::Collector;
use crate::snapshot::pod::from_rest;
use crate::snapshot::{Cluster, Merge as _, Pod, Provenance};

/// What the collector read.
#[derive(Debug, Default)]
pub(super) struct Clusters {
    pub(super) clusters: Vec<Cluster>,
    /// Every pod of the account.
    pub(super) pods: Vec<Pod>,
}

impl Gatherer {
    /// Reads the clusters, and the pods only if there are clusters: most accounts have none.
    pub(super) async fn clusters(&self, deadline: Instant) -> Section<Clusters> {
        let started = Instant::now();
        let query = |operation| self.query(Collector::Clusters, (Api::Rest, operation));
        let list = self.runpod.rest().clusters(deadline);
        let list = self.refreshed(|memory| &mut memory.clusters, query(Operation::Clusters), list).await;
        let has_clusters = list.entry.as_ref().is_some_and(|entry| !entry.value.is_empty());
        let pods = if has_clusters {
            let pods = self.runpod.rest().all_pods(deadline);
            let query = query(Operation::ClusterPods);
            Some(self.refreshed(|memory| &mut memory.cluster_pods, query, pods).await)
        } else {
            None
        };
        let answered = list.answered || pods.as_ref().is_some_and(|pods| pods.answered);
        let pod_error = pods.as_ref().map(|pods| pods.error.as_ref());
        let tally: Tally = std::iter::once(list.error.as_ref()).chain(pod_error).collect();
        let sources: Vec<Provenance> = list.entry.iter().map(Provenance::from).collect();
        let pods = pods.and_then(|Lookup { entry, .. }| entry);
        let sources = sources.into_iter().chain(pods.as_ref().map(Provenance::from));
        let run =
            CollectorRun::new(Collector::Clusters, tally, answered, started.elapsed()).with_sources(sources);

        let mut unknown = Vec::new();
        let pods: Vec<Pod> = pods
            .into_iter()
            .flat_map(Entry::each)
            .filter_map(|entry| entry.convert(started, &mut unknown, from_rest))
            .collect();
        let pods = unique(pods, |pod| Some(&pod.id));
        let mut cluster = |entry: Entry<_>| {
            let convert = |wire, unknown: &mut _| Cluster::from_rest(wire, &pods, unknown);
            entry.convert(started, &mut unknown, convert)
        };
        let clusters = list.entry.into_iter().flat_map(Entry::each).filter_map(&mut cluster).collect();
        let clusters = unique(clusters, |cluster: &Cluster| Some(&cluster.id));
        Section { data: Clusters { clusters, pods }, unknown, run }
    }

    /// The listed pods, with what is known of those that belong to a cluster. A list may have them or leave them out.
    pub(super) fn with_members(&self, listed: Vec<Pod>, all: Vec<Pod>) -> Vec<Pod> {
        let is_member = |pod: &Pod| pod.cluster.is_some() && self.reading.pods.admits(&pod.name, &pod.id);
        let members: Vec<Pod> = all.into_iter().filter(is_member).collect();
        if members.is_empty() {
            return listed;
        }
        let in_list: HashSet<Arc<str>> = listed.iter().map(|pod| Arc::clone(&pod.id)).collect();
        let (known, others): (Vec<Pod>, Vec<Pod>) =
            members.into_iter().partition(|member| in_list.contains(&member.id));
        let mut known = by_id(known, |member| Some(Arc::clone(&member.id)));
        let complete = |pod: Pod| match known.remove(&pod.id) {
            Some(member) => pod.or(member).without_stale_use(),
            None => pod,
        };
        listed.into_iter().map(complete).chain(others).collect()
    }
}
