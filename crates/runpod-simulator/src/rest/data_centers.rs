//! `/catalog/datacenters`: data centers, and what is in stock there.

use serde_json::{Value, json};

use super::catalog::{level, offers};
use super::cpus::availability;
use super::request::RestRequest;
use crate::problem::Problem;
use crate::world::{CPUS, DATA_CENTERS, DataCenter, GPUS};

/// The certificates of every data center.
const COMPLIANCE: [&str; 2] = ["SOC_2_TYPE_2", "ISO_IEC_27001"];

/// The values of the filters.
const REGIONS: [&str; 9] = [
    "NORTH_AMERICA",
    "SOUTH_AMERICA",
    "EUROPE",
    "ASIA",
    "MIDDLE_EAST",
    "AFRICA",
    "OCEANIA",
    "ANTARCTICA",
    "UNKNOWN",
];
const VOLUME_TYPES: [&str; 2] = ["STANDARD", "HIGH_PERFORMANCE"];
const CERTIFICATES: [&str; 12] = [
    "GDPR",
    "ISO_IEC_27001",
    "ISO_14001",
    "PCI_DSS",
    "HITRUST",
    "SOC_1_TYPE_2",
    "SOC_2_TYPE_2",
    "SOC_3_TYPE_2",
    "ITAR",
    "FISMA_HIGH",
    "HIPAA",
    "RENEWABLE",
];

impl RestRequest<'_> {
    pub(super) fn data_centers(&self) -> Result<Value, Problem> {
        let include = self.include()?;
        let regions = self.query.list("regions", &REGIONS)?;
        let types = self.query.list("networkVolumeTypes", &VOLUME_TYPES)?;
        let compliance = self.query.list("compliance", &CERTIFICATES)?;
        let global = self.query.parse::<bool>("globalNetwork", "true or false")?;
        let centers = DATA_CENTERS.iter().filter(|center| {
            (regions.is_empty() || regions.contains(&center.region))
                && (types.is_empty() || types.iter().any(|kind| volume_types(center).contains(kind)))
                && (compliance.is_empty() || compliance.iter().any(|name| COMPLIANCE.contains(name)))
                && global.is_none_or(|global| global == center.storage)
        });
        let centers = centers.map(|center| self.data_center_json(center, &include));
        Ok(json!({ "dataCenters": centers.collect::<Vec<_>>() }))
    }

    pub(super) fn data_center(&self, id: &str) -> Result<Value, Problem> {
        let include = self.include()?;
        let center = DATA_CENTERS.iter().find(|center| center.id == id);
        center.map(|center| self.data_center_json(center, &include)).ok_or_else(Problem::not_found)
    }

    fn include(&self) -> Result<Vec<&str>, Problem> {
        self.query.list("include", &["GPU_AVAILABILITY", "CPU_AVAILABILITY"])
    }

    fn data_center_json(&self, center: &DataCenter, include: &[&str]) -> Value {
        let mut json = json!({
            "id": center.id,
            "name": center.name,
            "region": center.region,
            "globalNetwork": center.storage,
            "networkVolumeTypes": volume_types(center),
            "compliance": COMPLIANCE,
        });
        if let Some(fields) = json.as_object_mut() {
            if include.contains(&"GPU_AVAILABILITY") {
                fields.insert("gpuAvailability".to_owned(), self.gpus_of(center));
            }
            if include.contains(&"CPU_AVAILABILITY") {
                fields.insert("cpuAvailability".to_owned(), CPUS.iter().map(availability).collect());
            }
        }
        json
    }

    fn gpus_of(&self, center: &DataCenter) -> Value {
        let offered = GPUS.iter().enumerate().filter(|(position, _)| offers(center, *position));
        let gpus = offered.map(|(position, gpu)| {
            let level = level(self.world.stock(position));
            json!({ "id": gpu.id, "name": gpu.name, "availability": level })
        });
        gpus.collect()
    }
}

fn volume_types(center: &DataCenter) -> &'static [&'static str] {
    if center.storage { &VOLUME_TYPES } else { &[] }
}
