//! The GraphQL API, in both shapes in which Runpod is known: the live one and the documented one.
//!
//! What a number means does not belong here, nor its conversion to another unit.

mod coverage;
mod document;
mod documents;
mod envelope;
mod errors;
mod negotiate;
mod printed;
mod selection;
mod sender;

use std::collections::BTreeMap;
use std::sync::Arc;

use tokio::time::Instant;
use url::Url;

use self::coverage::{lacks, missing};
use self::negotiate::Negotiated;
use self::sender::Sender;
use crate::error::RequestError;
use crate::operation::Operation;
use crate::reply::Reply;
use crate::transport::Transport;
use crate::wire::{self, List, MAX_OBJECTS};

/// Maximum number of objects in one document. Small enough for servers that limit the complexity of a document, large
/// enough that 1000 endpoints are 20 requests.
pub const BATCH: usize = 50;

/// The paths of what the documents are about.
const VIEWER: &str = "myself";
const ENDPOINTS: &str = "myself.endpoints";
const PODS: &str = "myself.pods";

/// The GraphQL API of an account.
#[derive(Debug)]
pub(crate) struct Graphql {
    sender: Sender,
    account: Negotiated,
    endpoints: Negotiated,
    endpoint_ids: Negotiated,
    endpoint_detail: Negotiated,
    pods: Negotiated,
    pod_detail: Negotiated,
    volumes: Negotiated,
    gpu_types: Negotiated,
    host: Negotiated,
}

#[derive(serde::Deserialize)]
struct Endpoints {
    #[serde(default)]
    endpoints: List<wire::Endpoint, MAX_OBJECTS>,
}

#[derive(serde::Deserialize)]
struct Pods {
    #[serde(default)]
    pods: List<wire::Pod, MAX_OBJECTS>,
}

#[derive(serde::Deserialize)]
struct Volumes {
    #[serde(default, rename = "networkVolumes")]
    volumes: List<wire::Volume, MAX_OBJECTS>,
}

#[derive(serde::Deserialize)]
struct GpuTypes {
    #[serde(default, rename = "gpuTypes")]
    types: List<wire::GpuType, MAX_OBJECTS>,
}

impl Graphql {
    pub(crate) fn new(transport: Arc<Transport>, account: &Arc<str>, url: Url) -> Self {
        let negotiated = |document| Negotiated::new(Arc::clone(account), document);
        Self {
            sender: Sender::new(transport, url),
            account: negotiated(&documents::ACCOUNT),
            endpoints: negotiated(&documents::ENDPOINTS),
            endpoint_ids: negotiated(&documents::ENDPOINT_IDS),
            endpoint_detail: negotiated(&documents::ENDPOINT_DETAIL),
            pods: negotiated(&documents::PODS),
            pod_detail: negotiated(&documents::POD_DETAIL),
            volumes: negotiated(&documents::VOLUMES),
            gpu_types: negotiated(&documents::GPU_TYPES),
            host: negotiated(&documents::HOST),
        }
    }

    /// Host and port of the server.
    pub(crate) fn peer(&self) -> Arc<str> {
        self.sender.peer()
    }

    /// The number of fields that the server has in no document and in no form.
    pub(crate) fn unsupported_fields(&self) -> usize {
        let single = [&self.account, &self.volumes, &self.gpu_types, &self.host];
        single.into_iter().map(|document| document.unsupported().len()).sum::<usize>()
            + self.missing_endpoint_fields().len()
            + self.missing_pod_fields().len()
    }

    /// Whether one of these fields is missing in every form and document.
    pub(crate) fn lacks(&self, operation: Operation, fields: &[&str]) -> bool {
        match operation {
            Operation::Endpoints => lacks(&self.missing_endpoint_fields(), ENDPOINTS, fields),
            Operation::Pods => lacks(&self.missing_pod_fields(), PODS, fields),
            Operation::Account => lacks(&self.account.unsupported(), VIEWER, fields),
            _ => false,
        }
    }

    fn missing_endpoint_fields(&self) -> Vec<String> {
        missing(&self.endpoints, ENDPOINTS, &self.endpoint_detail, "endpoint")
    }

    fn missing_pod_fields(&self) -> Vec<String> {
        missing(&self.pods, PODS, &self.pod_detail, "pod")
    }

