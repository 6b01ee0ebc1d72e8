//! The body of a webhook: the record of the job, with the input and the webhook URL that the client sent.

use serde_json::{Value, json};

use crate::job_record;
use crate::world::{Configuration, FinishedJob};

/// The body of the webhook to `url`. An output has `size` characters of text.
pub(super) fn of(endpoint: &Configuration, job: &FinishedJob, url: &str, size: usize) -> Value {
    let mut payload = job_record::finished(endpoint, job, size);
    let input = job.request.as_ref().map_or_else(|| json!({"prompt": "hi"}), |request| request.input.clone());
    payload.insert("input".to_owned(), input);
    payload.insert("webhook".to_owned(), url.into());
    payload.into()
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::time::Duration;

    use super::*;
    use crate::world::{Endpoint, JobStatus, Population, Size, World};
    use clock::SystemClock;

    fn endpoint() -> Arc<Endpoint> {
        World::new(Population::Usual, 1, Size { endpoints: 1, ..Size::default() }, Arc::new(SystemClock))
            .endpoints()
            .remove(0)
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
            request: None,
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
