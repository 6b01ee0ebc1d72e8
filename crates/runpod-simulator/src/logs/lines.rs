//! The log lines of all workers of an endpoint.

use serde_json::{Value, json};

use crate::world::{Endpoint, LogLine, World};

/// The lines of all workers, each with the id of its worker, oldest first.
pub(super) fn all(world: &World, endpoint: &Endpoint) -> Vec<(String, LogLine)> {
    let workers = world.workers(endpoint);
    let ids = workers.iter().map(|worker| endpoint.configuration().worker_id(worker.serial));
    let mut lines: Vec<_> = ids
        .flat_map(|id| {
            let lines = world.worker_log(endpoint, &id).unwrap_or_default();
            lines.into_iter().map(move |line| (id.clone(), line))
        })
        .collect();
    lines.sort_by_key(|(_, line)| line.at);
    lines
}

/// A line in the documented shape.
pub(super) fn documented(line: &LogLine) -> Value {
    let level = if line.text.contains("\"ERROR\"") { "error" } else { "info" };
    json!({ "timestamp": line.at.to_string(), "level": level, "message": line.text })
}
