//! A request to make, and its answer as it came.

use std::sync::Arc;

use bytes::Bytes;
use reqwest::StatusCode;
use tokio::time::Instant;
use url::Url;

use super::super::{Api, Operation};
use super::Credential;

/// One request to make.
#[derive(Debug, Clone)]
pub(in crate::runpod) struct Call {
    pub(in crate::runpod) api: Api,
    pub(in crate::runpod) operation: Operation,
    pub(in crate::runpod) url: Url,
    /// A JSON body makes it a POST, else it is a GET. Either way it only reads, so that a retry is harmless.
    pub(in crate::runpod) body: Option<Bytes>,
    /// The endpoint that answers, where each answers for itself.
    pub(in crate::runpod) endpoint: Option<Arc<str>>,
    /// Whose name it is made in.
    pub(in crate::runpod) credential: Credential,
    /// Calls with the same number use the same connections.
    pub(in crate::runpod) shard: usize,
    /// The most that a sane answer has, in bytes; the account's own limit holds too.
    pub(in crate::runpod) body_limit: usize,
    pub(in crate::runpod) deadline: Instant,
}

impl Call {
    /// A GET about nothing in particular.
    pub(in crate::runpod) const fn get(api: Api, operation: Operation, url: Url, deadline: Instant) -> Self {
        let (body, endpoint, credential) = (None, None, Credential::Account);
        let (shard, body_limit) = (0, usize::MAX);
        Self { api, operation, url, body, endpoint, credential, shard, body_limit, deadline }
    }
}

/// A complete answer with a status that may carry data: 2xx, or the 400 of a refused document.
#[derive(Debug)]
pub(in crate::runpod) struct Answer {
    pub(in crate::runpod) status: StatusCode,
    pub(in crate::runpod) body: Bytes,
}
