//! The network volumes.

use runpod::{Api, Operation};
use tokio::time::Instant;

use super::gatherer::Gatherer;
use super::list::unique;
use super::prefer::Preferred;
use super::run::{CollectorRun, Section, Tally};
use crate::settings::Collector;
use crate::snapshot::Volume;

impl Gatherer {
    pub(super) async fn volumes(&self, deadline: Instant) -> Section<Vec<Volume>> {
        let started = Instant::now();
        let query = |api| self.query(Collector::Volumes, (api, Operation::Volumes));
        let rest = self.refreshed(
            |memory| &mut memory.rest_volumes,
            query(Api::Rest),
            self.runpod.rest().volumes(deadline),
        );
        let graphql =
            self.refreshed(|memory| &mut memory.volumes, query(Api::Graphql), self.runpod.volumes(deadline));
        let preferred = Box::pin(self.prefer(Collector::Volumes, rest, graphql)).await;
        let source = preferred.source();
        let Preferred { primary, fallback, error, answered } = preferred;
        let volumes: Vec<Volume> = match (primary, fallback) {
            (Some(rest), _) => rest.value.into_iter().filter_map(Volume::from_rest).collect(),
            (None, Some(graphql)) => graphql.value.into_iter().filter_map(Volume::from_graphql).collect(),
            (None, None) => Vec::new(),
        };
        let data = unique(volumes, |volume| Some(&volume.id));
        let run =
            CollectorRun::new(Collector::Volumes, Tally::of(error.as_ref()), answered, started.elapsed())
                .with_sources(source);
        Section { data, unknown: Vec::new(), run }
    }
}
