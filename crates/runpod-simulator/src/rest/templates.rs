//! `/templates` and `/catalog/templates`: the account's templates and public ones.

use serde_json::{Map, Value, json};

use super::request::RestRequest;
use crate::problem::Problem;
use crate::world::{Template, TemplateSource};

impl RestRequest<'_> {
    pub(super) fn templates(&self) -> Value {
        self.templates_from(TemplateSource::Own)
    }

    pub(super) fn template(&self, id: &str) -> Result<Value, Problem> {
        let template = self.world.templates().into_iter().find(|template| template.id == id);
        template.as_ref().map(template_json).ok_or_else(Problem::not_found)
    }

    pub(super) fn public_templates(&self) -> Result<Value, Problem> {
        let source = self.query.list("source", &["official", "verified", "community"])?;
        let source = match source.first() {
            Some(&"verified") => TemplateSource::Verified,
            Some(&"community") => TemplateSource::Community,
            _ => TemplateSource::Official,
        };
        Ok(self.templates_from(source))
    }

    fn templates_from(&self, source: TemplateSource) -> Value {
        let templates = self.world.templates();
        let templates = templates.iter().filter(|template| template.source == source).map(template_json);
        json!({ "templates": templates.collect::<Vec<_>>() })
    }
}

fn template_json(template: &Template) -> Value {
    let mut mounts = Map::new();
    if template.volume_gb > 0 {
        mounts.insert("persistent".to_owned(), json!({ "size": template.volume_gb, "path": "/workspace" }));
    }
    let (ports, env) = if template.serverless {
        (json!(["8000/http"]), json!({ "HF_TOKEN": "simulated-secret-of-a-worker" }))
    } else {
        (json!(["8888/http", "22/tcp"]), json!({}))
    };
    json!({
        "id": template.id,
        "name": template.name,
        "image": template.image,
        "args": "",
        "disk": template.disk_gb,
        "mounts": mounts,
        "ports": ports,
        "env": env,
        "registry": null,
        "serverless": template.serverless,
        "public": template.source != TemplateSource::Own,
        "category": "NVIDIA",
        "startSsh": !template.serverless,
        "startJupyter": !template.serverless,
        "allowedCudaVersions": [],
    })
}
