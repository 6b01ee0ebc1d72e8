//! The GraphQL API, in either of the shapes in which Runpod is seen.
//!
//! What a number means and in which unit it is does not belong here: see `snapshot/`.

mod document;
mod documents;
mod envelope;
mod negotiate;

use std::collections::BTreeMap;
use std::sync::Arc;

use bytes::Bytes;
use serde::Serialize;
use serde::de::DeserializeOwned;
use tokio::time::Instant;
use url::Url;

use self::document::Alias;
use self::envelope::{Data, read, read_viewer};
use self::negotiate::Negotiated;
use crate::error::{Reason, RequestError};
use crate::operation::{Api, Operation, Outcome};
use crate::reply::Reply;
use crate::transport::{Answer, Call, Credential, Transport};
use crate::wire::{self, List};

/// Single objects asked for in one document. Few enough that a server with a limit on complexity takes it, many enough
/// that a thousand endpoints are twenty requests.
pub const BATCH: usize = 50;

/// Where the documents have what they are about.
const VIEWER: &str = "myself";
const ENDPOINTS: &str = "myself.endpoints";
const PODS: &str = "myself.pods";

/// The GraphQL side of an account.
#[derive(Debug)]
pub(super) struct Graphql {
    url: Url,
    account: Negotiated,
    endpoints: Negotiated,
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
    endpoints: List<wire::Endpoint>,
}

#[derive(serde::Deserialize)]
struct Pods {
    #[serde(default)]
    pods: List<wire::Pod>,
}

#[derive(serde::Deserialize)]
struct Volumes {
    #[serde(default, rename = "networkVolumes")]
    volumes: List<wire::Volume>,
}

#[derive(serde::Deserialize)]
struct GpuTypes {
    #[serde(default, rename = "gpuTypes")]
    types: List<wire::GpuType>,
}

impl Graphql {
    pub(super) fn new(account: &Arc<str>, url: Url) -> Self {
        let negotiated = |document| Negotiated::new(Arc::clone(account), document);
        Self {
            url,
            account: negotiated(&documents::ACCOUNT),
            endpoints: negotiated(&documents::ENDPOINTS),
            endpoint_detail: negotiated(&documents::ENDPOINT_DETAIL),
            pods: negotiated(&documents::PODS),
            pod_detail: negotiated(&documents::POD_DETAIL),
            volumes: negotiated(&documents::VOLUMES),
            gpu_types: negotiated(&documents::GPU_TYPES),
            host: negotiated(&documents::HOST),
        }
    }

    /// How many fields that the exporter can use the server has in no document and in no form.
    pub(super) fn unsupported_fields(&self) -> usize {
        let alone = [&self.account, &self.volumes, &self.gpu_types, &self.host];
        alone.into_iter().map(|document| document.unsupported().len()).sum::<usize>()
            + self.missing(Operation::Endpoints).len()
            + self.missing(Operation::Pods).len()
    }

    /// Whether one of these fields is refused in every form and document. They are named below what the document is about.
    pub(super) fn lacks(&self, operation: Operation, fields: &[&str]) -> bool {
        let (root, missing) = match operation {
            Operation::Endpoints => (ENDPOINTS, self.missing(operation)),
            Operation::Pods => (PODS, self.missing(operation)),
            Operation::Account => (VIEWER, self.account.unsupported()),
            _ => return false,
        };
        let is_about = |path: &String, field: &&str| {
            let below = path.strip_prefix(root).and_then(|path| path.strip_prefix('.'));
            *path == root || below == Some(*field)
        };
        missing.iter().any(|path| fields.iter().any(|field| is_about(path, field)))
    }

    /// The fields of a list that are neither in it nor given by the single object.
    fn missing(&self, operation: Operation) -> Vec<String> {
        if operation == Operation::Endpoints {
            missing(&self.endpoints, ENDPOINTS, &self.endpoint_detail, "endpoint")
        } else {
            missing(&self.pods, PODS, &self.pod_detail, "pod")
        }
    }

