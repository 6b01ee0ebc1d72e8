//! The batches of an endpoint (beta): made-up ones, which run apart from the jobs of the queue. The shape of the list is a guess.

use jiff::SignedDuration;
use serde::Serialize;
use serde_json::{Value, json};

use crate::world::{Endpoint, World};

/// Requests of a batch, and how many of them end in a minute.
const REQUESTS: u64 = 600;
const PER_MINUTE: u64 = 20;

/// A batch, as Runpod documents it.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Batch {
    id: String,
    endpoint_id: String,
    status: &'static str,
    request_total: u64,
    request_in_progress: u64,
    request_completed: u64,
    request_failed: u64,
    created_at: i64,
}

/// `GET /batch`: newest first.
pub(super) fn list(world: &World, endpoint: &Endpoint) -> Value {
    json!({ "batches": batches(world, endpoint) })
}

/// `GET /batch/{id}`
pub(super) fn one(world: &World, endpoint: &Endpoint, id: &str) -> Option<Value> {
    let batch = batches(world, endpoint).into_iter().find(|batch| batch.id == id)?;
    serde_json::to_value(batch).ok()
}

fn batches(world: &World, endpoint: &Endpoint) -> Vec<Batch> {
    let configuration = endpoint.configuration();
    if configuration.load_balanced {
        return Vec::new();
    }
    let minutes = world.elapsed().as_secs() / 60;
    // One batch after the other. Each takes half an hour.
    let ended = (minutes * PER_MINUTE) % REQUESTS;
    let running = |ended: u64| {
        let in_progress = (REQUESTS - ended).min(PER_MINUTE);
        [REQUESTS, in_progress, ended - ended / 50, ended / 50]
    };
    let all = [
        ("DRAFT", [40, 0, 0, 0]),
        ("FINALIZED", running(ended)),
        ("FINALIZED", running(REQUESTS)),
        ("CANCELLED", [100, 0, 10, 0]),
        ("FAILED", [5, 0, 0, 5]),
    ];
    let batch =
        |(number, (status, [total, in_progress, completed, failed])): (i32, (&'static str, [u64; 4]))| {
            let age = SignedDuration::from_mins(i64::from(number) * 30);
            Batch {
                id: format!("batch-{}-{number}", configuration.id),
                endpoint_id: configuration.id.clone(),
                status,
                request_total: total,
                request_in_progress: in_progress,
                request_completed: completed,
                request_failed: failed,
                created_at: world.now().saturating_sub(age).unwrap_or_default().as_millisecond(),
            }
        };
    (1..).zip(all).map(batch).collect()
}
