//! The machines of a host.

use runpod::{Api, Operation};
use tokio::time::Instant;

use super::cache::Lookup;
use super::gatherer::Gatherer;
use super::run::{CollectorRun, Section, Tally};
use crate::settings::Collector;
use crate::snapshot::Provenance;
use crate::snapshot::bill::day;
use crate::snapshot::host::Host;

impl Gatherer {
    pub(super) async fn host(&self, deadline: Instant) -> Section<Option<Host>> {
        let started = Instant::now();
        let query = self.query(Collector::Host, (Api::Graphql, Operation::Host));
        let Lookup { entry, error, answered } =
            self.refreshed(|memory| &mut memory.host, query, self.runpod.host(deadline)).await;
        let source: Option<Provenance> = entry.as_ref().map(Provenance::from);
        let run = CollectorRun::new(Collector::Host, Tally::of(error.as_ref()), answered, started.elapsed())
            .with_sources(source);
        let data = entry.map(|entry| Host::from_wire(entry.value, day(entry.read)));
        Section { data, unknown: Vec::new(), run }
    }
}
