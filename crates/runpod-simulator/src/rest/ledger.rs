//! The bills of an account: which amounts each of them has, and what the resources on it have cost.

use std::ops::Range;

use jiff::Timestamp;
use serde_json::{Map, Value};

use crate::world::{Cost, NetworkVolume, PodCost, World};

/// A bill.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ledger {
    All,
    Pods,
    /// The endpoints of the account.
    Serverless,
    /// Runpod's public endpoints: `/billing/endpoints`.
    PublicEndpoints,
    NetworkVolumes,
    Clusters,
}

/// The cost of one resource in one bucket; without an id, of all resources.
pub(super) struct Entry {
    pub(super) id: Option<String>,
    /// In the order of [`Ledger::parts`].
    pub(super) amounts: Vec<f64>,
}

impl Ledger {
    /// The amounts of the bill.
    pub(super) fn parts(self) -> &'static [&'static str] {
        match self {
            Self::All => &[
                "podGpuAmount",
                "podCpuAmount",
                "podDiskAmount",
                "serverlessGpuAmount",
                "serverlessCpuAmount",
                "serverlessDiskAmount",
                "serverlessFeeAmount",
                "storageStandardAmount",
                "storageHighPerformanceAmount",
                "endpointAmount",
                "clusterGpuAmount",
                "clusterDiskAmount",
                "clusterNetworkingAmount",
            ],
            Self::Pods => &["gpuAmount", "cpuAmount", "diskAmount"],
            Self::Serverless => &["gpuAmount", "cpuAmount", "diskAmount", "feeAmount"],
            Self::PublicEndpoints => &[],
            Self::NetworkVolumes => &["standardAmount", "highPerformanceAmount"],
            Self::Clusters => &["gpuAmount", "diskAmount", "networkingAmount"],
        }
    }

    /// The name of the resource id, in records and as a filter.
    pub(super) fn id_name(self) -> Option<&'static str> {
        match self {
            Self::All | Self::PublicEndpoints => None,
            Self::Pods => Some("podId"),
            Self::Serverless => Some("serverlessId"),
            Self::NetworkVolumes => Some("networkVolumeId"),
            Self::Clusters => Some("clusterId"),
        }
    }

    /// The field with the number of resources.
    pub(super) fn count_name(self) -> Option<&'static str> {
        match self {
            Self::All | Self::PublicEndpoints => None,
            Self::Pods => Some("uniquePodCount"),
            Self::Serverless => Some("uniqueServerlessCount"),
            Self::NetworkVolumes => Some("uniqueNetworkVolumeCount"),
            Self::Clusters => Some("uniqueClusterCount"),
        }
    }

    /// The amounts as JSON, with their total.
    pub(super) fn amounts(self, amounts: &[f64]) -> Map<String, Value> {
        // Not `sum`, which starts at minus zero.
        let total = amounts.iter().fold(0.0, |total, amount| total + amount);
        let parts = self.parts().iter().zip(amounts);
        let mut fields: Map<String, Value> =
            parts.map(|(name, amount)| ((*name).to_owned(), (*amount).into())).collect();
        fields.insert("totalAmount".to_owned(), total.into());
        fields
    }

    /// What each resource has cost in a bucket.
    pub(super) fn entries(self, world: &World, bucket: &Range<Timestamp>) -> Vec<Entry> {
        let mut entries: Vec<Entry> = match self {
            Self::All => {
                let sums = |part: Self| {
                    let mut sums = vec![0.0; part.parts().len()];
                    for entry in part.entries(world, bucket) {
                        sums.iter_mut().zip(&entry.amounts).for_each(|(sum, amount)| *sum += amount);
                    }
                    sums
                };
                let mut amounts: Vec<f64> =
                    [Self::Pods, Self::Serverless, Self::NetworkVolumes].into_iter().flat_map(sums).collect();
                amounts.push(0.0); // the account uses no public endpoint
                amounts.extend(sums(Self::Clusters));
                return vec![Entry { id: None, amounts }];
            }
            Self::PublicEndpoints => return vec![Entry { id: None, amounts: Vec::new() }],
            Self::Clusters => {
                let costs = world.cluster_costs(bucket.clone()).into_iter();
                let entry = |cost: Cost<PodCost>| {
                    let PodCost { gpu, cpu, disk } = cost.dollars;
                    Entry { id: Some(cost.id), amounts: vec![gpu + cpu, disk, 0.0] }
                };
                costs.map(entry).collect()
            }
            Self::Pods => {
                let costs = world.pod_costs(bucket.clone()).into_iter();
                let entry = |cost: Cost<PodCost>| {
                    let PodCost { gpu, cpu, disk } = cost.dollars;
                    Entry { id: Some(cost.id), amounts: vec![gpu, cpu, disk] }
                };
                costs.map(entry).collect()
            }
            Self::Serverless => {
                let costs = world.endpoint_costs(bucket.clone()).into_iter();
                // The price of a worker is the price of its GPU, without other charges.
                costs
                    .map(|cost| Entry { id: Some(cost.id), amounts: vec![cost.dollars, 0.0, 0.0, 0.0] })
                    .collect()
            }
            Self::NetworkVolumes => {
                let costs = world.volume_costs(bucket.clone()).into_iter();
                let entry = |(volume, dollars): (&NetworkVolume, f64)| Entry {
                    id: Some(volume.id.clone()),
                    amounts: if volume.high_performance { vec![0.0, dollars] } else { vec![dollars, 0.0] },
                };
                costs.map(entry).collect()
            }
        };
        // Resources without cost are not on the bill.
        entries.retain(|entry| entry.amounts.iter().any(|amount| *amount > 0.0));
        entries
    }
}
