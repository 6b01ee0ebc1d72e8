//! The body of a webhook: the object that `/status` returns, with the input and the webhook URL that the client sent.

use serde_json::{Value, json};

use crate::world::{Configuration, FinishedJob, JobStatus, millis};

/// Number of chunks in the output of a streaming job. The usage of each chunk is the sum so far.
const CHUNKS: u64 = 3;

/// The body of the webhook to `url`. An output has `size` characters of text.
pub(super) fn of(endpoint: &Configuration, job: &FinishedJob, url: &str, size: usize) -> Value {
    let mut payload = json!({
        "id": endpoint.job_id(job.serial),
        "status": job.status.word(),
        "delayTime": millis(job.delay),
        "input": {"prompt": "hi"},
        "webhook": url,
    });
    let mut put = |key: &str, value: Value| {
        if let Some(object) = payload.as_object_mut() {
            object.insert(key.to_owned(), value);
        }
    };
    if let Some(worker) = job.worker {
        put("executionTime", millis(job.execution).into());
        put("workerId", endpoint.worker_id(worker).into());
    }
    if job.retries > 0 {
        put("retries", job.retries.into());
    }
    match job.status {
        JobStatus::Completed => put("output", output(endpoint, job, size)),
        JobStatus::Failed => put("error", "the handler raised an error".into()),
        JobStatus::TimedOut => put("error", format!("job timed out after {} retries", job.retries).into()),
        JobStatus::Cancelled => {}
    }
    payload
}

fn output(endpoint: &Configuration, job: &FinishedJob, size: usize) -> Value {
    let text = "x".repeat(size);
    let Some((read, written)) = endpoint.tokens(job.serial) else {
        return json!({"ok": true, "image": text});
    };
    let chunk = |number: u64| {
        let text = if number == CHUNKS { &*text } else { "" };
        let so_far = written * number / CHUNKS;
        json!({"choices": [{"tokens": [text]}], "usage": {"input": read, "output": so_far}})
    };
    (1..=CHUNKS).map(chunk).collect()
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::time::Duration;

    use super::*;
    use crate::world::{Endpoint, Population, World};
    use clock::SystemClock;

    fn endpoint() -> Arc<Endpoint> {
        World::new(Population::Usual, 1, 1, 0, Arc::new(SystemClock)).endpoints().remove(0)
    }

    /// A body that receivers reported, and a recorded answer of `/status`.
    const FIXTURES: [(&str, JobStatus); 2] = [
        (include_str!("../../../../tests/fixtures/webhook_completed_shape.json"), JobStatus::Completed),
        (include_str!("../../../../tests/fixtures/status_failed_after_retry.json"), JobStatus::Failed),
    ];

    fn job(status: JobStatus) -> FinishedJob {
        let second = Duration::from_millis(1_500);
        let (arrived, finished) = (Duration::ZERO, 2 * second);
        FinishedJob {
            serial: 1,
            worker: Some(1),
            status,
            arrived,
            finished,
            delay: second,
            execution: second,
            retries: 1,
        }
    }

    #[test]
    fn it_has_the_recorded_fields() {
        let endpoint = endpoint();
        for (fixture, status) in FIXTURES {
            let recorded: Value = serde_json::from_str(fixture).unwrap();
            let payload = of(endpoint.configuration(), &job(status), "http://host/", 10);
            for (field, value) in recorded.as_object().unwrap() {
                let same = std::mem::discriminant(value) == std::mem::discriminant(&payload[field]);
                // An output can have any type.
                assert!(same || field == "output", "{field}: {payload}");
            }
        }
    }

    #[test]
    fn a_job_that_never_ran_has_no_execution() {
        let cancelled = FinishedJob { worker: None, execution: Duration::ZERO, ..job(JobStatus::Cancelled) };
        let payload = of(endpoint().configuration(), &cancelled, "http://host/", 10);
        assert_eq!((payload.get("executionTime"), payload.get("output")), (None, None));
        assert_eq!(payload["status"], "CANCELLED");
    }
}
