//! `/serverless/{id}/workers` and `/serverless/{id}/releases`.

use serde_json::{Value, json};

use super::request::RestRequest;
use crate::problem::Problem;
use crate::timestamp::iso;
use crate::world::{Configuration, Release, WorkerStatus, WorkerView, World};

impl RestRequest<'_> {
    pub(super) fn workers(&self, id: &str) -> Result<Value, Problem> {
        let workers = Workers::read(self.world, id)?;
        let of = |status| workers.active.iter().filter(|(worker, _)| worker.status == status).count();
        let json =
            workers.active.iter().map(|(worker, version)| workers.worker_json(self.world, worker, *version));
        Ok(json!({
            "endpointVersion": workers.latest,
            "summary": {
                "running": of(WorkerStatus::Running),
                "idle": of(WorkerStatus::Idle),
                "initializing": of(WorkerStatus::Initializing),
                "throttled": of(WorkerStatus::Throttled),
                "unhealthy": of(WorkerStatus::Unhealthy),
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
        // Newest first, but the numbers of a page have to increase.
        let releases = self.world.releases(&workers.configuration);
        let numbered = releases.map(|release| (u64::MAX - u64::from(release.version), Some(release)));
        Ok(self
            .page()?
            .select(numbered)
            .write(body, "releases", |release| workers.release_json(self.world, release)))
    }
}

/// The active workers of an endpoint with their versions.
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

    /// Number of workers with this version.
    fn on(&self, version: u32) -> usize {
        self.active.iter().filter(|(_, this)| *this == version).count()
    }

    fn worker_json(&self, world: &World, worker: &WorkerView, version: u32) -> Value {
        let endpoint = &self.configuration;
        let placed = worker.status != WorkerStatus::Throttled;
        let mut json = json!({
            "id": endpoint.worker_id(worker.serial),
            "status": worker.status.word(),
            "isStale": version < self.latest,
            "version": version,
            "gpuCount": endpoint.gpu_count,
            "image": endpoint.image(),
            "uptimeSeconds": worker.billed.then(|| world.since(worker.begun).as_secs()),
            "gpuTypeId": placed.then_some(endpoint.gpu.id),
            "dataCenterId": placed.then_some(endpoint.data_center.id),
            "startedAt": worker.billed.then(|| iso(world.moment(worker.begun))),
        });
        // The real service was observed to omit it.
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
