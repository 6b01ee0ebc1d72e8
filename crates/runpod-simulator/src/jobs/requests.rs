//! The jobs that an endpoint remembers, and how often it is asked for them.

use std::collections::{HashMap, VecDeque};
use std::sync::{Mutex, PoisonError};

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use crate::world::{Endpoint, FinishedJob, World, millis};

/// Runpod lets an endpoint be asked ten times in ten seconds.
const MOST: usize = 10;
const WINDOW: SignedDuration = SignedDuration::from_secs(10);

/// When each endpoint was asked.
#[derive(Debug, Default)]
pub(crate) struct Patience(Mutex<HashMap<String, VecDeque<Timestamp>>>);

impl Patience {
    /// Whether the endpoint may be asked once more.
    pub(super) fn allows(&self, endpoint: &str, now: Timestamp) -> bool {
        let mut asked = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let times = asked.entry(endpoint.to_owned()).or_default();
        while times.front().is_some_and(|time| now.duration_since(*time) >= WINDOW) {
            times.pop_front();
        }
        let allowed = times.len() < MOST;
        if allowed {
            times.push_back(now);
        }
        allowed
    }
}

/// The jobs that wait, and those that ended last. An endpoint that remembers none says null.
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
    // Requests to a load-balanced endpoint go to its workers, and no queue remembers them.
    let requests: Vec<Value> = if configuration.load_balanced {
        Vec::new()
    } else {
        waiting.chain(world.finished_jobs(endpoint).iter().map(finished)).collect()
    };
    json!({ "requests": if requests.is_empty() { Value::Null } else { requests.into() } })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ten_in_ten_seconds_and_each_endpoint_for_itself() {
        let patience = Patience::default();
        let at = |second| Timestamp::from_second(second).unwrap();
        assert!((0..10).all(|second| patience.allows("a", at(second))));
        assert!(!patience.allows("a", at(9)));
        assert!(patience.allows("b", at(9)));
        assert!(patience.allows("a", at(10)));
        assert!(!patience.allows("a", at(10)));
    }
}
