//! Job counts and worker states of an endpoint.

use serde_json::{Value, json};

use crate::world::{Counts, Endpoint, Totals, World};

pub(super) fn health(world: &World, endpoint: &Endpoint) -> Value {
    let Counts { queued, in_progress, totals, workers, billed: _ } = world.counts(endpoint);
    // Requests to a load-balanced endpoint go directly to its workers, and Runpod does not count them here.
    let (queued, in_progress, totals) = if endpoint.configuration().load_balanced {
        (0, 0, Totals::default())
    } else {
        (queued, in_progress, totals)
    };
    json!({
        "jobs": {
            "completed": totals.completed,
            // Runpod has no separate count of jobs that timed out.
            "failed": totals.failed + totals.timed_out,
            "inProgress": in_progress,
            "inQueue": queued,
            "retried": totals.retried,
        },
        "workers": {
            "idle": workers.idle,
            "initializing": workers.initializing,
            // In every recording of the real service, ready equals idle.
            "ready": workers.idle,
            "running": workers.running,
            "throttled": workers.throttled,
            "unhealthy": workers.unhealthy,
        },
    })
}