    pub(super) async fn account(
        &self,
        transport: &Transport,
        deadline: Instant,
    ) -> Result<Reply<wire::Account>, RequestError> {
        self.viewer(transport, &self.account, deadline).await
    }

    pub(super) async fn endpoints(
        &self,
        transport: &Transport,
        deadline: Instant,
    ) -> Result<Reply<Vec<wire::Endpoint>>, RequestError> {
        let reply: Reply<Endpoints> = self.viewer(transport, &self.endpoints, deadline).await?;
        if let Some(given) = self.endpoints.leaves(ENDPOINTS) {
            self.endpoint_detail.spare(given);
        }
        self.listed(reply.map(|viewer| viewer.endpoints), Operation::Endpoints)
    }

    pub(super) async fn pods(
        &self,
        transport: &Transport,
        deadline: Instant,
    ) -> Result<Reply<Vec<wire::Pod>>, RequestError> {
        let reply: Reply<Pods> = self.viewer(transport, &self.pods, deadline).await?;
        if let Some(given) = self.pods.leaves(PODS) {
            self.pod_detail.spare(given);
        }
        self.listed(reply.map(|viewer| viewer.pods), Operation::Pods)
    }

    pub(super) async fn volumes(
        &self,
        transport: &Transport,
        deadline: Instant,
    ) -> Result<Reply<Vec<wire::Volume>>, RequestError> {
        let reply: Reply<Volumes> = self.viewer(transport, &self.volumes, deadline).await?;
        self.listed(reply.map(|viewer| viewer.volumes), Operation::Volumes)
    }

    pub(super) async fn host(
        &self,
        transport: &Transport,
        deadline: Instant,
    ) -> Result<Reply<wire::Host>, RequestError> {
        self.viewer(transport, &self.host, deadline).await
    }

    pub(super) async fn gpu_types(
        &self,
        transport: &Transport,
        deadline: Instant,
    ) -> Result<Reply<Vec<wire::GpuType>>, RequestError> {
        let document = &self.gpu_types;
        let send = |query| self.send(transport, document.operation(), query, deadline, read::<GpuTypes>);
        let reply = document.ask(&[], send).await?.ok_or_else(|| self.refused_whole(document.operation()))?;
        self.listed(reply.map(|root| root.types), Operation::Gpus)
    }

    /// Whether single endpoints can give what the list did not, as far as is known. Nothing is known before the list.
    pub(super) fn has_endpoint_detail(&self) -> bool {
        self.endpoints.is_settled() && self.endpoint_detail.is_alive()
    }

    /// Whether single pods can give what the list did not, as far as is known.
    pub(super) fn has_pod_detail(&self) -> bool {
        self.pods.is_settled() && self.pod_detail.is_alive()
    }

    /// At most [`BATCH`] endpoints by id. Those that the server does not know are left out.
    pub(super) async fn endpoint_detail(
        &self,
        transport: &Transport,
        ids: &[String],
        deadline: Instant,
    ) -> Result<Reply<BTreeMap<String, wire::Endpoint>>, RequestError> {
        let arguments = |id: &str| format!("(id: {})", literal(id));
        self.batch(transport, &self.endpoint_detail, ids, arguments, deadline).await
    }

    /// At most [`BATCH`] pods by id. Those that the server does not know are left out.
    pub(super) async fn pod_detail(
        &self,
        transport: &Transport,
        ids: &[String],
        deadline: Instant,
    ) -> Result<Reply<BTreeMap<String, wire::Pod>>, RequestError> {
        let arguments = |id: &str| format!("(input: {{podId: {}}})", literal(id));
        self.batch(transport, &self.pod_detail, ids, arguments, deadline).await
    }

    async fn viewer<T: DeserializeOwned>(
        &self,
        transport: &Transport,
        document: &Negotiated,
        deadline: Instant,
    ) -> Result<Reply<T>, RequestError> {
        let send = |query| self.send(transport, document.operation(), query, deadline, read_viewer);
        document.ask(&[], send).await?.ok_or_else(|| self.refused_whole(document.operation()))
    }

