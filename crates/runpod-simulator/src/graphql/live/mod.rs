//! The schema of api.runpod.io, as far as it was observed.
//!
//! There is no root `endpoint`, and an endpoint has no status, workers, queue or metrics. Fields with secrets exist because
//! clients select them; their values are made up.

use serde::Serialize;

use super::engine::{Arguments, Node, Object};
use super::gpu;
use super::root::Root;
use crate::world::{CPUS, DATA_CENTERS, World};

use self::account::User;
use self::pod::Pod;
use self::template::Template;

mod account;
mod cpu_flavor;
mod endpoint;
mod host;
mod hub;
mod machine_info;
mod network_volume;
mod pod;
mod runtime;
mod savings_plan;
mod template;

/// The schema in the schema definition language.
pub(super) const SCHEMA: &str = concat!(include_str!("schema.graphql"), include_str!("../gpu.graphql"));

/// The root of the schema.
pub(super) struct Query(pub(super) Root);

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct CpuType {
    id: &'static str,
    display_name: &'static str,
    manufacturer: &'static str,
    cores: u32,
    threads_per_core: u32,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct DataCenter {
    id: &'static str,
    name: &'static str,
    location: &'static str,
    listed: bool,
    storage_support: bool,
}

impl Object for Query {
    fn field(&self, name: &str, arguments: &Arguments) -> Option<Node<'_>> {
        let Self(root) = self;
        Some(match name {
            "myself" => Node::object(root.own().map(User::new)),
            "pod" => Node::plain(root.pod(arguments).map(|pod| Pod::of_pod(&root.world, pod))),
            "gpuTypes" => gpu::types(&root.world, arguments),
            "podTemplate" => {
                let id: String = arguments.get("id");
                let template =
                    root.own().into_iter().flat_map(World::templates).find(|template| template.id == id);
                Node::plain(template.as_ref().map(Template::new))
            }
            "cpuFlavors" => cpu_flavor::flavors(arguments),
            "listings" => Node::plain(hub::listings()),
            "allAiApiPublicConfigs" => Node::plain(hub::public_endpoints()),
            "cpuTypes" => Node::plain(cpu_types()),
            "dataCenters" => Node::plain(data_centers()),
            _ => return None,
        })
    }
}

fn cpu_types() -> Vec<CpuType> {
    let cpus = CPUS.iter().map(|cpu| CpuType {
        id: cpu.id,
        display_name: cpu.name,
        manufacturer: "AMD",
        cores: cpu.cores,
        threads_per_core: 2,
    });
    cpus.collect()
}

fn data_centers() -> Vec<DataCenter> {
    let centers = DATA_CENTERS.iter().map(|center| DataCenter {
        id: center.id,
        name: center.id,
        location: center.location,
        listed: true,
        storage_support: center.storage,
    });
    centers.collect()
}
