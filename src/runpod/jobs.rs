//! The job API of each endpoint (`api.runpod.ai/v2/{endpoint_id}`), of which only what can be read without touching a job.

use std::sync::Arc;

use tokio::time::Instant;
use url::Url;

use super::transport::{Call, Transport};
use super::wire::Health;
use super::{Api, Operation, Outcome, Reason, RequestError};

/// An answer has a few hundred bytes. Many are in flight together: what each may hold is held as often as there are
/// endpoints, and a job API gone mad would take all the memory there is.
const HEALTH_LIMIT: usize = 64 * 1024;

/// `GET {base}/{endpoint_id}/health`: queue, job totals and workers.
pub(super) async fn health(
    transport: &Transport,
    base: &Url,
    endpoint_id: &str,
    shard: usize,
    deadline: Instant,
) -> Result<Health, RequestError> {
    let mut url = base.clone();
    if let Ok(mut path) = url.path_segments_mut() {
        path.pop_if_empty().push(endpoint_id).push("health");
    }
    let endpoint = Some(Arc::from(endpoint_id));
    let call = Call::get(Api::Jobs, Operation::Health, url, deadline);
    let call = Call { endpoint, shard, body_limit: HEALTH_LIMIT, ..call };
    transport
        .call(&call, |answer| {
            if !answer.status.is_success() {
                transport.debug_body(&call, answer.status, &answer.body);
                return Err(Reason::Status { status: answer.status.as_u16() });
            }
            let health: Health = super::json(&answer.body)?;
            if health.jobs.is_none() && health.workers.is_none() {
                return Err(Reason::Decode { cause: "neither jobs nor workers in it".into() });
            }
            Ok((health, Outcome::Ok))
        })
        .await
}