    async fn batch<T: DeserializeOwned>(
        &self,
        transport: &Transport,
        document: &Negotiated,
        ids: &[String],
        arguments: impl Fn(&str) -> String,
        deadline: Instant,
    ) -> Result<Reply<BTreeMap<String, T>>, RequestError> {
        let alias = |(n, id): (usize, &String)| Alias { alias: format!("a{n}"), arguments: arguments(id) };
        let aliases: Vec<_> = ids.iter().enumerate().map(alias).collect();
        let send = |query| {
            self.send(transport, document.operation(), query, deadline, read::<BTreeMap<String, Option<T>>>)
        };
        let nothing = Reply { value: BTreeMap::new(), complaint: None };
        let reply = document.ask(&aliases, send).await?.unwrap_or(nothing);
        Ok(reply.map(|mut found| {
            let named = |(Alias { alias, .. }, id): (&Alias, &String)| {
                Some((id.clone(), found.remove(alias).flatten()?))
            };
            aliases.iter().zip(ids).filter_map(named).collect()
        }))
    }

    async fn send<T>(
        &self,
        transport: &Transport,
        operation: Operation,
        query: String,
        deadline: Instant,
        read: impl Fn(&Answer) -> Result<(Data<T>, Outcome), Reason>,
    ) -> Result<Reply<T>, RequestError> {
        #[derive(Serialize)]
        struct Request {
            query: String,
        }
        // Serialising a string cannot fail; an empty body would be refused and say so.
        let body = serde_json::to_vec(&Request { query }).unwrap_or_default();
        let body = Some(Bytes::from(body));
        let url = self.url.clone();
        let credential = if operation == Operation::Gpus { Credential::Nobody } else { Credential::Account };
        let call = Call { body, credential, ..Call::get(Api::Graphql, operation, url, deadline) };
        let data = transport
            .call(&call, |answer| {
                let result = read(answer);
                if !matches!(&result, Ok((_, Outcome::Ok))) {
                    transport.debug_body(&call, answer.status, &answer.body);
                }
                result
            })
            .await?;
        let complaint =
            (data.errors > 0).then(|| self.error(operation, Reason::Graphql { count: data.errors }));
        Ok(Reply { value: data.value, complaint })
    }

    /// A list that is null is no empty list: taken for one, every endpoint would seem to have vanished.
    fn listed<T>(&self, reply: Reply<List<T>>, operation: Operation) -> Result<Reply<Vec<T>>, RequestError> {
        let Reply { value, complaint } = reply;
        match (value.0, complaint) {
            (Some(value), complaint) => Ok(Reply { value, complaint }),
            (None, Some(complaint)) => Err(complaint),
            (None, None) => Err(self.error(operation, Reason::Decode { cause: "list is null".into() })),
        }
    }

    fn refused_whole(&self, operation: Operation) -> RequestError {
        self.error(operation, Reason::Schema { refusals: Vec::new() })
    }

    fn error(&self, operation: Operation, reason: Reason) -> RequestError {
        RequestError { api: Api::Graphql, operation, peer: super::transport::peer(&self.url), reason }
    }
}

/// The fields of the list that are neither in the list nor given by the single object.
fn missing(list: &Negotiated, list_root: &str, detail: &Negotiated, detail_root: &str) -> Vec<String> {
    let given = detail.leaves(detail_root).unwrap_or_default();
    let is_given = |path: &String| {
        let below = path.strip_prefix(list_root).and_then(|path| path.strip_prefix('.'));
        below.is_some_and(|path| {
            given
                .iter()
                .any(|leaf| leaf == path || leaf.strip_prefix(path).is_some_and(|rest| rest.starts_with('.')))
        })
    };
    list.unsupported().into_iter().filter(|path| !is_given(path)).collect()
}

/// A string as GraphQL writes it. Its escapes are those of JSON.
fn literal(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}
