//! The body with which a client sends a job.

use std::time::Duration;

use serde::Deserialize;
use serde_json::Value;

use crate::world::JobRequest;

/// Maximum time in the queue, unless the client sets another one.
const TTL: Duration = Duration::from_hours(24);

/// The body of `/run` and `/runsync`. Other fields, such as `s3Config`, have no effect.
#[derive(Deserialize)]
struct Body {
    input: Value,
    webhook: Option<String>,
    policy: Option<Policy>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Policy {
    /// Milliseconds.
    execution_timeout: Option<u64>,
    /// Milliseconds.
    ttl: Option<u64>,
}

/// The job in a body; what is wrong with it otherwise.
pub(super) fn parse(body: &[u8], sync: bool) -> Result<JobRequest, String> {
    let Body { input, webhook, policy } =
        serde_json::from_slice(body).map_err(|error| format!("invalid body: {error}"))?;
    let Policy { execution_timeout, ttl } = policy.unwrap_or(Policy { execution_timeout: None, ttl: None });
    Ok(JobRequest {
        input,
        webhook: webhook.filter(|url| !url.is_empty()),
        execution_timeout: execution_timeout.map(Duration::from_millis),
        ttl: ttl.map_or(TTL, Duration::from_millis),
        sync,
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_job_has_an_input_and_a_policy() {
        let job = parse(br#"{"input":{"a":1},"webhook":"","policy":{"ttl":5000},"s3Config":{}}"#, true);
        let expected = JobRequest {
            input: json!({"a": 1}),
            webhook: None,
            execution_timeout: None,
            ttl: Duration::from_secs(5),
            sync: true,
        };
        assert_eq!(job, Ok(expected));
        let job = parse(br#"{"input":null,"webhook":"http://host/?token=SECRET"}"#, false).unwrap();
        assert_eq!((job.ttl, job.webhook.is_some()), (TTL, true));
        assert!(!format!("{job:?}").contains("SECRET"));
    }

    #[test]
    fn a_body_without_an_input_is_an_error() {
        for body in [
            "",
            "{}",
            "[]",
            "null",
            "{\"input\":1",
            "{\"prompt\":\"hi\"}",
            "{\"input\":1,\"policy\":{\"ttl\":-1}}",
        ] {
            assert!(parse(body.as_bytes(), false).is_err(), "{body}");
        }
    }
}
