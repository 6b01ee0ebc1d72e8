//! What changes slowly and is asked at intervals: volumes, the market, the machines of a host.

use tokio::time::Instant;

use super::cache::Lookup;
use super::prefer::{Preferred, whole};
use super::{CollectorRun, Gatherer, Section, unique};
use crate::settings::Collector;
use crate::snapshot::bill::day;
use crate::snapshot::host::Host;
use crate::snapshot::{GpuType, Provenance, Unknown, Volume};
use runpod::{Api, Operation, Product, wire};

impl Gatherer {
    pub(super) async fn volumes(&self, deadline: Instant) -> Section<Vec<Volume>> {
        let started = Instant::now();
        let question = |api| self.question(Collector::Volumes, (api, Operation::Volumes));
        let rest = self.refreshed(
            |memory| &mut memory.rest_volumes,
            question(Api::Rest),
            whole(self.runpod.rest().volumes(deadline)),
        );
        let graphql = self.refreshed(
            |memory| &mut memory.volumes,
            question(Api::Graphql),
            self.runpod.volumes(deadline),
        );
        let Preferred { first, second, error, answered } =
            Box::pin(self.prefer(Collector::Volumes, rest, graphql)).await;
        let sources: Vec<Provenance> =
            first.iter().map(Provenance::from).chain(second.iter().map(Provenance::from)).take(1).collect();
        let rest = first.map(|held| held.value.into_iter().filter_map(Volume::from_rest).collect::<Vec<_>>());
        let graphql =
            second.map(|held| held.value.into_iter().filter_map(Volume::from_graphql).collect::<Vec<_>>());
        let found = unique(rest.or(graphql).unwrap_or_default(), |volume| Some(&volume.id));
        let course = CollectorRun::new(Collector::Volumes, error, answered, started.elapsed()).from(sources);
        Section { found, unknown: Vec::new(), course }
    }

    /// GraphQL knows the stock for pods, REST the stock for workers too.
    pub(super) async fn market(&self, deadline: Instant) -> Section<Vec<GpuType>> {
        let started = Instant::now();
        let graphql = self.refreshed(
            |memory| &mut memory.gpu_types,
            self.question(Collector::Market, (Api::Graphql, Operation::Gpus)),
            self.runpod.gpu_types(deadline),
        );
        let pods = self.prefer(Collector::Market, graphql, self.rest_gpus(Product::Pod, deadline));
        let (pods, serverless) = tokio::join!(pods, self.rest_gpus(Product::Serverless, deadline));
        let Preferred { first, second, error, answered } = pods;
        let mut unknown = Vec::new();
        let sources: Vec<Provenance> =
            first.iter().map(Provenance::from).chain(second.iter().map(Provenance::from)).collect();
        let (error, answered) = (error.or(serverless.error), answered || serverless.answered);
        let graphql = first.map(|held| {
            held.value.into_iter().filter_map(|gpu| GpuType::from_graphql(gpu, &mut unknown)).collect()
        });
        let mut from_rest = |held: Vec<wire::rest::GpuType>, product| {
            held.into_iter().filter_map(|gpu| GpuType::from_rest(gpu, product, &mut unknown)).collect()
        };
        let pods = second.map(|held| from_rest(held.value, Product::Pod));
        let serverless = serverless.held.map(|held| from_rest(held.value, Product::Serverless));
        let lists: Vec<Vec<GpuType>> = [graphql, pods, serverless].into_iter().flatten().collect();
        let course = CollectorRun::new(Collector::Market, error, answered, started.elapsed()).from(sources);
        Section { found: GpuType::merge(lists), unknown, course }
    }

    async fn rest_gpus(&self, product: Product, deadline: Instant) -> Lookup<Vec<wire::rest::GpuType>> {
        let question = self.question(Collector::Market, (Api::Rest, Operation::Gpus));
        let ask = whole(self.runpod.rest().gpus(product, deadline));
        self.refreshed(|memory| memory.rest_gpus.entry(product).or_default(), question, ask).await
    }

    pub(super) async fn host(&self, deadline: Instant) -> Section<Option<Host>> {
        let started = Instant::now();
        let question = self.question(Collector::Host, (Api::Graphql, Operation::Host));
        let ask = self.runpod.host(deadline);
        let read = self.refreshed(|memory| &mut memory.host, question, ask).await;
        let sources: Vec<Provenance> = read.held.iter().map(Provenance::from).collect();
        let course =
            CollectorRun::new(Collector::Host, read.error, read.answered, started.elapsed()).from(sources);
        let found = read.held.map(|held| Host::from_wire(held.value, day(held.read)));
        Section { found, unknown: Vec::<Unknown>::new(), course }
    }
}
