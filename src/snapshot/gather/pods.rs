//! The pods: the list, and what only a pod itself gives.

use std::sync::Arc;

use tokio::time::Instant;

use super::super::lookups::Lookups;
use super::super::{Collector, Pod, Unknown};
use super::{Course, Gatherer, split, unique};
use crate::runpod::{BATCH, wire};

/// What the pods section gave.
#[derive(Default)]
pub(super) struct Pods {
    pub(super) found: Vec<Pod>,
    pub(super) unknown: Vec<Unknown>,
    pub(super) course: Option<Course>,
}

impl Gatherer {
    pub(super) async fn pods(&self, deadline: Instant) -> Pods {
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
        let (list, list_error) = split(details.while_waiting_for(self.runpod.pods(deadline)).await);
        let mut list = unique(list.unwrap_or_default(), |pod| pod.id.0.as_deref());
        list.retain(|pod| {
            let (name, id) =
                (pod.name.0.as_deref().unwrap_or_default(), pod.id.0.as_deref().unwrap_or_default());
            self.pods.admits(name, id)
        });
        let ids: Vec<String> = list.iter().filter_map(|pod| pod.id.0.clone()).collect();
        ask(&mut details, &ids);
        details.finish().await;

        let error = list_error.or_else(|| details.complaint());
        self.memory().pods = ids;
        let mut unknown = Vec::new();
        let pods = list.into_iter().filter_map(|pod| {
            let detail = pod.id.0.as_deref().and_then(|id| details.take(id)).and_then(Result::ok);
            super::super::pod::from_wire(pod, detail, &mut unknown)
        });
        let found = pods.collect();
        let course = Some(Course { collector: Collector::Pods, error, duration: started.elapsed() });
        Pods { found, unknown, course }
    }
}
