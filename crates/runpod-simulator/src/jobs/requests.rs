//! The jobs that an endpoint remembers.

use serde_json::{Value, json};

use crate::world::{Endpoint, FinishedJob, World, millis};

/// The queued jobs and the last finished ones; null, if there are none.
pub(super) fn list(world: &World, endpoint: &Endpoint) -> Value {
    let configuration = endpoint.configuration();
    let finished = |job: &FinishedJob| {
        let mut request = json!({
            "id": configuration.job_id(job.serial),
            "status": job.status.word(),
            "delayTime": millis(job.delay),
        });
        if let (Some(worker), Some(fields)) = (job.worker, request.as_object_mut()) {
            fields.insert("executionTime".to_owned(), millis(job.execution).into());
            fields.insert("workerId".to_owned(), configuration.worker_id(worker).into());
        }
        request
    };
    let waiting = world.waiting_jobs(endpoint).into_iter().map(|(serial, waited)| {
        json!({ "id": configuration.job_id(serial), "status": "IN_QUEUE", "delayTime": millis(waited) })
    });
    // Requests to a load-balanced endpoint go directly to its workers, and are not listed.
    let requests: Vec<Value> = if configuration.load_balanced {
        Vec::new()
    } else {
        waiting.chain(world.finished_jobs(endpoint).iter().map(finished)).collect()
    };
    json!({ "requests": if requests.is_empty() { Value::Null } else { requests.into() } })
}
