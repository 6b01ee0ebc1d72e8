//! The routes of the REST API, and the operation that each of them is.

use super::ledger::Ledger;
use crate::api::Operation;

/// A route below `/rest/v2/`.
#[derive(Debug, Clone, Copy)]
pub(super) enum Route<'a> {
    Pods,
    Pod(&'a str),
    Endpoints,
    Endpoint(&'a str),
    Workers(&'a str),
    Releases(&'a str),
    Volumes,
    Volume(&'a str),
    Billing(Ledger),
    Gpus,
    Gpu(&'a str),
    Cpus,
    Cpu(&'a str),
    DataCenters,
    DataCenter(&'a str),
    PublicTemplates,
    Clusters,
    Cluster(&'a str),
    ClusterPods(&'a str),
    Templates,
    Template(&'a str),
    Registries,
    Registry(&'a str),
    Delegations,
    SshKeys,
    RequestMetrics(&'a str),
    Builds(&'a str),
    Openapi,
    Balance,
    Limits,
    PodLogs(&'a str),
    WorkerLogs(&'a str, &'a str),
}

impl<'a> Route<'a> {
    /// The route of a path below `/rest/v2/`.
    pub(super) fn of(path: &'a str) -> Option<Self> {
        let parts: Vec<&str> = path.split('/').collect();
        Some(match *parts.as_slice() {
            ["pods"] => Self::Pods,
            ["pods", id] => Self::Pod(id),
            ["pods", id, "logs"] => Self::PodLogs(id),
            ["serverless"] => Self::Endpoints,
            ["serverless", id] => Self::Endpoint(id),
            ["serverless", id, "workers"] => Self::Workers(id),
            ["serverless", id, "workers", worker, "logs"] => Self::WorkerLogs(id, worker),
            ["serverless", id, "releases"] => Self::Releases(id),
            ["network-volumes"] => Self::Volumes,
            ["network-volumes", id] => Self::Volume(id),
            ["billing"] => Self::Billing(Ledger::All),
            ["billing", "pods"] => Self::Billing(Ledger::Pods),
            ["billing", "serverless"] => Self::Billing(Ledger::Serverless),
            ["billing", "endpoints"] => Self::Billing(Ledger::PublicEndpoints),
            ["billing", "network-volumes"] => Self::Billing(Ledger::NetworkVolumes),
            ["billing", "clusters"] => Self::Billing(Ledger::Clusters),
            ["catalog", "gpus"] => Self::Gpus,
            ["catalog", "gpus", id] => Self::Gpu(id),
            ["catalog", "cpus"] => Self::Cpus,
            ["catalog", "cpus", id] => Self::Cpu(id),
            ["catalog", "datacenters"] => Self::DataCenters,
            ["catalog", "datacenters", id] => Self::DataCenter(id),
            ["catalog", "templates"] => Self::PublicTemplates,
            ["clusters"] => Self::Clusters,
            ["clusters", id] => Self::Cluster(id),
            ["clusters", id, "pods"] => Self::ClusterPods(id),
            ["templates"] => Self::Templates,
            ["templates", id] => Self::Template(id),
            ["registries"] => Self::Registries,
            ["registries", "delegations"] => Self::Delegations,
            ["registries", id] => Self::Registry(id),
            ["account", "ssh-keys"] => Self::SshKeys,
            ["serverless", id, "metrics", "requests"] => Self::RequestMetrics(id),
            ["serverless", id, "builds"] => Self::Builds(id),
            ["openapi.json"] => Self::Openapi,
            ["billing", "balance"] => Self::Balance,
            ["account", "limits"] => Self::Limits,
            _ => return None,
        })
    }

    pub(super) fn operation(self) -> Operation {
        match self {
            Self::Pods | Self::Pod(_) => Operation::Pods,
            Self::Endpoints | Self::Endpoint(_) => Operation::Endpoints,
            Self::Workers(_) => Operation::Workers,
            Self::Releases(_) => Operation::Releases,
            Self::Volumes | Self::Volume(_) => Operation::Volumes,
            Self::Billing(_) => Operation::Billing,
            Self::Gpus
            | Self::Gpu(_)
            | Self::Cpus
            | Self::Cpu(_)
            | Self::DataCenters
            | Self::DataCenter(_)
            | Self::PublicTemplates => Operation::Catalog,
            Self::Clusters | Self::Cluster(_) | Self::ClusterPods(_) => Operation::Clusters,
            Self::Templates | Self::Template(_) => Operation::Templates,
            Self::Registries | Self::Registry(_) | Self::Delegations => Operation::Registries,
            Self::SshKeys => Operation::Account,
            Self::RequestMetrics(_) => Operation::Metrics,
            Self::Builds(_) => Operation::Builds,
            Self::Openapi => Operation::Openapi,
            Self::Balance => Operation::Balance,
            Self::Limits => Operation::Limits,
            Self::PodLogs(_) | Self::WorkerLogs(..) => Operation::Logs,
        }
    }

    /// The endpoint in the path.
    pub(super) fn endpoint(self) -> Option<&'a str> {
        match self {
            Self::Endpoint(id)
            | Self::Workers(id)
            | Self::Releases(id)
            | Self::RequestMetrics(id)
            | Self::Builds(id)
            | Self::WorkerLogs(id, _) => Some(id),
            _ => None,
        }
    }
}
