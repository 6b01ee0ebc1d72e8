//! `/registries` and `/serverless/{id}/builds`: access to container registries, and images that Runpod builds.

use std::time::Duration;

use serde_json::{Value, json};

use super::request::RestRequest;
use crate::problem::Problem;
use crate::timestamp::iso;

/// The account's credentials: id and name.
const REGISTRIES: [(&str, &str); 2] = [("6q1w9z3kfd", "dockerhub-team"), ("h4n8c2x7ve", "ghcr")];

/// Age of the delegation at the start of the world.
const DELEGATED: Duration = Duration::from_hours(40 * 24);

pub(super) fn registries() -> Value {
    json!({ "registries": REGISTRIES.map(registry_json) })
}

pub(super) fn registry(id: &str) -> Result<Value, Problem> {
    let registry = REGISTRIES.into_iter().find(|(this, _)| *this == id);
    registry.map(registry_json).ok_or_else(Problem::not_found)
}

impl RestRequest<'_> {
    pub(super) fn delegations(&self) -> Value {
        json!({ "delegations": [{
            "id": "d7p3m0r5ta",
            "name": "inference-images",
            "delegatorUserId": self.world.account_id(),
            "awsUser": "arn:aws:iam::000000000000:user/simulated",
            "repository": "inference",
            "tag": "latest",
            "awsRegion": "eu-central-1",
            "createdAt": iso(self.world.before_start(DELEGATED)),
        }] })
    }

    /// The builds of an endpoint. No simulated endpoint is built from a repository.
    pub(super) fn builds(&self, id: &str) -> Result<Value, Problem> {
        self.world.endpoint(id).map(|_| json!({ "builds": [] })).ok_or_else(Problem::not_found)
    }
}

fn registry_json((id, name): (&str, &str)) -> Value {
    json!({ "id": id, "name": name })
}
