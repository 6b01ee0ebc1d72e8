//! Collectors that read slowly changing data at an interval: volumes, the machines of a host.

use runpod::{Api, Operation};
use tokio::time::Instant;

use super::cache::Lookup;
use super::gatherer::Gatherer;
use super::list::unique;
use super::prefer::Preferred;
use super::run::{CollectorRun, Section, Tally};
use crate::settings::Collector;
use crate::snapshot::bill::day;
use crate::snapshot::host::Host;
use crate::snapshot::{Provenance, Volume};

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
        let Preferred { primary, fallback, error, answered } =
            Box::pin(self.prefer(Collector::Volumes, rest, graphql)).await;
        let source: Option<Provenance> =
            primary.as_ref().map(Provenance::from).or_else(|| fallback.as_ref().map(Provenance::from));
        let volumes: Vec<Volume> = match (primary, fallback) {
            (Some(rest), _) => rest.value.into_iter().filter_map(Volume::from_rest).collect(),
            (None, Some(graphql)) => graphql.value.into_iter().filter_map(Volume::from_graphql).collect(),
            (None, None) => Vec::new(),
        };
        let data = unique(volumes, |volume| Some(&volume.id));
        let run =
            CollectorRun::new(Collector::Volumes, Tally::of(error.as_ref()), answered, started.elapsed())
                .from(source);
        Section { data, unknown: Vec::new(), run }
    }

    pub(super) async fn host(&self, deadline: Instant) -> Section<Option<Host>> {
        let started = Instant::now();
        let query = self.query(Collector::Host, (Api::Graphql, Operation::Host));
        let Lookup { entry, error, answered } =
            self.refreshed(|memory| &mut memory.host, query, self.runpod.host(deadline)).await;
        let source: Option<Provenance> = entry.as_ref().map(Provenance::from);
        let run = CollectorRun::new(Collector::Host, Tally::of(error.as_ref()), answered, started.elapsed())
            .from(source);
        let data = entry.map(|entry| Host::from_wire(entry.value, day(entry.read)));
        Section { data, unknown: Vec::new(), run }
    }
}
