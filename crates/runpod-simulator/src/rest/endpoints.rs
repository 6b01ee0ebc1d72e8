//! `/serverless`: endpoints, their workers, their releases.

use serde_json::{Value, json};

use super::{Ask, Problem, iso};
use crate::world::{Configuration, Release, Scaling, WorkerView, World};

impl Ask<'_> {
    pub(super) fn endpoints(&self) -> Result<Value, Problem> {
        let endpoints = self.world.endpoints();
        let numbered = endpoints.iter().map(|endpoint| {
            let configuration = endpoint.configuration();
            (configuration.number(), Some(configuration))
        });
        let write = |configuration: &Configuration| self.endpoint_json(configuration);
        Ok(self.page()?.cut(numbered).write(json!({}), "endpoints", write))
    }

    pub(super) fn endpoint(&self, id: &str) -> Result<Value, Problem> {
        let endpoint = self.world.endpoint(id).ok_or_else(Problem::not_found)?;
        Ok(self.endpoint_json(endpoint.configuration()))
    }

    pub(super) fn workers(&self, id: &str) -> Result<Value, Problem> {
        let workers = Workers::read(self.world, id)?;
        let of = |status| workers.active.iter().filter(|(worker, _)| worker.status == status).count();
        let json =
            workers.active.iter().map(|(worker, version)| workers.worker_json(self.world, worker, *version));
        Ok(json!({
            "endpointVersion": workers.latest,
            "summary": {
                "running": of("RUNNING"),
                "idle": of("IDLE"),
                "initializing": of("INITIALIZING"),
                "throttled": of("THROTTLED"),
                "unhealthy": of("UNHEALTHY"),
                "total": workers.active.len(),
            },
            "workers": json.collect::<Vec<_>>(),
        }))
    }

    pub(super) fn releases(&self, id: &str) -> Result<Value, Problem> {
        let workers = Workers::read(self.world, id)?;
        let (total, latest) = (workers.active.len(), workers.on(workers.latest));
        let body = json!({
            "endpointVersion": workers.latest,
            "rollout": {
                "inProgress": latest < total,
                "workersOnLatest": latest,
                "workersTotal": total,
                "percentOnLatest": (100 * latest).checked_div(total).unwrap_or_default(),
            },
        });
        // Newest first, and a cursor counts upwards.
        let releases = self.world.releases(&workers.configuration);
        let numbered = releases.map(|release| (u64::MAX - u64::from(release.version), Some(release)));
        Ok(self
            .page()?
            .cut(numbered)
            .write(body, "releases", |release| workers.release_json(self.world, release)))
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
            "createdAt": iso(self.world.before_birth(endpoint.age)),
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

/// The active workers of an endpoint with the versions that they run.
struct Workers {
    configuration: Configuration,
    active: Vec<(WorkerView, u32)>,
    latest: u32,
}

impl Workers {
    fn read(world: &World, id: &str) -> Result<Self, Problem> {
        let endpoint = world.endpoint(id).ok_or_else(Problem::not_found)?;
        let configuration = endpoint.configuration().clone();
        let workers = world.workers(&endpoint).into_iter().filter(WorkerView::is_active);
        let workers = workers.map(|worker| {
            let version = world.worker_version(&configuration, &worker);
            (worker, version)
        });
        Ok(Self { active: workers.collect(), latest: world.version(&configuration), configuration })
    }

    /// How many run this version.
    fn on(&self, version: u32) -> usize {
        self.active.iter().filter(|(_, this)| *this == version).count()
    }

    fn worker_json(&self, world: &World, worker: &WorkerView, version: u32) -> Value {
        let endpoint = &self.configuration;
        let placed = worker.status != "THROTTLED";
        let mut json = json!({
            "id": endpoint.worker_id(worker.serial),
            "status": worker.status,
            "isStale": version < self.latest,
            "version": version,
            "gpuCount": endpoint.gpu_count,
            "image": endpoint.image(),
            "uptimeSeconds": worker.billed.then(|| world.since(worker.begun).as_secs()),
            "gpuTypeId": placed.then_some(endpoint.gpu.id),
            "dataCenterId": placed.then_some(endpoint.data_center.id),
            "startedAt": worker.billed.then(|| iso(world.moment(worker.begun))),
        });
        // The real service has been seen to leave it out.
        if let (true, Some(fields)) = (endpoint.load_balanced, json.as_object_mut()) {
            fields.remove("uptimeSeconds");
        }
        json
    }

    fn release_json(&self, world: &World, release: Release) -> Value {
        let change = json!({ "field": "disk", "old": release.disk_gb_before(), "new": release.disk_gb() });
        json!({
            "id": self.configuration.release_id(release.version),
            "version": release.version,
            "source": "MANUAL",
            "buildId": null,
            "createdByUserId": world.account_id(),
            "workerCount": self.on(release.version),
            "createdAt": iso(release.at),
            "diff": if release.version == 1 { json!([]) } else { json!([change]) },
        })
    }
}
