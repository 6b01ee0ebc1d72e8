//! A serverless endpoint: its configuration, and its workers as pods.

use std::sync::Arc;

use apollo_compiler::response::JsonMap;
use serde::Serialize;

use super::network_volume::NetworkVolume;
use super::pod::Pod;
use super::template::{Template, environment};
use crate::graphql::engine::{Arguments, Node, Object, members};
use crate::timestamp::iso;
use crate::world::{self, Scaling, World};

/// An endpoint, whose workers are read when they are selected.
pub(super) struct Endpoint<'a> {
    world: &'a World,
    endpoint: Arc<world::Endpoint>,
    configuration: JsonMap,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Configuration {
    id: String,
    name: String,
    #[serde(rename = "type")]
    kind: &'static str,
    user_id: String,
    ai_key: String,
    template_id: String,
    version: u32,
    gpu_ids: &'static str,
    gpu_count: u32,
    instance_ids: Option<Vec<String>>,
    compute_type: &'static str,
    idle_timeout: u64,
    scaler_type: &'static str,
    scaler_value: u32,
    workers_min: u32,
    workers_max: u32,
    workers_standby: u32,
    locations: Option<&'static str>,
    network_volume_id: Option<String>,
    network_volume_ids: Option<Vec<String>>,
    allowed_cuda_versions: Option<&'static str>,
    min_cuda_version: Option<&'static str>,
    execution_timeout_ms: u64,
    flash_boot_type: &'static str,
    created_at: String,
}

impl Configuration {
    fn new(world: &World, endpoint: &world::Endpoint) -> Self {
        let configuration = endpoint.configuration().clone();
        let Scaling { workers_min, workers_max, workers_standby, idle_timeout } =
            world.scaling(&configuration);
        let volume = world.volume_of(&configuration).map(|volume| volume.id.clone());
        Self {
            version: world.version(&configuration),
            template_id: configuration.template_id(),
            name: configuration.name,
            kind: if configuration.load_balanced { "LB" } else { "QB" },
            user_id: world.account_id(),
            ai_key: format!("simulated-secret-of-{}", configuration.id),
            gpu_ids: configuration.gpu.pool,
            gpu_count: configuration.gpu_count,
            instance_ids: None,
            compute_type: "GPU",
            idle_timeout: idle_timeout.as_secs(),
            scaler_type: if configuration.load_balanced { "REQUEST_COUNT" } else { "QUEUE_DELAY" },
            scaler_value: configuration.scaler_value,
            workers_min,
            workers_max,
            workers_standby,
            locations: volume.is_some().then_some(configuration.data_center.id),
            network_volume_ids: volume.clone().map(|id| vec![id]),
            network_volume_id: volume,
            allowed_cuda_versions: None,
            min_cuda_version: None,
            execution_timeout_ms: configuration.execution_timeout.as_secs() * 1_000,
            flash_boot_type: if workers_standby > 1 { "FLASHBOOT" } else { "OFF" },
            created_at: iso(world.before_start(configuration.age)),
            id: configuration.id,
        }
    }
}

impl<'a> Endpoint<'a> {
    pub(super) fn new(world: &'a World, endpoint: Arc<world::Endpoint>) -> Self {
        Self { world, configuration: members(&Configuration::new(world, &endpoint)), endpoint }
    }

    fn workers(&self) -> Vec<Pod> {
        let configuration = self.endpoint.configuration();
        let workers = self.world.workers(&self.endpoint);
        workers.iter().map(|worker| Pod::of_worker(self.world, configuration, worker)).collect()
    }
}

impl Object for Endpoint<'_> {
    fn field(&self, name: &str, arguments: &Arguments) -> Option<Node<'_>> {
        Some(match name {
            "env" => Node::plain(environment()),
            "networkVolume" => {
                let volume = self.world.volume_of(self.endpoint.configuration());
                Node::plain(volume.map(NetworkVolume::new))
            }
            "pods" => Node::plain(self.workers()),
            "template" => Node::plain(Template::new(&self.world.template_of(self.endpoint.configuration()))),
            _ => return self.configuration.field(name, arguments),
        })
    }
}
