//! A simulated Runpod: an account that develops over time ([`world`]), the APIs that report it, faults ([`faults`]),
//! scenes ([`scene`]), a record of the requests ([`traffic`]), and webhooks about finished jobs ([`webhooks`]).
//!
//! It writes its JSON from its own types. If it shared those of a client, a wrong field name would agree with itself.
//! Therefore this crate never depends on the client; recorded responses of the real service check both.
//!
//! Modules only use modules that are further down in this list:
//!
//! - `cli`: the flags of the command line (feature `cli`)
//! - `simulator`: composes everything and serves it; `options`
//! - `control`, `graphql`, `rest`, `jobs`, `logs`, `pod_proxy`, `webhooks`: answer from a world
//! - `job_record`: the record of a job, which the job API and webhooks write
//! - `answer`: the gateway in front of the APIs, and faults on the wire
//! - `scene`: changes a world and sets faults; `log_stream`
//! - `world`: knows no API
//! - `traffic`, `faults`, `quota`, `connection`
//! - `api`, `shape`, `problem`, `timestamp`: the vocabulary

mod answer;
mod api;
#[cfg(feature = "cli")]
pub mod cli;
mod connection;
mod control;
pub mod faults;
mod graphql;
mod job_record;
mod jobs;
mod log_stream;
mod logs;
mod options;
mod pod_proxy;
mod problem;
mod quota;
pub mod rest;
pub mod scene;
mod shape;
mod simulator;
#[cfg(test)]
mod tests;
mod timestamp;
pub mod traffic;
pub mod webhooks;
pub mod world;

pub use self::api::{Api, Operation, OperationError};
pub use self::options::{Options, Retirement};
pub use self::pod_proxy::PATH as POD_PROXY_PATH;
pub use self::quota::{Quota, QuotaError};
pub use self::shape::{Shape, ShapeError};
pub use self::simulator::Simulator;
