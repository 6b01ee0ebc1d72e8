//! `/catalog/cpus`: CPU types with their prices. They are always in stock.

use serde_json::{Value, json};

use super::request::RestRequest;
use crate::problem::Problem;
use crate::world::{CPUS, Cpu, DATA_CENTERS, VCPU_PRICE};

/// The availability of every CPU type.
const LEVEL: &str = "HIGH";

impl RestRequest<'_> {
    pub(super) fn cpus(&self) -> Result<Value, Problem> {
        let available = self.wants_availability()?;
        let cpus = CPUS.iter().map(|cpu| cpu_json(cpu, available));
        Ok(json!({ "cpus": cpus.collect::<Vec<_>>() }))
    }

    pub(super) fn cpu(&self, wanted: &str) -> Result<Value, Problem> {
        let available = self.wants_availability()?;
        let cpu = CPUS.iter().find(|cpu| id(cpu) == wanted);
        cpu.map(|cpu| cpu_json(cpu, available)).ok_or_else(Problem::not_found)
    }

    fn wants_availability(&self) -> Result<bool, Problem> {
        let wants = !self.query.list("include", &["AVAILABILITY"])?.is_empty();
        let products = self.query.list("product", &["POD", "SERVERLESS"])?;
        let vcpus = self.query.parse::<u32>("vcpuCount", "a power of 2")?;
        if vcpus.is_some_and(|vcpus| vcpus < 2 || !vcpus.is_power_of_two()) {
            return Err(Problem::bad_query("vcpuCount: expected a power of 2"));
        }
        match (wants, products.is_empty(), vcpus) {
            (true, true, _) => Err(Problem::bad_query("product: required with include=AVAILABILITY")),
            (false, false, _) => Err(Problem::bad_query("product: valid only with include=AVAILABILITY")),
            (false, _, Some(_)) => Err(Problem::bad_query("vcpuCount: valid only with include=AVAILABILITY")),
            _ => Ok(wants),
        }
    }
}

/// The id of the smallest instance of the type, by which the catalog names it.
fn id(cpu: &Cpu) -> String {
    format!("{}-2-{}", cpu.id, 2 * cpu.memory_per_core)
}

/// The type with its availability in a data center.
pub(super) fn availability(cpu: &Cpu) -> Value {
    json!({ "id": id(cpu), "name": cpu.name, "availability": LEVEL })
}

fn cpu_json(cpu: &Cpu, available: bool) -> Value {
    let mut json = json!({
        "id": id(cpu),
        "name": cpu.name,
        "group": cpu.group,
        "vcpu": { "min": 2, "max": cpu.cores },
        "ramGbPerVcpu": cpu.memory_per_core,
        "price": { "securePerVcpu": VCPU_PRICE, "serverlessPerVcpu": cpu.serverless },
    });
    if let (true, Some(fields)) = (available, json.as_object_mut()) {
        let centers = DATA_CENTERS
            .iter()
            .map(|center| json!({ "id": center.id, "name": center.name, "availability": LEVEL }));
        fields.insert("availability".to_owned(), LEVEL.into());
        fields.insert("dataCenters".to_owned(), centers.collect());
    }
    json
}
