//! What the REST API says, second version: the field names of its OpenAPI document.

mod account;
mod market;
mod pod;
mod serverless;

pub use account::{Balance, Bill, Limit, Limits, Record, Volume};
pub use market::{GpuType, Price};
pub use pod::{Cpu, Gpu, GpuUse, Mounts, Pod, Runtime, Size, Use};
pub use serverless::{
    Endpoint, EndpointGpu, Releases, Rollout, Scaling, Summary, Worker, WorkerLimits, Workers,
};
