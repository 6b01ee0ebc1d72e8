//! The simulated account: endpoints with their load, pods, network volumes, machines, money.
//!
//! A world is made from a seed and follows the clock that it is given: the same seed and the same time give the same
//! world, no matter when it was read before. It knows no API: how it is reported does not belong here.

pub(crate) use self::billing::{Cost, PodCost};
pub(crate) use self::cluster::Cluster;
pub(crate) use self::conditions::Conditions;
pub(crate) use self::endpoint::Scaling;
pub use self::endpoint::{Configuration, Endpoint};
#[cfg(test)]
pub(crate) use self::endpoint_kind::EndpointKind;
pub(crate) use self::job::EndedJob;
pub use self::job::{FinishedJob, JobStatus, Totals};
pub(crate) use self::known_job::{JobState, KnownJob};
pub(crate) use self::latency::{Latency, rank};
pub use self::load::Counts;
pub use self::log::LogLine;
pub(crate) use self::machine::Machine;
pub(crate) use self::market::{CPUS, CUDA_VERSIONS, Cpu, DATA_CENTERS, DataCenter, GPUS, Gpu, VCPU_PRICE};
pub use self::outbox::Truth;
pub(crate) use self::outbox::millis;
pub use self::pod::Pod;
pub(crate) use self::pod::{PodRole, Workload, address, public_port};
pub(crate) use self::pod_usage::{GpuUsage, Usage};
pub(crate) use self::population::Population;
pub(crate) use self::profile::Releases;
pub(crate) use self::release::Release;
pub(crate) use self::request::JobRequest;
pub(crate) use self::serving::Serving;
pub(crate) use self::state::Size;
pub use self::state::World;
pub(crate) use self::stock::Stock;
pub(crate) use self::template::{Template, TemplateSource};
pub(crate) use self::volume::NetworkVolume;
pub use self::worker::{WorkerCounts, WorkerStatus, WorkerView};

mod account;
mod arrivals;
mod axis;
mod billing;
mod cluster;
mod conditions;
mod endpoint;
mod endpoint_kind;
mod endpoints;
mod finished;
mod fleet;
mod job;
mod known_job;
mod latency;
mod life;
mod load;
mod log;
mod machine;
mod market;
mod money;
mod outbox;
mod pod;
mod pod_usage;
mod pods;
mod population;
mod profile;
mod random;
mod release;
mod request;
mod requests;
mod serving;
mod state;
mod stock;
mod template;
mod time;
mod timeline;
mod volume;
mod worker;
mod worker_time;
