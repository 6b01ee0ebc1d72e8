//! A template of pods or endpoints.

use serde::Serialize;

use crate::world;

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Template {
    id: String,
    name: String,
    image_name: &'static str,
    container_disk_in_gb: u32,
    volume_in_gb: u32,
    is_serverless: bool,
    docker_args: &'static str,
    env: Vec<EnvironmentVariable>,
    readme: String,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct EnvironmentVariable {
    key: &'static str,
    value: &'static str,
}

impl Template {
    pub(super) fn new(template: &world::Template) -> Self {
        Self {
            id: template.id.clone(),
            name: template.name.clone(),
            image_name: template.image,
            container_disk_in_gb: template.disk_gb,
            volume_in_gb: template.volume_gb,
            is_serverless: template.serverless,
            docker_args: "",
            env: if template.serverless { environment() } else { Vec::new() },
            readme: String::new(),
        }
    }
}

/// The variables of a worker.
pub(super) fn environment() -> Vec<EnvironmentVariable> {
    vec![EnvironmentVariable { key: "HF_TOKEN", value: "simulated-secret-of-a-worker" }]
}
