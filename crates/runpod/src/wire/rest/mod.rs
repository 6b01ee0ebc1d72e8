//! Objects of version 2 of the REST API, with the field names of its OpenAPI description.

mod account;
mod billing;
mod cluster;
mod market;
mod pod;
mod serverless;

pub use account::{Balance, Limit, Limits, Volume};
pub use billing::{Bill, Record};
pub use cluster::{Cluster, ClusterCompute, ClusterPods, PodCluster};
pub use market::{Availability, CpuPrice, CpuType, DataCenter, GpuType, Price};
pub use pod::{Cpu, Gpu, GpuUse, Mounts, Pod, Runtime, Size, Use};
pub use serverless::{
    Endpoint, EndpointCpu, EndpointGpu, Releases, Rollout, Scaling, Summary, Worker, WorkerLimits, Workers,
};
