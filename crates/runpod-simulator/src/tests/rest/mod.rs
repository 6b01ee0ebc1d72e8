//! The REST API over the wire.

use serde_json::{Value, json};

use super::*;
use crate::Operation;
use crate::rest::RestOptions;

mod access;
mod billing;
mod clusters;
mod consistency;
mod described;
mod logs;
mod metrics;
mod pages;
mod schema;

/// Every list and object without an id in its path.
const PATHS: [&str; 23] = [
    "pods",
    "serverless",
    "network-volumes",
    "billing",
    "billing/pods",
    "billing/serverless",
    "billing/endpoints",
    "billing/network-volumes",
    "billing/clusters",
    "catalog/gpus",
    "catalog/gpus?include=AVAILABILITY&product=SERVERLESS",
    "catalog/datacenters?include=GPU_AVAILABILITY,CPU_AVAILABILITY",
    "catalog/cpus",
    "catalog/cpus?include=AVAILABILITY&product=POD",
    "catalog/templates",
    "clusters",
    "templates",
    "registries",
    "registries/delegations",
    "account/ssh-keys",
    "pods?includeClusterPods=true",
    "billing/balance",
    "account/limits",
];

impl Running {
    async fn rest(&self, path: &str) -> Reply {
        self.get(&format!("/rest/v2/{path}")).await
    }

    /// An answer that has to succeed.
    async fn json(&self, path: &str) -> Value {
        let reply = self.rest(path).await;
        assert_eq!(reply.status, 200, "{path}: {}", reply.text());
        assert!(reply.head.contains("content-type: application/json"), "{path}: {}", reply.head);
        reply.json()
    }

    /// A simulator with these options of the REST API.
    async fn with_rest(rest: RestOptions) -> Self {
        Self::start(&Options { rest, ..Options::default() }).await
    }

    fn advance_minutes(&self, minutes: i64) {
        self.clock.advance(jiff::SignedDuration::from_mins(minutes));
    }
}

fn array<'a>(value: &'a Value, name: &str) -> &'a [Value] {
    value[name].as_array().unwrap_or_else(|| panic!("no {name} in {value}"))
}

fn ids<'a>(value: &'a Value, name: &str) -> Vec<&'a str> {
    array(value, name).iter().map(|item| item["id"].as_str().unwrap()).collect()
}
