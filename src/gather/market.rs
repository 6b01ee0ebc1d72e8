//! The market: types of GPUs and CPUs with prices and availability, and what is available in each data center.

use runpod::{Api, Operation, Product, wire};
use tokio::time::Instant;

use super::cache::{Entry, Lookup};
use super::gatherer::Gatherer;
use super::list::unique;
use super::prefer::Preferred;
use super::run::{CollectorRun, Section, Tally};
use crate::settings::Collector;
use crate::snapshot::{DataCenter, Market, Offer, Provenance, Unknown};

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
        let graphql = primary.map(|list| converted(list, started, &mut unknown, Offer::of_gpu));
        let mut from_rest = |list: Entry<Vec<wire::rest::GpuType>>, product| {
            let offer = |gpu, unknown: &mut _| Offer::of_rest_gpu(gpu, product, unknown);
            converted(list, started, &mut unknown, offer)
        };
        let pods = fallback.map(|list| from_rest(list, Product::Pod));
        let workers = workers.entry.map(|list| from_rest(list, Product::Serverless));
        let gpus: Vec<Vec<Offer>> = [graphql, pods, workers].into_iter().flatten().collect();
        let cpus = cpus.into_iter().filter_map(|(product, list)| Some((product, list.entry?)));
        let cpus = cpus.map(|(product, list)| {
            let offer = |cpu, unknown: &mut _| Offer::of_rest_cpu(cpu, product, unknown);
            converted(list, started, &mut unknown, offer)
        });
        let cpus = Offer::merge(cpus.collect::<Vec<_>>());
        let centers =
            data_centers.entry.map(|list| converted(list, started, &mut unknown, DataCenter::from_rest));
        let data_centers = unique(centers.unwrap_or_default(), |center| Some(&center.id));
        let data = Market { gpus: Offer::merge(gpus), cpus, data_centers };
        let run =
            CollectorRun::new(Collector::Market, tally, answered, started.elapsed()).with_sources(sources);
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

/// The elements of a list that can be converted.
fn converted<T, U>(
    list: Entry<Vec<T>>,
    started: Instant,
    unknown: &mut Vec<Unknown>,
    convert: impl Fn(T, &mut Vec<Unknown>) -> Option<U>,
) -> Vec<U> {
    list.convert(started, unknown, |list, unknown| {
        list.into_iter().filter_map(|element| convert(element, unknown)).collect()
    })
}
