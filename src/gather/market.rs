//! The market: types of GPUs and CPUs with prices and availability, and what is available in each data center.

use tokio::time::Instant;

use super::cache::Lookup;
use super::gatherer::Gatherer;
use super::list::unique;
use super::prefer::Preferred;
use super::run::{CollectorRun, Section, Tally};
use crate::settings::Collector;
use crate::snapshot::{DataCenter, Market, Offer, Provenance, Unknown};
use runpod::{Api, Operation, Product, wire};

impl Gatherer {
    /// GraphQL has the availability of GPUs for pods, REST also that for workers, CPUs and data centers.
    pub(super) async fn market(&self, deadline: Instant) -> Section<Market> {
        let started = Instant::now();
        let graphql = self.refreshed(
            |memory| &mut memory.gpu_types,
            self.query(Collector::Market, (Api::Graphql, Operation::Gpus)),
            self.runpod.gpu_types(deadline),
        );
        let data_centers = self.refreshed(
            |memory| &mut memory.data_centers,
            self.query(Collector::Market, (Api::Rest, Operation::DataCenters)),
            self.runpod.rest().data_centers(deadline),
        );
        let (pods, workers, cpus_of_pods, cpus_of_workers, data_centers) = tokio::join!(
            self.prefer(Collector::Market, graphql, self.rest_gpus(Product::Pod, deadline)),
            self.rest_gpus(Product::Serverless, deadline),
            self.rest_cpus(Product::Pod, deadline),
            self.rest_cpus(Product::Serverless, deadline),
            data_centers,
        );
        let cpus = [(Product::Pod, cpus_of_pods), (Product::Serverless, cpus_of_workers)];
        let Preferred { primary, fallback, error, answered } = pods;
        let of_rest = [&workers.error, &cpus[0].1.error, &cpus[1].1.error, &data_centers.error];
        let tally: Tally = std::iter::once(error.as_ref()).chain(of_rest.map(Option::as_ref)).collect();
        let answered =
            [workers.answered, cpus[0].1.answered, cpus[1].1.answered, data_centers.answered, answered]
                .contains(&true);
        let sources: Vec<Provenance> =
            primary.iter().map(Provenance::from).chain(fallback.iter().map(Provenance::from)).collect();

        let mut unknown = Vec::new();
        let graphql = primary.map(|entry| {
            entry.value.into_iter().filter_map(|gpu| Offer::of_gpu(gpu, &mut unknown)).collect()
        });
        let mut from_rest = |list: Vec<wire::rest::GpuType>, product| {
            list.into_iter().filter_map(|gpu| Offer::of_rest_gpu(gpu, product, &mut unknown)).collect()
        };
        let pods = fallback.map(|entry| from_rest(entry.value, Product::Pod));
        let workers = workers.entry.map(|entry| from_rest(entry.value, Product::Serverless));
        let gpus: Vec<Vec<Offer>> = [graphql, pods, workers].into_iter().flatten().collect();
        let data = Market {
            gpus: Offer::merge(gpus),
            cpus: offered_cpus(cpus, &mut unknown),
            data_centers: offering_centers(data_centers, &mut unknown),
        };
        let run = CollectorRun::new(Collector::Market, tally, answered, started.elapsed()).from(sources);
        if !answered {
            unknown.clear(); // they were counted when the responses were read
        }
        Section { data, unknown, run }
    }

    async fn rest_gpus(&self, product: Product, deadline: Instant) -> Lookup<Vec<wire::rest::GpuType>> {
        let query = self.query(Collector::Market, (Api::Rest, Operation::Gpus));
        let list = self.runpod.rest().gpus(product, deadline);
        self.refreshed(|memory| memory.rest_gpus.entry(product).or_default(), query, list).await
    }

    async fn rest_cpus(&self, product: Product, deadline: Instant) -> Lookup<Vec<wire::rest::CpuType>> {
        let query = self.query(Collector::Market, (Api::Rest, Operation::Cpus));
        let list = self.runpod.rest().cpus(product, deadline);
        self.refreshed(|memory| memory.rest_cpus.entry(product).or_default(), query, list).await
    }
}

fn offered_cpus(
    lists: [(Product, Lookup<Vec<wire::rest::CpuType>>); 2],
    unknown: &mut Vec<Unknown>,
) -> Vec<Offer> {
    let mut offers = |(product, list): (Product, Lookup<Vec<wire::rest::CpuType>>)| {
        let list = list.entry.into_iter().flat_map(|entry| entry.value);
        list.filter_map(|cpu| Offer::of_rest_cpu(cpu, product, unknown)).collect()
    };
    let lists: Vec<Vec<Offer>> = lists.into_iter().map(&mut offers).collect();
    Offer::merge(lists)
}

fn offering_centers(
    list: Lookup<Vec<wire::rest::DataCenter>>,
    unknown: &mut Vec<Unknown>,
) -> Vec<DataCenter> {
    let list = list.entry.into_iter().flat_map(|entry| entry.value);
    let centers = list.filter_map(|center| DataCenter::from_rest(center, unknown)).collect();
    unique(centers, |center: &DataCenter| Some(&center.id))
}
