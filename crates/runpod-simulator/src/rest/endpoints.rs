//! `/serverless`: endpoints.

use serde_json::{Value, json};

use super::request::RestRequest;
use crate::problem::Problem;
use crate::timestamp::iso;
use crate::world::{Configuration, Scaling};

impl RestRequest<'_> {
    pub(super) fn endpoints(&self) -> Result<Value, Problem> {
        let endpoints = self.world.endpoints();
        let numbered = endpoints.iter().map(|endpoint| {
            let configuration = endpoint.configuration();
            (configuration.number(), Some(configuration))
        });
        let write = |configuration: &Configuration| self.endpoint_json(configuration);
        Ok(self.page()?.select(numbered).write(json!({}), "endpoints", write))
    }

    pub(super) fn endpoint(&self, id: &str) -> Result<Value, Problem> {
        let endpoint = self.world.endpoint(id).ok_or_else(Problem::not_found)?;
        Ok(self.endpoint_json(endpoint.configuration()))
    }

    fn endpoint_json(&self, endpoint: &Configuration) -> Value {
        let volume = self.world.volume_of(endpoint);
        let Scaling { workers_min, workers_max, workers_standby, idle_timeout } =
            self.world.scaling(endpoint);
        let (kind, scaling) = if endpoint.load_balanced {
            ("LOAD_BALANCER", json!({ "type": "REQUEST_COUNT", "requestCount": endpoint.scaler_value }))
        } else {
            ("QUEUE", json!({ "type": "QUEUE_DELAY", "queueDelay": endpoint.scaler_value }))
        };
        json!({
            "id": endpoint.id,
            "name": endpoint.name,
            "type": kind,
            "requestUrls": self.request_urls(endpoint),
            "image": endpoint.image(),
            "args": "",
            "disk": self.world.container_disk_gb(endpoint),
            "ports": ["8000/http"],
            "env": { "HF_TOKEN": "simulated-secret-of-a-worker" },
            "registry": null,
            "gpu": {
                "pools": [endpoint.gpu.pool],
                "count": endpoint.gpu_count,
                "allowedCudaVersions": [],
                "minCudaVersion": null,
            },
            "workers": {
                "min": workers_min,
                "max": workers_max,
                "idleTimeout": idle_timeout.as_secs(),
            },
            "scaling": scaling,
            "dataCenterIds": volume.map(|_| endpoint.data_center.id).into_iter().collect::<Vec<_>>(),
            "networkVolumes": volume.map(|volume| &volume.id).into_iter().collect::<Vec<_>>(),
            "timeout": endpoint.execution_timeout.as_secs() * 1_000,
            "flashboot": if workers_standby > 1 { "FLASHBOOT" } else { "OFF" },
            "createdAt": iso(self.world.before_start(endpoint.age)),
        })
    }

    fn request_urls(&self, endpoint: &Configuration) -> Value {
        let id = &endpoint.id;
        if endpoint.load_balanced {
            let base = format!("https://{id}.api.runpod.ai");
            return json!({ "base": base, "health": format!("{base}/ping") });
        }
        let url = |rest: &str| format!("http://{}/v2/{id}/{rest}", self.host);
        json!({
            "run": url("run"),
            "runSync": url("runsync"),
            "status": url("status/{job_id}"),
            "stream": url("stream/{job_id}"),
            "cancel": url("cancel/{job_id}"),
            "retry": url("retry/{job_id}"),
            "purgeQueue": url("purge-queue"),
            "health": url("health"),
        })
    }
}
