//! `myself`: the account with its money, and the way to everything that belongs to it.

use std::time::Duration;

use async_graphql::{Object, SimpleObject};

use super::endpoint::Endpoint;
use super::host::{Machine, MachineEarnings};
use super::iso;
use super::pod::Pod;
use crate::world::{self, World};

/// The user. Nothing is computed before it is asked for: the money of an account plays every endpoint on.
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

#[derive(Debug, SimpleObject)]
pub(super) struct SavingsPlan {
    id: String,
    start_time: Option<String>,
    end_time: Option<String>,
    plan_length: Option<&'static str>,
    savings_plan_type: Option<&'static str>,
    cost_per_hr: Option<f64>,
    upfront_cost: Option<f64>,
    gpu_type_id: Option<&'static str>,
    pod_id: Option<String>,
}

#[derive(Debug, SimpleObject)]
pub(super) struct NetworkVolume {
    id: String,
    name: &'static str,
    size: u32,
    data_center_id: &'static str,
}

/// How long a savings plan of this account runs, and how much of it lies behind when the world begins.
const PLAN: Duration = Duration::from_hours(30 * 24);
const PLAN_USED: Duration = Duration::from_hours(11 * 24);

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
        // Runpod rounds the rate, not the balance.
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

    /// The latest day first.
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
            expiration_date: Some(iso(self.0.before_birth(Duration::ZERO) + PLAN)),
            active_discount_factor: Some(0.25),
            active_workers: Some(2),
        })
    }

    async fn savings_plans(&self) -> Option<Vec<Option<SavingsPlan>>> {
        let pod = self.0.pods().iter().find(|pod| pod.gpu.is_some() && self.0.errand(pod).is_running());
        let plan = pod.map(|pod| Some(savings_plan(&self.0, pod)));
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

/// The plan that belongs to a pod.
pub(super) fn savings_plan(world: &World, pod: &world::Pod) -> SavingsPlan {
    let start = world.before_birth(PLAN_USED);
    SavingsPlan {
        id: format!("sp-{}", pod.machine_id),
        start_time: Some(iso(start)),
        end_time: Some(iso(start + PLAN)),
        plan_length: Some("ONE_MONTH"),
        savings_plan_type: Some("UPFRONT"),
        cost_per_hr: Some(pod.price * 0.9),
        upfront_cost: Some((pod.price * 0.9 * PLAN.as_secs_f64() / 3_600.0).round()),
        gpu_type_id: pod.gpu.map(|gpu| gpu.id),
        pod_id: Some(pod.id.clone()),
    }
}

// === impl NetworkVolume ===

impl NetworkVolume {
    pub(super) fn new(volume: &world::NetworkVolume) -> Self {
        Self {
            id: volume.id.clone(),
            name: volume.name,
            size: volume.size_gb,
            data_center_id: volume.data_center.id,
        }
    }
}
