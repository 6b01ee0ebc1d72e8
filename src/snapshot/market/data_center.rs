//! What is available in a data center.

use std::collections::BTreeMap;
use std::sync::Arc;

use runpod::wire::rest as wire;

use super::stock::{Stock, stock};
use crate::snapshot::unknown::Unknown;

/// A data center.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct DataCenter {
    /// Its id.
    pub id: Arc<str>,
    /// The GPU types that it offers.
    pub gpus: BTreeMap<Arc<str>, Stock>,
    /// The CPU types that it offers.
    pub cpus: BTreeMap<Arc<str>, Stock>,
}

impl DataCenter {
    pub(crate) fn from_rest(wire: wire::DataCenter, unknown: &mut Vec<Unknown>) -> Option<Self> {
        let wire::DataCenter { id, gpu_availability, cpu_availability } = wire;
        let mut read = |field, list: Option<Vec<wire::Availability>>| {
            let each = |wire::Availability { id, availability }: wire::Availability| {
                let id = id.0?;
                Some((id, stock(field, availability.0.as_deref(), unknown)?))
            };
            list.unwrap_or_default().into_iter().filter_map(each).collect()
        };
        Some(Self {
            id: id.0?,
            gpus: read("dataCenter.gpuAvailability", gpu_availability.0),
            cpus: read("dataCenter.cpuAvailability", cpu_availability.0),
        })
    }
}
