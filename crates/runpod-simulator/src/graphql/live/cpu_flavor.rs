//! CPU types with the price and stock of an instance. They need no key.

use apollo_compiler::response::JsonMap;
use serde::{Deserialize, Serialize};

use crate::graphql::engine::{Arguments, Node, Object, members};
use crate::world::{CPUS, Cpu, VCPU_PRICE};

/// Selects CPU types by id.
#[derive(Debug, Default, Deserialize)]
struct CpuFlavorInput {
    id: Option<String>,
}

/// The instance that the price is for.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
struct SpecificsInput {
    instance_id: Option<String>,
}

/// A CPU type, whose price depends on an argument.
struct CpuFlavor {
    cpu: &'static Cpu,
    properties: JsonMap,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Properties {
    id: &'static str,
    group_id: &'static str,
    group_name: &'static str,
    display_name: &'static str,
    min_vcpu: u32,
    max_vcpu: u32,
    vcpu_burstable: bool,
    ram_multiplier: u32,
    disk_limit_per_vcpu: u32,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Specifics {
    stock_status: &'static str,
    secure_price: f64,
    sls_price: f64,
}

/// The smallest number of virtual cores of an instance.
const MIN_VCPU: u32 = 2;

/// The CPU types that the argument `input` selects.
pub(super) fn flavors(arguments: &Arguments) -> Node<'static> {
    let CpuFlavorInput { id } = arguments.get("input");
    let wanted = CPUS.iter().filter(|cpu| id.as_ref().is_none_or(|id| id == cpu.id));
    Node::list(wanted.map(|cpu| CpuFlavor { cpu, properties: properties(cpu) }))
}

fn properties(cpu: &'static Cpu) -> JsonMap {
    members(&Properties {
        id: cpu.id,
        group_id: cpu.id,
        group_name: cpu.group,
        display_name: cpu.name,
        min_vcpu: MIN_VCPU,
        max_vcpu: cpu.cores,
        vcpu_burstable: false,
        ram_multiplier: cpu.memory_per_core,
        disk_limit_per_vcpu: 10,
    })
}

impl Object for CpuFlavor {
    fn field(&self, name: &str, arguments: &Arguments) -> Option<Node<'_>> {
        match name {
            "specifics" => Some(Node::plain(self.specifics(&arguments.get("input")))),
            _ => self.properties.field(name, arguments),
        }
    }
}

impl CpuFlavor {
    /// The price of an instance such as `cpu3c-4-8`; `None` if the type has no such instance.
    fn specifics(&self, input: &SpecificsInput) -> Option<Specifics> {
        let vcpus = match &input.instance_id {
            Some(instance) => self.vcpus(instance)?,
            None => MIN_VCPU,
        };
        let cores = f64::from(vcpus);
        Some(Specifics {
            stock_status: "High",
            secure_price: VCPU_PRICE * cores,
            sls_price: self.cpu.serverless * cores,
        })
    }

    fn vcpus(&self, instance: &str) -> Option<u32> {
        let size = instance.strip_prefix(self.cpu.id)?.strip_prefix('-')?;
        let (vcpus, memory) = size.split_once('-')?;
        let (vcpus, memory): (u32, u32) = (vcpus.parse().ok()?, memory.parse().ok()?);
        let fits = (MIN_VCPU..=self.cpu.cores).contains(&vcpus) && memory == vcpus * self.cpu.memory_per_core;
        fits.then_some(vcpus)
    }
}
