//! `/network-volumes`, `/billing/balance`, `/account/limits` and `/account/ssh-keys`.

use serde_json::{Value, json};

use super::request::RestRequest;
use crate::problem::Problem;
use crate::world::NetworkVolume;

impl RestRequest<'_> {
    pub(super) fn volumes(&self) -> Value {
        json!({ "networkVolumes": self.world.volumes().iter().map(volume_json).collect::<Vec<_>>() })
    }

    pub(super) fn volume(&self, id: &str) -> Result<Value, Problem> {
        let volume = self.world.volumes().iter().find(|volume| volume.id == id);
        volume.map(volume_json).ok_or_else(Problem::not_found)
    }

    pub(super) fn balance(&self) -> Value {
        let mode = if self.world.is_postpaid() { "POSTPAID" } else { "PREPAID" };
        json!({ "balanceAmount": self.world.account().balance, "billingMode": mode })
    }

    /// The limits of the account and their use. The names of the inner fields are a guess: Runpod does not document them.
    pub(super) fn limits(&self) -> Value {
        let spend = (self.world.account().spend.total() * 1_000.0).round() / 1_000.0;
        let endpoints = self.world.endpoints();
        let workers: u64 = endpoints
            .iter()
            .map(|endpoint| u64::from(self.world.scaling(endpoint.configuration()).workers_max))
            .sum();
        json!({
            "spendRate": { "used": spend, "limit": self.world.spend_limit() },
            "serverlessWorkers": { "used": workers, "limit": self.world.workers_quota() },
        })
    }
}

/// A made-up key.
const SSH_KEY: &str =
    "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIFNpbXVsYXRlZEtleU9mQVNpbXVsYXRlZEFjY291bnQh someone@example.com";

pub(super) fn ssh_keys() -> Value {
    json!({ "keys": [SSH_KEY] })
}

fn volume_json(volume: &NetworkVolume) -> Value {
    json!({
        "id": volume.id,
        "name": volume.name,
        "size": volume.size_gb,
        "dataCenter": volume.data_center.id,
        "type": if volume.high_performance { "HIGH_PERFORMANCE" } else { "STANDARD" },
    })
}
