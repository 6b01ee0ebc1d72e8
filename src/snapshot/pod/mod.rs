//! A pod: its description, its cost, its utilization.
//!
//! The cluster that it may belong to does not belong here, except for the membership itself; it is in `snapshot/cluster.rs`. Which lists
//! have a pod is decided in `gather/pods.rs`.

mod graphql;
mod membership;
mod port;
mod rest;
mod sets;

use std::sync::Arc;

pub(crate) use graphql::from_graphql;
pub use membership::{ClusterRole, Membership};
pub use port::{Port, PortKind};
pub(crate) use rest::from_rest;
pub use sets::{Cloud, PodKind, PodState};

use super::Billed;
use super::closed::OrOther;
use super::merge::mergeable;
use super::unit::{Bytes, Celsius, Count, DollarsPerHour, Ratio, Seconds, Watts};

mergeable! {
    /// One pod.
    #[derive(Debug, Clone, Default, PartialEq)]
    pub struct Pod {
        /// Its id, which is unique.
        pub id: Arc<str>,
        /// Its name, which is not unique; its id if the API gives no name.
        pub name: Arc<str>,
        /// Its state, desired or observed.
        pub status: Option<OrOther<PodState>>,
        /// How it is rented.
        pub kind: Option<OrOther<PodKind>>,
        /// The container image.
        pub image: Option<Arc<str>>,
        /// The GPU type.
        pub gpu_type_id: Option<Arc<str>>,
        /// Where its machine is from.
        pub cloud: Option<Cloud>,
        /// Where it runs.
        pub data_center_id: Option<Arc<str>>,
        /// The cluster that it belongs to.
        pub cluster: Option<Membership>,
        /// Cost while it runs, otherwise 0.
        pub cost: Option<DollarsPerHour>,
        /// GPUs.
        pub gpu_count: Option<Count>,
        /// Virtual CPUs.
        pub vcpu_count: Option<Count>,
        /// Memory size.
        pub memory: Option<Bytes>,
        /// Container disk size.
        pub container_disk: Option<Bytes>,
        /// Volume size.
        pub volume: Option<Bytes>,
        /// Time since it started; `None` unless it runs.
        pub uptime: Option<Seconds>,
        /// CPU utilization; `None` unless it runs.
        pub cpu_utilization: Option<Ratio>,
        /// Memory utilization; `None` unless it runs.
        pub memory_utilization: Option<Ratio>,
        /// Its GPUs, each once; empty unless it runs.
        pub gpus: Vec<Gpu>,
        /// Average temperature of its GPUs; `None` unless it runs.
        pub gpu_temperature: Option<Celsius>,
        /// Average power draw of its GPUs; `None` unless it runs.
        pub gpu_power: Option<Watts>,
        /// Its exposed ports, which are addresses and no labels of a series; empty unless it runs.
        pub ports: Vec<Port>,
        /// What was billed for it.
        pub billed: Billed,
    }
}

/// One GPU of a running pod.
#[derive(Debug, Clone, PartialEq)]
pub struct Gpu {
    /// Its id.
    pub id: Arc<str>,
    /// Its utilization.
    pub utilization: Option<Ratio>,
    /// The utilization of its memory.
    pub memory_utilization: Option<Ratio>,
}

impl Pod {
    /// Whether it runs; `None` if its state is unknown.
    pub(crate) fn is_running(&self) -> Option<bool> {
        self.status.as_ref().map(|status| *status == PodState::Running)
    }

    /// The pod without uptime, utilization and ports unless it runs: two sources may disagree temporarily, and an API may
    /// still show the last values of a stopped pod.
    #[must_use]
    pub(crate) fn without_stale_use(self) -> Self {
        if self.is_running() == Some(true) {
            return self;
        }
        Self {
            uptime: None,
            cpu_utilization: None,
            memory_utilization: None,
            gpus: Vec::new(),
            gpu_temperature: None,
            gpu_power: None,
            ports: Vec::new(),
            ..self
        }
    }
}
