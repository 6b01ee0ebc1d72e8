//! The JSON of the APIs as types, field by field, in the names and units of the APIs.
//!
//! No field is required: one that is missing, null or of another type is unknown and affects no other. A number is
//! finite, and a list contains no null and at most as many elements as its type says. Names and ids have at most 256
//! characters, other texts 1,024. A field without a note has the meaning of its name; numbers without a unit are counts.
//! "Live" and "documented" are the two shapes in which the GraphQL API is known.
//!
//! Conversions to other units do not belong here.
#![expect(
    missing_docs,
    reason = "fields have the names of the APIs; units and values are noted where they are not obvious"
)]

mod account;
mod batch;
mod endpoint;
mod health;
mod host;
mod log;
mod market;
mod pod;
mod requests;
pub mod rest;
mod volume;

pub use account::{Account, Discount, SavingsPlan, SpendDetails};
pub(crate) use batch::NoBatches;
pub use batch::{Batch, Batches};
pub use endpoint::{Endpoint, Metrics, Queue, WorkerPod, Workers};
pub use health::{Health, HealthJobs, HealthWorkers};
pub use host::{DayEarnings, Host, Machine as HostMachine, MachineBalance};
pub use lenient_json::{
    Checked, Flag, Id, List, Map, Name, Number, NumberOr, Object, OwnId, Text, Texts, Unreadable,
};
pub use log::Log;
pub use market::{GpuType, LowestPrice};
pub use pod::{Container, Gpu, GpuMetrics, Machine, Pod, Port, Runtime, Telemetry};
pub use requests::{Request, RequestBucket, RequestMetrics, Requests};
pub use volume::Volume;

/// Maximum number of objects in a list of an account: endpoints, pods, volumes or GPU types. It is twice the number of
/// endpoints that the exporter is tested with, and takes some ten megabytes.
pub const MAX_OBJECTS: usize = 10_000;
