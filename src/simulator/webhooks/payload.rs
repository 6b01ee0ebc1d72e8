//! What a webhook says of a job: the object that `/status` gives, with the input and the URL that the client had sent.

use serde_json::{Value, json};

use crate::simulator::world::{Configuration, FinishedJob, JobStatus, millis};

/// Streams end up in the output as a list of chunks, and the usage of each is the sum so far.
const CHUNKS: u64 = 3;

/// The body of the webhook that was asked for at `url`. An output has `size` characters of text.
pub(super) fn of(endpoint: &Configuration, job: &FinishedJob, url: &str, size: usize) -> Value {
    let mut payload = json!({
        "id": endpoint.job_id(job.serial),
        "status": word(job.status),
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

const fn word(status: JobStatus) -> &'static str {
    match status {
        JobStatus::Completed => "COMPLETED",
        JobStatus::Failed => "FAILED",
        JobStatus::Cancelled => "CANCELLED",
        JobStatus::TimedOut => "TIMED_OUT",
    }
}
