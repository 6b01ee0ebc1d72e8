//! The client: the only module that knows HTTP clients and Runpod's JSON. It knows nothing of Prometheus.
//!
//! Everything here answers in wire types (`wire/`), which mirror what the upstream says. What a number means and in which
//! unit it is exported is decided in `snapshot/`.

mod error;
mod graphql;
mod jobs;
mod key;
mod logs;
mod observe;
mod quota;
mod rest;
mod standing;
mod transport;
pub mod wire;

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::de::DeserializeOwned;
use tokio::time::Instant;
use url::{Host, Url};

pub use error::{Api, Operation, Outcome, Reason, RequestError};
pub use graphql::{BATCH, Refusal, Reply};
pub use key::{ApiKey, KeyError};
pub use logs::{LogStream, LogSubject, LogWindow, Logs};
pub use observe::{Exchange, Observe};
pub use quota::{QuotaWindow, Urgency};
pub use rest::{Ledger, Product, Rest};
pub use transport::Limits;

use self::graphql::Graphql;
use self::jobs::Jobs;
use self::transport::Transport;
use crate::clock::Clock;

/// Where an account's APIs are. Without trailing slash or with: both mean the same.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Urls {
    /// The GraphQL API itself.
    pub graphql: Url,
    /// The base under which each endpoint has its job API.
    pub jobs: Url,
    /// The base of the REST API, second version.
    pub rest: Url,
}

