//! Collectors that read slowly changing data at an interval: volumes, the market, the machines of a host.

use tokio::time::Instant;

use super::cache::Lookup;
use super::gatherer::Gatherer;
use super::list::unique;
use super::prefer::Preferred;
use super::run::{CollectorRun, Section, Tally};
use crate::settings::Collector;
use crate::snapshot::bill::day;
use crate::snapshot::host::Host;
use crate::snapshot::{GpuType, Provenance, Volume};
use runpod::{Api, Operation, Product, wire};

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

    /// GraphQL has the availability for pods, REST also that for workers.
    pub(super) async fn market(&self, deadline: Instant) -> Section<Vec<GpuType>> {
        let started = Instant::now();
        let graphql = self.refreshed(
            |memory| &mut memory.gpu_types,
            self.query(Collector::Market, (Api::Graphql, Operation::Gpus)),
            self.runpod.gpu_types(deadline),
        );
        let pods = self.prefer(Collector::Market, graphql, self.rest_gpus(Product::Pod, deadline));
        let (pods, serverless) = tokio::join!(pods, self.rest_gpus(Product::Serverless, deadline));
        let Preferred { primary, fallback, error, answered } = pods;
        let mut unknown = Vec::new();
        let sources: Vec<Provenance> =
            primary.iter().map(Provenance::from).chain(fallback.iter().map(Provenance::from)).collect();
        let tally = Tally::from_iter([error.as_ref(), serverless.error.as_ref()]);
        let answered = answered || serverless.answered;
        let graphql = primary.map(|entry| {
            entry.value.into_iter().filter_map(|gpu| GpuType::from_graphql(gpu, &mut unknown)).collect()
        });
        let mut from_rest = |list: Vec<wire::rest::GpuType>, product| {
            list.into_iter().filter_map(|gpu| GpuType::from_rest(gpu, product, &mut unknown)).collect()
        };
        let pods = fallback.map(|entry| from_rest(entry.value, Product::Pod));
        let serverless = serverless.entry.map(|entry| from_rest(entry.value, Product::Serverless));
        let lists: Vec<Vec<GpuType>> = [graphql, pods, serverless].into_iter().flatten().collect();
        let run = CollectorRun::new(Collector::Market, tally, answered, started.elapsed()).from(sources);
        Section { data: GpuType::merge(lists), unknown, run }
    }

    async fn rest_gpus(&self, product: Product, deadline: Instant) -> Lookup<Vec<wire::rest::GpuType>> {
        let query = self.query(Collector::Market, (Api::Rest, Operation::Gpus));
        let list = self.runpod.rest().gpus(product, deadline);
        self.refreshed(|memory| memory.rest_gpus.entry(product).or_default(), query, list).await
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
