//! The API's own description (OpenAPI): when it is read, and the requests to paths that it contains.
//!
//! How paths are recognized does not belong here; that is in `paths`, and for the metrics of endpoints in `metrics`.

use std::sync::Arc;

use serde::de::DeserializeOwned;
use tokio::time::{Instant, timeout_at};

use super::Rest;
use super::metrics::{MetricsDescription, SkippedProperty};
use super::paths::Paths;
use crate::error::{Reason, RequestError};
use crate::operation::{Api, Operation};
use crate::reply::value;
use crate::transport::{Call, Credential};
use crate::urls::below;

/// Maximum size of the API's description in bytes, ten times its present size.
const OPENAPI_LIMIT: usize = 4 * 1024 * 1024;

/// What the API's description says about operations whose paths Runpod has not published.
#[derive(Debug)]
pub(super) struct Description {
    paths: Paths,
    pub(super) metrics: MetricsDescription,
    pub(super) read: Instant,
}

impl Rest {
    /// A GET of a path that the API's description contains.
    pub(super) async fn discovered<T: DeserializeOwned + Send + 'static>(
        &self,
        operation: Operation,
        path: impl Fn(&Paths) -> Option<&[String]>,
        deadline: Instant,
    ) -> Result<Option<T>, RequestError> {
        let description = self.described(deadline).await?;
        let Some(path) = path(&description.paths) else { return Ok(None) };
        let path: Vec<&str> = path.iter().map(String::as_str).collect();
        let result = self.get(operation, &path, &[], deadline).await;
        if result.as_ref().is_err_and(|error| matches!(error.reason, Reason::NotFound)) {
            *self.description.lock() = None; // it has moved: read the description again
        }
        result.map(Some)
    }

    /// What the API's description says, which is read if it is not known.
    pub(super) async fn described(&self, deadline: Instant) -> Result<Arc<Description>, RequestError> {
        // At the deadline, the request fails by itself.
        let _discovering = timeout_at(deadline, self.discovering.lock()).await;
        let known = self.description.lock().clone();
        match known {
            Some(description) => Ok(description),
            None => self.discover(deadline).await,
        }
    }

    /// Reads the API's description, which is public and does not count against the quota.
    async fn discover(&self, deadline: Instant) -> Result<Arc<Description>, RequestError> {
        let url = below(&self.base, &["openapi.json"], &[]);
        let call = Call::get(Api::Rest, Operation::Openapi, url, deadline);
        let call = Call { credential: Credential::Anonymous, body_limit: OPENAPI_LIMIT, ..call };
        let document = self.transport.get(&call, value).await?;
        let paths = Paths::find(&document, &self.base);
        let metrics = MetricsDescription::find(&document, &self.base);
        for SkippedProperty { operation, property, reason } in &metrics.notes {
            tracing::debug!(operation, property, reason, "not read from the metrics of endpoints");
        }
        let description = Arc::new(Description { paths, metrics, read: Instant::now() });
        *self.description.lock() = Some(Arc::clone(&description));
        Ok(description)
    }
}