/// Why a client could not be made.
#[derive(Debug, thiserror::Error)]
pub enum SetupError {
    /// The key cannot be sent.
    #[error(transparent)]
    Key(#[from] KeyError),
    /// TLS could not be set up, mostly for want of root certificates.
    #[error("cannot set up the HTTP client; are root certificates (ca-certificates) installed?")]
    Client(#[from] reqwest::Error),
}

/// Runpod as one account sees it.
#[derive(Debug)]
pub struct Runpod {
    transport: Arc<Transport>,
    graphql: Graphql,
    rest: Rest,
    jobs: Jobs,
}

impl Runpod {
    /// A client with a connection pool of its own. Made once: a pool is worth keeping.
    pub fn new(
        account: Arc<str>,
        key: ApiKey,
        urls: Urls,
        limits: Limits,
        observer: Arc<dyn Observe>,
        clock: Arc<dyn Clock>,
    ) -> Result<Self, SetupError> {
        let Urls { graphql, jobs, rest } = urls;
        let local = [&graphql, &jobs, &rest].into_iter().all(is_loopback);
        let graphql = Graphql::new(&account, graphql);
        let transport = Arc::new(Transport::new(account, key, local, limits, observer, clock)?);
        let rest = Rest::new(Arc::clone(&transport), rest);
        let jobs = Jobs::new(Arc::clone(&transport), jobs);
        Ok(Self { transport, graphql, rest, jobs })
    }

    /// Reads Runpod's own latencies with this key: an ordinary one may not.
    pub fn use_metrics_key(&self, key: ApiKey) -> Result<(), SetupError> {
        Ok(self.transport.use_metrics_key(key)?)
    }

    /// Sends another key from the next request on. Connections and what was learned stay.
    pub fn use_key(&self, key: ApiKey) -> Result<(), SetupError> {
        Ok(self.transport.use_key(key)?)
    }

    /// Balance, spend and limits.
    pub async fn account(&self, deadline: Instant) -> Result<Reply<wire::Account>, RequestError> {
        self.graphql.account(&self.transport, deadline).await
    }

    /// The list of endpoints.
    pub async fn endpoints(&self, deadline: Instant) -> Result<Reply<Vec<wire::Endpoint>>, RequestError> {
        self.graphql.endpoints(&self.transport, deadline).await
    }

    /// Whether [`Self::endpoint_detail`] can give what the list does not.
    pub fn has_endpoint_detail(&self) -> bool {
        self.graphql.has_endpoint_detail()
    }

    /// At most [`BATCH`] endpoints by id.
    pub async fn endpoint_detail(
        &self,
        ids: &[String],
        deadline: Instant,
    ) -> Result<Reply<BTreeMap<String, wire::Endpoint>>, RequestError> {
        self.graphql.endpoint_detail(&self.transport, ids, deadline).await
    }

    /// The list of pods. Workers of endpoints are not among them.
    pub async fn pods(&self, deadline: Instant) -> Result<Reply<Vec<wire::Pod>>, RequestError> {
        self.graphql.pods(&self.transport, deadline).await
    }

    /// Whether [`Self::pod_detail`] can give what the list does not.
    pub fn has_pod_detail(&self) -> bool {
        self.graphql.has_pod_detail()
    }

    /// At most [`BATCH`] pods by id.
    pub async fn pod_detail(
        &self,
        ids: &[String],
        deadline: Instant,
    ) -> Result<Reply<BTreeMap<String, wire::Pod>>, RequestError> {
        self.graphql.pod_detail(&self.transport, ids, deadline).await
    }

    /// Queue, job totals and workers of one endpoint.
    pub async fn health(&self, endpoint_id: &str, deadline: Instant) -> Result<wire::Health, RequestError> {
        self.jobs.health(endpoint_id, deadline).await
    }

    /// The jobs that one endpoint remembers.
    pub async fn requests(
        &self,
        endpoint_id: &str,
        deadline: Instant,
    ) -> Result<wire::Requests, RequestError> {
        self.jobs.requests(endpoint_id, deadline).await
    }

    /// The latencies that Runpod computed for one endpoint, asked with the key for metrics where there is one.
    pub async fn latency(
        &self,
        endpoint_id: &str,
        deadline: Instant,
    ) -> Result<wire::RequestMetrics, RequestError> {
        self.jobs.latency(endpoint_id, deadline).await
    }

    /// The network volumes, from GraphQL.
    pub async fn volumes(&self, deadline: Instant) -> Result<Reply<Vec<wire::Volume>>, RequestError> {
        self.graphql.volumes(&self.transport, deadline).await
    }

    /// GPU types with their prices, and their stock for pods. Asked without the key, which GraphQL does not need for it.
    pub async fn gpu_types(&self, deadline: Instant) -> Result<Reply<Vec<wire::GpuType>>, RequestError> {
        self.graphql.gpu_types(&self.transport, deadline).await
    }

    /// Machines that others rent, and what they earn.
    pub async fn host(&self, deadline: Instant) -> Result<Reply<wire::Host>, RequestError> {
        self.graphql.host(&self.transport, deadline).await
    }

    /// What a pod, a worker or an endpoint writes, from whoever tells it.
    pub fn logs(&self) -> Logs<'_> {
        Logs { transport: &self.transport, rest: &self.rest, jobs: self.jobs.base() }
    }

    /// The REST API.
    pub fn rest(&self) -> &Rest {
        &self.rest
    }

    /// Whether the API, as far as it was asked, is retired.
    pub fn is_retired(&self, api: Api) -> bool {
        self.transport.standing().is_retired(api)
    }

    /// Why an operation is not asked at present, if it is not.
    pub fn rests(&self, api: Api, operation: Operation) -> Option<Reason> {
        self.transport.standing().rests_for(api, operation)
    }

    /// Whether GraphQL has refused, in every form, one of these fields of the elements of its lists, or of the viewer.
    pub fn lacks(&self, operation: Operation, fields: &[&str]) -> bool {
        self.graphql.lacks(operation, fields)
    }

    /// How many fields the GraphQL server refused in every form.
    pub fn unsupported_fields(&self) -> usize {
        self.graphql.unsupported_fields()
    }
}

/// Whether a URL stays on this machine.
pub fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

/// JSON to a wire type. What the parser says of the text is left out of the error: it repeats the text.
fn json<T: DeserializeOwned>(body: &[u8]) -> Result<T, Reason> {
    let text = str::from_utf8(body).map_err(|error| Reason::Decode {
        cause: format!("invalid UTF-8 at byte {}", error.valid_up_to()).into(),
    })?;
    serde_json::from_str(text).map_err(|error| {
        let (kind, line, column) = (error.classify(), error.line(), error.column());
        Reason::Decode { cause: format!("{kind:?} error at line {line} column {column}").into() }
    })
}
