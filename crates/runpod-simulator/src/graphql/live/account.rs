//! `myself`: the account with its money, endpoints, pods and network volumes.

use std::time::Duration;

use async_graphql::{Object, SimpleObject};

use super::endpoint::Endpoint;
use super::host::{Machine, MachineEarnings};
use super::network_volume::NetworkVolume;
use super::pod::Pod;
use super::savings_plan::{PLAN, SavingsPlan};
use crate::timestamp::iso;
use crate::world::World;

/// The user. Fields are computed when they are selected, because some advance the load of every endpoint.
pub(super) struct User(World);

#[derive(Debug, SimpleObject)]
struct SpendDetails {
    local_storage_per_hour: f64,
    network_storage_per_hour: f64,
    gpu_compute_per_hour: f64,
}

#[derive(Debug, SimpleObject)]
struct Discount {
    user_id: String,
    #[graphql(name = "type")]
    kind: &'static str,
    discount_factor: f64,
    expiration_date: Option<String>,
    active_discount_factor: Option<f64>,
    active_workers: Option<u32>,
}

// === impl User ===

impl User {
    pub(super) fn new(world: &World) -> Self {
        Self(world.clone())
    }
}

#[Object]
impl User {
    async fn id(&self) -> String {
        self.0.account_id()
    }

    async fn email(&self) -> &'static str {
        "someone@example.com"
    }

    async fn pub_key(&self) -> Option<&'static str> {
        None
    }

    async fn is_team(&self) -> Option<bool> {
        Some(false)
    }

    async fn client_balance(&self) -> Option<f64> {
        Some(self.0.account().balance)
    }

    async fn client_lifetime_spend(&self) -> Option<f64> {
        Some(self.0.lifetime_spend())
    }

    async fn current_spend_per_hr(&self) -> Option<f64> {
        // Runpod rounds the spend rate, but not the balance.
        Some((self.0.account().spend.total() * 1_000.0).round() / 1_000.0)
    }

    async fn spend_limit(&self) -> Option<f64> {
        Some(self.0.spend_limit())
    }

    async fn min_balance(&self) -> Option<f64> {
        Some(0.0)
    }

    async fn under_balance(&self) -> Option<bool> {
        Some(self.0.account().balance <= 0.0)
    }

    async fn host_balance(&self) -> Option<f64> {
        Some(0.0)
    }

    async fn machines(&self) -> Option<Vec<Option<Machine>>> {
        Some(self.0.machines().iter().map(|machine| Some(machine.into())).collect())
    }

    /// Latest day first.
    async fn machine_earnings(&self) -> Option<Vec<Option<MachineEarnings>>> {
        let now = self.0.now();
        let dates =
            [now, now - jiff::SignedDuration::from_hours(24)].map(|at| at.strftime("%Y-%m-%d").to_string());
        let machines = self.0.machines();
        let days = machines.iter().flat_map(|machine| MachineEarnings::days(machine, dates.clone()));
        Some(days.map(Some).collect())
    }

    async fn credit_alert_threshold(&self) -> Option<f64> {
        None
    }

    async fn max_serverless_concurrency(&self) -> Option<u64> {
        Some(self.0.workers_quota())
    }

    async fn machine_quota(&self) -> Option<i32> {
        Some(0)
    }

    async fn spend_details(&self) -> Option<SpendDetails> {
        let spend = self.0.account().spend;
        Some(SpendDetails {
            local_storage_per_hour: spend.local_storage,
            network_storage_per_hour: spend.network_storage,
            gpu_compute_per_hour: spend.compute,
        })
    }

    async fn serverless_discount(&self) -> Option<Discount> {
        Some(Discount {
            user_id: self.0.account_id(),
            kind: "ACTIVE_WORKER",
            discount_factor: 0.15,
            expiration_date: Some(iso(self.0.before_start(Duration::ZERO) + PLAN)),
            active_discount_factor: Some(0.25),
            active_workers: Some(2),
        })
    }

    async fn savings_plans(&self) -> Option<Vec<Option<SavingsPlan>>> {
        let pod = self.0.pods().iter().find(|pod| pod.gpu.is_some() && self.0.role(pod).is_running());
        let plan = pod.map(|pod| Some(SavingsPlan::new(&self.0, pod)));
        Some(plan.into_iter().collect())
    }

    async fn endpoints(&self) -> Option<Vec<Option<Endpoint>>> {
        let endpoints = self.0.endpoints().into_iter();
        Some(endpoints.map(|endpoint| Some(Endpoint::new(&self.0, endpoint))).collect())
    }

    async fn endpoint(&self, id: String) -> Option<Endpoint> {
        self.0.endpoint(&id).map(|endpoint| Endpoint::new(&self.0, endpoint))
    }

    async fn pods(&self) -> Option<Vec<Option<Pod>>> {
        Some(self.0.pods().iter().map(|pod| Some(Pod::of_pod(&self.0, pod))).collect())
    }

    async fn network_volumes(&self) -> Option<Vec<Option<NetworkVolume>>> {
        Some(self.0.volumes().iter().map(|volume| Some(NetworkVolume::new(volume))).collect())
    }
}
