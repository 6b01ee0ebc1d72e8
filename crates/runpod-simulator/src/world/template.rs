//! Templates: those of the account's endpoints, and public ones.

use super::endpoint::Configuration;
use super::state::World;

/// The publisher of a template.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum TemplateSource {
    /// The account itself.
    Own,
    /// Runpod.
    Official,
    /// Another user; Runpod has checked it.
    Verified,
    /// Another user.
    Community,
}

/// A template of pods or endpoints.
#[derive(Debug, Clone)]
pub(crate) struct Template {
    /// Runpod's ids have 10 characters, except those of its own templates.
    pub(crate) id: String,
    /// Its name.
    pub(crate) name: String,
    /// Its publisher.
    pub(crate) source: TemplateSource,
    /// The image.
    pub(crate) image: &'static str,
    /// Container disk in gigabytes.
    pub(crate) disk_gb: u32,
    /// Volume in gigabytes; 0 for none.
    pub(crate) volume_gb: u32,
    /// Whether it is for endpoints.
    pub(crate) serverless: bool,
}

/// The public templates: id, name, source, image, volume in gigabytes. Pods refer to the first two.
const PUBLIC: [(&str, &str, TemplateSource, &str, u32); 4] = [
    (
        "runpod-torch-v280",
        "PyTorch 2.8",
        TemplateSource::Official,
        "runpod/pytorch:2.8.0-py3.11-cuda12.8.1",
        20,
    ),
    (
        "runpod-stable-diffusion",
        "Stable Diffusion",
        TemplateSource::Official,
        "runpod/stable-diffusion:web-ui-10.2.1",
        50,
    ),
    ("a8q0x3m1zk", "ComfyUI", TemplateSource::Verified, "ashleykza/comfyui:cu128-py312-v0.3.60", 100),
    ("k2v7c5t9wd", "vLLM server", TemplateSource::Community, "vllm/vllm-openai:v0.11.0", 0),
];

impl Configuration {
    /// The id of the template of the workers.
    pub(crate) fn template_id(&self) -> String {
        self.id.chars().rev().take(10).collect()
    }
}

impl World {
    /// The template of an endpoint.
    pub(crate) fn template_of(&self, endpoint: &Configuration) -> Template {
        Template {
            id: endpoint.template_id(),
            name: format!("{}__template", endpoint.name),
            source: TemplateSource::Own,
            image: endpoint.image(),
            disk_gb: self.container_disk_gb(endpoint),
            volume_gb: 0,
            serverless: true,
        }
    }

    /// The templates of the account's endpoints, and the public ones.
    pub(crate) fn templates(&self) -> Vec<Template> {
        let own = self.endpoints();
        let own = own.iter().map(|endpoint| self.template_of(endpoint.configuration()));
        let public = PUBLIC.into_iter().map(|(id, name, source, image, volume_gb)| Template {
            id: id.to_owned(),
            name: name.to_owned(),
            source,
            image,
            disk_gb: 50,
            volume_gb,
            serverless: false,
        });
        own.chain(public).collect()
    }
}
