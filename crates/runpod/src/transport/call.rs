//! A request to make, and its answer as it came.

use std::sync::Arc;

use bytes::Bytes;
use reqwest::StatusCode;
use tokio::time::Instant;
use url::Url;

use super::Credential;
use crate::operation::{Api, Operation};

/// One request to make.
#[derive(Debug, Clone)]
pub(crate) struct Call {
    pub(crate) api: Api,
    pub(crate) operation: Operation,
    pub(crate) url: Url,
    /// A JSON body makes it a POST, else it is a GET. Either way it only reads, so that a retry is harmless.
    pub(crate) body: Option<Bytes>,
    /// The endpoint that answers, where each answers for itself.
    pub(crate) endpoint: Option<Arc<str>>,
    /// Whose name it is made in.
    pub(crate) credential: Credential,
    /// Calls with the same number use the same connections.
    pub(crate) shard: usize,
    /// The most that a sane answer has, in bytes; the account's own limit holds too.
    pub(crate) body_limit: usize,
    pub(crate) deadline: Instant,
}

impl Call {
    /// A GET about nothing in particular.
    pub(crate) const fn get(api: Api, operation: Operation, url: Url, deadline: Instant) -> Self {
        let (body, endpoint, credential) = (None, None, Credential::Account);
        let (shard, body_limit) = (0, usize::MAX);
        Self { api, operation, url, body, endpoint, credential, shard, body_limit, deadline }
    }
}

/// A complete answer with a status that may carry data: 2xx, or the 400 of a refused document.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) body: Bytes,
}
