//! The object that the job API returns about a finished job, and that a webhook contains.

use serde_json::{Map, Value, json};

use crate::world::{Configuration, FinishedJob, JobStatus, millis};

/// Number of chunks in the output of a streaming job. The usage of each chunk is the sum so far.
const CHUNKS: u64 = 3;

/// Characters of text in an output, unless an option sets another number.
pub(crate) const OUTPUT: usize = 200;

/// The record of a finished job. An output has `size` characters of text.
pub(crate) fn finished(endpoint: &Configuration, job: &FinishedJob, size: usize) -> Map<String, Value> {
    let mut record = Map::new();
    let mut put = |key: &str, value: Value| record.insert(key.to_owned(), value);
    put("id", endpoint.job_id(job.serial).into());
    put("status", job.status.word().into());
    put("delayTime", millis(job.delay).into());
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
        JobStatus::Cancelled => None,
    };
    record
}

/// The chunks of the output of a completed job; none, unless its handler streams them.
pub(crate) fn chunks(endpoint: &Configuration, job: &FinishedJob, size: usize) -> Vec<Value> {
    let usage = endpoint.tokens(job.serial).filter(|_| job.status == JobStatus::Completed);
    let Some((read, written)) = usage else { return Vec::new() };
    let text = "x".repeat(size);
    let chunk = |number: u64| {
        let text = if number == CHUNKS { &*text } else { "" };
        let so_far = written * number / CHUNKS;
        json!({"choices": [{"tokens": [text]}], "usage": {"input": read, "output": so_far}})
    };
    (1..=CHUNKS).map(chunk).collect()
}

fn output(endpoint: &Configuration, job: &FinishedJob, size: usize) -> Value {
    let chunks = chunks(endpoint, job, size);
    if chunks.is_empty() { json!({"ok": true, "image": "x".repeat(size)}) } else { chunks.into() }
}
