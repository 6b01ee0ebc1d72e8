//! What the upstream says, field by field, in its own names and units. Nothing is required: a field that is missing, null
//! or of another type is unknown, and costs itself alone.

mod account;
mod endpoint;
mod health;
mod host;
mod lenient;
mod log;
mod market;
mod pod;
mod requests;
pub mod rest;
mod volume;

pub use account::{Account, Discount, SavingsPlan, SpendDetails};
pub use endpoint::{Endpoint, Metrics, Queue, Workers};
pub use health::{Health, HealthJobs, HealthWorkers};
pub use host::{DayEarnings, Host, Machine as HostMachine, MachineBalance};
pub use lenient::{Flag, List, Number, Text};
pub use log::Log;
pub use market::{GpuType, LowestPrice};
pub use pod::{Container, Gpu, GpuMetrics, Machine, Pod, Runtime, Telemetry};
pub use requests::{Request, RequestBucket, RequestMetrics, Requests};
pub use volume::Volume;