    pub(crate) async fn account(&self, deadline: Instant) -> Result<Reply<wire::Account>, RequestError> {
        self.sender.viewer(&self.account, deadline).await
    }

    pub(crate) async fn endpoints(
        &self,
        deadline: Instant,
    ) -> Result<Reply<Vec<wire::Endpoint>>, RequestError> {
        let reply: Reply<Endpoints> = self.sender.viewer(&self.endpoints, deadline).await?;
        if let Some(paths) = self.endpoints.leaves(ENDPOINTS) {
            self.endpoint_detail.skip(paths);
        }
        self.sender.list(reply.map(|viewer| viewer.endpoints), Operation::Endpoints)
    }

    /// The endpoints with id and name alone, unless the fields of the list are known: then the list comes as fast.
    pub(crate) async fn endpoint_ids(
        &self,
        deadline: Instant,
    ) -> Option<Result<Reply<Vec<wire::Endpoint>>, RequestError>> {
        if self.endpoints.is_settled() {
            return None;
        }
        let reply = self.sender.viewer::<Endpoints>(&self.endpoint_ids, deadline).await;
        Some(
            reply.and_then(|reply| {
                self.sender.list(reply.map(|viewer| viewer.endpoints), Operation::Endpoints)
            }),
        )
    }

    pub(crate) async fn pods(&self, deadline: Instant) -> Result<Reply<Vec<wire::Pod>>, RequestError> {
        let reply: Reply<Pods> = self.sender.viewer(&self.pods, deadline).await?;
        if let Some(paths) = self.pods.leaves(PODS) {
            self.pod_detail.skip(paths);
        }
        self.sender.list(reply.map(|viewer| viewer.pods), Operation::Pods)
    }

    pub(crate) async fn volumes(&self, deadline: Instant) -> Result<Reply<Vec<wire::Volume>>, RequestError> {
        let reply: Reply<Volumes> = self.sender.viewer(&self.volumes, deadline).await?;
        self.sender.list(reply.map(|viewer| viewer.volumes), Operation::Volumes)
    }

    pub(crate) async fn host(&self, deadline: Instant) -> Result<Reply<wire::Host>, RequestError> {
        self.sender.viewer(&self.host, deadline).await
    }

    pub(crate) async fn gpu_types(
        &self,
        deadline: Instant,
    ) -> Result<Reply<Vec<wire::GpuType>>, RequestError> {
        let reply: Reply<GpuTypes> = self.sender.root(&self.gpu_types, deadline).await?;
        self.sender.list(reply.map(|root| root.types), Operation::Gpus)
    }

    /// Whether single endpoints have fields that the list does not have. False before the server has rejected fields of the list or
    /// accepted all: its first rejection shows what the list lacks, so that the first reads do not wait for the list.
    pub(crate) fn has_endpoint_detail(&self) -> bool {
        has_detail(&self.endpoints, ENDPOINTS, &self.endpoint_detail)
    }

    /// Waits until that is known, or for the deadline.
    pub(crate) async fn endpoint_detail_known(&self, deadline: Instant) {
        self.endpoints.answered(deadline).await;
    }

    /// The same for pods.
    pub(crate) fn has_pod_detail(&self) -> bool {
        has_detail(&self.pods, PODS, &self.pod_detail)
    }

    pub(crate) async fn endpoint_detail(
        &self,
        ids: &[Arc<str>],
        deadline: Instant,
    ) -> Result<Reply<BTreeMap<Arc<str>, wire::Endpoint>>, RequestError> {
        let arguments = |id: &str| format!("(id: {id})");
        self.sender.batch(&self.endpoint_detail, ids, arguments, deadline).await
    }

    pub(crate) async fn pod_detail(
        &self,
        ids: &[Arc<str>],
        deadline: Instant,
    ) -> Result<Reply<BTreeMap<Arc<str>, wire::Pod>>, RequestError> {
        let arguments = |id: &str| format!("(input: {{podId: {id}}})");
        self.sender.batch(&self.pod_detail, ids, arguments, deadline).await
    }
}

/// Whether a document has fields that the list at `root` does not have.
fn has_detail(list: &Negotiated, root: &str, detail: &Negotiated) -> bool {
    let Some(paths) = list.leaves(root) else { return false };
    detail.skip(paths);
    detail.has_fields()
}
