//! Sends documents: the request of a document, and the reply in it.

use std::collections::BTreeMap;
use std::sync::Arc;

use bytes::Bytes;
use serde::Serialize;
use serde::de::DeserializeOwned;
use tokio::time::{Instant, timeout_at};
use url::Url;

use super::document::Alias;
use super::envelope::{Data, read, read_viewer};
use super::negotiate::Negotiated;
use crate::error::{Reason, RequestError};
use crate::operation::{Api, Operation};
use crate::reply::Reply;
use crate::transport::{Call, Credential, Decoded, RawResponse, Transport, peer};
use crate::wire::{List, Map, Object};

/// Sends documents to one server.
#[derive(Debug)]
pub(super) struct Sender {
    transport: Arc<Transport>,
    url: Url,
}

impl Sender {
    pub(super) fn new(transport: Arc<Transport>, url: Url) -> Self {
        Self { transport, url }
    }

    /// Host and port of the server.
    pub(super) fn peer(&self) -> Arc<str> {
        peer(&self.url)
    }

    /// Requests a document about `myself`.
    pub(super) async fn viewer<T: DeserializeOwned + Send + 'static>(
        &self,
        document: &Negotiated,
        deadline: Instant,
    ) -> Result<Reply<T>, RequestError> {
        let send = |query| self.send(document.operation(), query, deadline, read_viewer);
        self.request(document, &[], deadline, send).await?.ok_or_else(|| self.rejected(document.operation()))
    }

    /// Requests a document that is not about `myself`.
    pub(super) async fn root<T: DeserializeOwned + Send + 'static>(
        &self,
        document: &Negotiated,
        deadline: Instant,
    ) -> Result<Reply<T>, RequestError> {
        let send = |query| self.send(document.operation(), query, deadline, read);
        self.request(document, &[], deadline, send).await?.ok_or_else(|| self.rejected(document.operation()))
    }

    /// Requests several objects by id in one document. Objects that the server does not have are left out.
    pub(super) async fn batch<T: DeserializeOwned + Send + 'static>(
        &self,
        document: &Negotiated,
        ids: &[Arc<str>],
        arguments: impl Fn(&str) -> String,
        deadline: Instant,
    ) -> Result<Reply<BTreeMap<Arc<str>, T>>, RequestError> {
        let alias = |(n, id): (usize, &Arc<str>)| Alias {
            alias: format!("a{n}"),
            arguments: arguments(&literal(id)),
        };
        let aliases: Vec<_> = ids.iter().enumerate().map(alias).collect();
        let send = |query| self.send(document.operation(), query, deadline, read::<Map<Object<T>>>);
        let empty = Reply::complete(Map::default());
        let reply = self.request(document, &aliases, deadline, send).await?.unwrap_or(empty);
        Ok(reply.map(|Map(mut found)| {
            let by_id = |(Alias { alias, .. }, id): (&Alias, &Arc<str>)| {
                Some((Arc::clone(id), found.remove(alias)?.0?))
            };
            aliases.iter().zip(ids).filter_map(by_id).collect()
        }))
    }

    /// The list in a reply. A list that is null is not an empty list: all endpoints or pods would seem to be deleted.
    pub(super) fn list<T, const N: usize>(
        &self,
        reply: Reply<List<T, N>>,
        operation: Operation,
    ) -> Result<Reply<Vec<T>>, RequestError> {
        let Reply { value, error } = reply;
        match (value.0, error) {
            (Some(value), error) => Ok(Reply { value, error }),
            (None, Some(error)) => Err(error),
            (None, None) => Err(self.error(operation, Reason::Decode { cause: "the list is null".into() })),
        }
    }

    /// Sends a document until the server accepts it. Waiting for another request that negotiates it ends with the deadline too.
    async fn request<T, F: Future<Output = Result<T, RequestError>>>(
        &self,
        document: &Negotiated,
        aliases: &[Alias],
        deadline: Instant,
        send: impl Fn(String) -> F,
    ) -> Result<Option<T>, RequestError> {
        let started = Instant::now();
        let result = timeout_at(deadline, document.request(aliases, send)).await;
        let late = || self.error(document.operation(), Reason::Timeout { after: started.elapsed() });
        result.unwrap_or_else(|_elapsed| Err(late()))
    }

    async fn send<T: Send + 'static>(
        &self,
        operation: Operation,
        query: String,
        deadline: Instant,
        read: fn(&RawResponse) -> Decoded<Data<T>>,
    ) -> Result<Reply<T>, RequestError> {
        #[derive(Serialize)]
        struct Request {
            query: String,
        }
        // Serializing a string cannot fail, and the server would reject an empty body.
        let body = serde_json::to_vec(&Request { query }).unwrap_or_default();
        let body = Some(Bytes::from(body));
        // GPU types are public.
        let credential =
            if operation == Operation::Gpus { Credential::Anonymous } else { Credential::Account };
        let call = Call::get(Api::Graphql, operation, self.url.clone(), deadline);
        let call = Call { body, credential, ..call };
        let Data { value, errors, notes } = self.transport.call(&call, read).await?;
        self.transport.damaged(&call, &notes);
        let reason = match errors {
            0 => (notes.left_out > 0).then(Reason::too_many),
            count => Some(Reason::Graphql { count }),
        };
        let error = reason.map(|reason| call.error(reason));
        Ok(Reply { value, error })
    }

    fn rejected(&self, operation: Operation) -> RequestError {
        self.error(operation, Reason::Schema { refusals: Vec::new() })
    }

    fn error(&self, operation: Operation, reason: Reason) -> RequestError {
        RequestError { api: Api::Graphql, operation, peer: self.peer(), reason }
    }
}

/// A GraphQL string literal. Its escapes are those of JSON.
fn literal(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}
