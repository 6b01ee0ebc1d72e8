//! `myself`: the account with its money, endpoints, pods and network volumes.

use std::time::Duration;

use serde::Serialize;

use super::endpoint::Endpoint;
use super::host::{Machine, MachineEarnings};
use super::network_volume::NetworkVolume;
use super::pod::Pod;
use super::savings_plan::{PLAN, SavingsPlan};
use crate::graphql::engine::{Arguments, Node, Object};
use crate::timestamp::iso;
use crate::world::World;

/// The user. Fields are computed when they are selected, because some advance the load of every endpoint.
pub(super) struct User<'a>(&'a World);

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct SpendDetails {
    local_storage_per_hour: f64,
    network_storage_per_hour: f64,
    gpu_compute_per_hour: f64,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Discount {
    user_id: String,
    #[serde(rename = "type")]
    kind: &'static str,
    discount_factor: f64,
    expiration_date: Option<String>,
    active_discount_factor: Option<f64>,
    active_workers: Option<u32>,
}

// === impl User ===

impl<'a> User<'a> {
    pub(super) fn new(world: &'a World) -> Self {
        Self(world)
    }

    /// Latest day first.
    fn machine_earnings(&self) -> Vec<MachineEarnings> {
        let now = self.0.now();
        let dates =
            [now, now - jiff::SignedDuration::from_hours(24)].map(|at| at.strftime("%Y-%m-%d").to_string());
        let machines = self.0.machines();
        machines.iter().flat_map(|machine| MachineEarnings::days(machine, dates.clone())).collect()
    }

    fn spend_details(&self) -> SpendDetails {
        let spend = self.0.account().spend;
        SpendDetails {
            local_storage_per_hour: spend.local_storage,
            network_storage_per_hour: spend.network_storage,
            gpu_compute_per_hour: spend.compute,
        }
    }

    fn serverless_discount(&self) -> Discount {
        Discount {
            user_id: self.0.account_id(),
            kind: "ACTIVE_WORKER",
            discount_factor: 0.15,
            expiration_date: Some(iso(self.0.before_start(Duration::ZERO) + PLAN)),
            active_discount_factor: Some(0.25),
            active_workers: Some(2),
        }
    }

    fn savings_plans(&self) -> Vec<SavingsPlan> {
        let pod = self.0.pods().iter().find(|pod| pod.gpu.is_some() && self.0.role(pod).is_running());
        pod.map(|pod| SavingsPlan::new(self.0, pod)).into_iter().collect()
    }
}

impl Object for User<'_> {
    fn field(&self, name: &str, arguments: &Arguments) -> Option<Node<'_>> {
        let Self(world) = *self;
        Some(match name {
            "id" => Node::plain(world.account_id()),
            "email" => Node::plain("someone@example.com"),
            "pubKey" | "creditAlertThreshold" => Node::null(),
            "isTeam" => Node::plain(false),
            "clientBalance" => Node::plain(world.account().balance),
            "clientLifetimeSpend" => Node::plain(world.lifetime_spend()),
            // Runpod rounds the spend rate, but not the balance.
            "currentSpendPerHr" => Node::plain((world.account().spend.total() * 1_000.0).round() / 1_000.0),
            "spendLimit" => Node::plain(world.spend_limit()),
            "minBalance" | "hostBalance" => Node::plain(0.0),
            "underBalance" => Node::plain(!world.is_postpaid() && world.account().balance <= 0.0),
            "machines" => Node::plain(world.machines().iter().map(Machine::from).collect::<Vec<_>>()),
            "machineEarnings" => Node::plain(self.machine_earnings()),
            "maxServerlessConcurrency" => Node::plain(world.workers_quota()),
            "machineQuota" => Node::plain(0),
            "spendDetails" => Node::plain(self.spend_details()),
            "serverlessDiscount" => Node::plain(self.serverless_discount()),
            "savingsPlans" => Node::plain(self.savings_plans()),
            "endpoints" => {
                Node::list(world.endpoints().into_iter().map(|endpoint| Endpoint::new(world, endpoint)))
            }
            "endpoint" => {
                let endpoint = world.endpoint(&arguments.get::<String>("id"));
                Node::object(endpoint.map(|endpoint| Endpoint::new(world, endpoint)))
            }
            // The account has no application of Runpod Flash.
            "flashApps" => Node::plain(Vec::<()>::new()),
            "pods" => Node::plain(world.pods().iter().map(|pod| Pod::of_pod(world, pod)).collect::<Vec<_>>()),
            "networkVolumes" => {
                Node::plain(world.volumes().iter().map(NetworkVolume::new).collect::<Vec<_>>())
            }
            _ => return None,
        })
    }
}
