//! The schema of api.runpod.io, as far as it was observed.
//!
//! There is no root `endpoint`, and an endpoint has no status, workers, queue or metrics. Fields with secrets exist because
//! clients select them; their values are made up.

use async_graphql::{Context, InputObject, Object, Result, SimpleObject};

use super::gpu::{GpuType, GpuTypeFilter, types};
use crate::answer::Identity;
use crate::world::{CPUS, DATA_CENTERS, World};

use self::account::User;
use self::pod::Pod;

mod account;
mod endpoint;
mod host;
mod machine_info;
mod network_volume;
mod pod;
mod runtime;
mod savings_plan;

/// The root of the schema.
pub(super) struct Query;

/// Selects a pod.
#[derive(Debug, InputObject)]
struct PodFilter {
    pod_id: String,
}

#[derive(Debug, SimpleObject)]
struct CpuType {
    id: &'static str,
    display_name: &'static str,
    manufacturer: &'static str,
    cores: u32,
    threads_per_core: u32,
}

#[derive(Debug, SimpleObject)]
struct DataCenter {
    id: &'static str,
    name: &'static str,
    location: &'static str,
    listed: bool,
    storage_support: bool,
}

#[Object]
impl Query {
    /// Null without a key.
    async fn myself(&self, context: &Context<'_>) -> Result<Option<User>> {
        let world = context.data::<World>()?;
        Ok((*context.data::<Identity>()? == Identity::Owner).then(|| User::new(world)))
    }

    async fn pod(&self, context: &Context<'_>, input: PodFilter) -> Result<Option<Pod>> {
        if *context.data::<Identity>()? != Identity::Owner {
            return Ok(None);
        }
        let world = context.data::<World>()?;
        let pod = world.pods().iter().find(|pod| pod.id == input.pod_id);
        Ok(pod.map(|pod| Pod::of_pod(world, pod)))
    }

    async fn gpu_types(&self, input: Option<GpuTypeFilter>) -> Option<Vec<Option<GpuType>>> {
        Some(types(input.as_ref()).into_iter().map(Some).collect())
    }

    async fn cpu_types(&self) -> Option<Vec<Option<CpuType>>> {
        let cpus = CPUS.iter().map(|&(id, display_name, cores)| CpuType {
            id,
            display_name,
            manufacturer: "AMD",
            cores,
            threads_per_core: 2,
        });
        Some(cpus.map(Some).collect())
    }

    async fn data_centers(&self) -> Option<Vec<Option<DataCenter>>> {
        let centers = DATA_CENTERS.iter().map(|center| DataCenter {
            id: center.id,
            name: center.id,
            location: center.location,
            listed: true,
            storage_support: center.storage,
        });
        Some(centers.map(Some).collect())
    }
}
