//! `/billing`: what was spent, by resource and bucket of time.
//!
//! How windows are cut is in [`super::buckets`]; what things have cost, in the world.

use std::collections::BTreeSet;
use std::ops::Range;

use jiff::Timestamp;
use serde_json::{Map, Value, json};

use super::buckets::Window;
use super::{Ask, Problem};
use crate::world::{Cost, NetworkVolume, PodCost, World};

/// Which bill.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ledger {
    All,
    Pods,
    /// The endpoints of the account.
    Serverless,
    /// The endpoints of Runpod that everyone can use: `/billing/endpoints`.
    PublicEndpoints,
    NetworkVolumes,
    Clusters,
}

/// What one resource has cost in one bucket; without an id, all of them together.
struct Entry {
    id: Option<String>,
    /// In the order of [`Ledger::parts`].
    amounts: Vec<f64>,
}

impl Ask<'_> {
    pub(super) fn billing(&self, ledger: Ledger) -> Result<Value, Problem> {
        let window = Window::read(&self.query, self.world.now())?;
        let filter = ledger.id_name().map(|name| (name, self.query.get(name)));
        let wanted = filter.and_then(|(_, id)| id);
        let mut records = Vec::new();
        let mut totals = vec![0.0; ledger.parts().len()];
        let mut ids = BTreeSet::new();
        for bucket in &window.buckets {
            for entry in ledger.entries(self.world, bucket) {
                if wanted.is_some_and(|wanted| entry.id.as_deref() != Some(wanted)) {
                    continue;
                }
                totals.iter_mut().zip(&entry.amounts).for_each(|(total, amount)| *total += amount);
                let mut record = ledger.amounts(&entry.amounts);
                record.extend(range(bucket));
                if let (Some(name), Some(id)) = (ledger.id_name(), entry.id) {
                    record.insert(name.to_owned(), id.as_str().into());
                    ids.insert(id);
                }
                records.push(Value::Object(record));
            }
        }
        let mut asked: Map<String, Value> = window.bounds().iter().flat_map(range).collect();
        asked.insert("bucketSize".to_owned(), window.size.name().into());
        asked.extend(filter.map(|(name, id)| (name.to_owned(), id.into())));
        let mut metadata = Map::new();
        metadata.insert("query".to_owned(), asked.into());
        metadata.insert("recordCount".to_owned(), records.len().into());
        metadata.insert("totals".to_owned(), ledger.amounts(&totals).into());
        metadata.extend(ledger.count_name().map(|name| (name.to_owned(), ids.len().into())));
        Ok(json!({ "records": records, "metadata": metadata }))
    }
}

fn range(time: &Range<Timestamp>) -> [(String, Value); 2] {
    [("startTime", time.start), ("endTime", time.end)]
        .map(|(name, at)| (name.to_owned(), at.to_string().into()))
}

// === impl Ledger ===

impl Ledger {
    /// What a bill is made of.
    fn parts(self) -> &'static [&'static str] {
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

    /// The name of the resource's id, in records and as a filter.
    fn id_name(self) -> Option<&'static str> {
        match self {
            Self::All | Self::PublicEndpoints => None,
            Self::Pods => Some("podId"),
            Self::Serverless => Some("serverlessId"),
            Self::NetworkVolumes => Some("networkVolumeId"),
            Self::Clusters => Some("clusterId"),
        }
    }

    /// How many resources there are on the bill.
    fn count_name(self) -> Option<&'static str> {
        match self {
            Self::All | Self::PublicEndpoints => None,
            Self::Pods => Some("uniquePodCount"),
            Self::Serverless => Some("uniqueServerlessCount"),
            Self::NetworkVolumes => Some("uniqueNetworkVolumeCount"),
            Self::Clusters => Some("uniqueClusterCount"),
        }
    }

    fn amounts(self, amounts: &[f64]) -> Map<String, Value> {
        // Not `sum`, which begins at minus zero.
        let total = amounts.iter().fold(0.0, |total, amount| total + amount);
        let parts = self.parts().iter().zip(amounts);
        let mut fields: Map<String, Value> =
            parts.map(|(name, amount)| ((*name).to_owned(), (*amount).into())).collect();
        fields.insert("totalAmount".to_owned(), total.into());
        fields
    }

    fn entries(self, world: &World, bucket: &Range<Timestamp>) -> Vec<Entry> {
        let mut entries: Vec<Entry> = match self {
            Self::All => {
                let mut amounts = Vec::new();
                for part in [Self::Pods, Self::Serverless, Self::NetworkVolumes] {
                    let mut sums = vec![0.0; part.parts().len()];
                    for entry in part.entries(world, bucket) {
                        sums.iter_mut().zip(&entry.amounts).for_each(|(sum, amount)| *sum += amount);
                    }
                    amounts.extend(sums);
                }
                // The account has neither used public endpoints nor clusters.
                amounts.resize(self.parts().len(), 0.0);
                return vec![Entry { id: None, amounts }];
            }
            Self::PublicEndpoints => return vec![Entry { id: None, amounts: Vec::new() }],
            Self::Clusters => Vec::new(),
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
                // The price of a worker is that of its GPU; the world charges nothing on top.
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
        // What cost nothing is not on the bill.
        entries.retain(|entry| entry.amounts.iter().any(|amount| *amount > 0.0));
        entries
    }
}
