//! The endpoint or pod whose logs are read, found by id or name.

use std::sync::Arc;

use tokio::time::Instant;

use crate::advice::WithAdvice;
use crate::similar;
use crate::snapshot::endpoint::display_name;
use runpod::{RequestError, Runpod};

/// Maximum number of names that an error lists.
const LISTED: usize = 20;

/// An endpoint or a pod.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Target {
    /// Which of the two.
    pub kind: TargetKind,
    /// Its id.
    pub id: Arc<str>,
    /// Its name.
    pub name: Arc<str>,
}

/// The kind of a target.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TargetKind {
    /// A serverless endpoint; its workers have the logs.
    Endpoint,
    /// A pod.
    Pod,
}

/// Why the target was not found.
#[derive(Debug, thiserror::Error)]
pub enum TargetError {
    /// Nothing has this id or name.
    #[error("no endpoint or pod of account {account} has the id or name \"{text}\"{}", hint(.text, .known))]
    Unknown {
        /// The id or name that was given.
        text: String,
        /// The account that was searched.
        account: Arc<str>,
        /// The names of its endpoints and pods.
        known: Vec<Arc<str>>,
    },
    /// Several have this name.
    #[error("the name \"{text}\" is ambiguous; use one of the ids: {}", .ids.join(", "))]
    Ambiguous {
        /// The id or name that was given.
        text: String,
        /// Their ids, each with its kind.
        ids: Vec<String>,
    },
    /// Endpoints and pods cannot be listed.
    #[error("{}", WithAdvice(.0))]
    Request(#[from] RequestError),
}

/// Similar names, or a list of them all.
fn hint(text: &str, known: &[Arc<str>]) -> String {
    let names: Vec<&str> = known.iter().map(|name| &**name).collect();
    let question = similar::question(text, &names);
    match names.len() {
        _ if !question.is_empty() => question,
        0 => "; it has none".to_owned(),
        1..=LISTED => format!("; it has {}", names.join(", ")),
        many => format!("; it has {many}, see: runpod-exporter check"),
    }
}

impl TargetKind {
    /// What it is called.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Endpoint => "endpoint",
            Self::Pod => "pod",
        }
    }
}

impl Target {
    /// Finds the target. An id takes precedence over a name. A list that cannot be read is an error only if the other list
    /// does not contain the target.
    pub async fn find(
        runpod: &Runpod,
        account: &Arc<str>,
        text: &str,
        deadline: Instant,
    ) -> Result<Self, TargetError> {
        let (endpoints, pods) = tokio::join!(endpoints(runpod, deadline), pods(runpod, deadline));
        let mut error = None;
        let mut known = Vec::new();
        for list in [endpoints, pods] {
            match list {
                Ok(list) => known.extend(list),
                Err(failure) => error = Some(failure),
            }
        }
        if let Some(target) = known.iter().find(|target| &*target.id == text) {
            return Ok(target.clone());
        }
        let has_name =
            |target: &Self| &*target.name == text || *display_name(&target.id, Some(&target.name)) == *text;
        let names = known.iter().map(|target| display_name(&target.id, Some(&target.name))).collect();
        known.retain(has_name);
        if known.len() > 1 {
            let ids =
                known.iter().map(|target| format!("{} ({})", target.id, target.kind.as_str())).collect();
            return Err(TargetError::Ambiguous { text: text.to_owned(), ids });
        }
        let unknown =
            || TargetError::Unknown { text: text.to_owned(), account: Arc::clone(account), known: names };
        known.pop().ok_or_else(|| error.map_or_else(unknown, TargetError::Request))
    }

    fn of(kind: TargetKind, id: Option<Arc<str>>, name: Option<Arc<str>>) -> Option<Self> {
        let id = id?;
        let name = name.unwrap_or_else(|| Arc::clone(&id));
        Some(Self { kind, id, name })
    }
}

/// Lists endpoints from REST, with GraphQL as the fallback.
async fn endpoints(runpod: &Runpod, deadline: Instant) -> Result<Vec<Target>, RequestError> {
    let rest = runpod.rest().endpoints(deadline).await;
    let of = |id, name| Target::of(TargetKind::Endpoint, id, name);
    match rest {
        Ok(list) => {
            Ok(list.value.into_iter().filter_map(|endpoint| of(endpoint.id.0, endpoint.name.0)).collect())
        }
        Err(error) => {
            let list = runpod.endpoints(deadline).await.map_err(|_fallback| error)?.value;
            Ok(list.into_iter().filter_map(|endpoint| of(endpoint.id.0, endpoint.name.0)).collect())
        }
    }
}

/// Lists pods from REST, also those of clusters, with GraphQL as the fallback.
async fn pods(runpod: &Runpod, deadline: Instant) -> Result<Vec<Target>, RequestError> {
    let rest = runpod.rest().all_pods(deadline).await;
    let of = |id, name| Target::of(TargetKind::Pod, id, name);
    match rest {
        Ok(list) => Ok(list.value.into_iter().filter_map(|pod| of(pod.id.0, pod.name.0)).collect()),
        Err(error) => {
            let list = runpod.pods(deadline).await.map_err(|_fallback| error)?.value;
            Ok(list.into_iter().filter_map(|pod| of(pod.id.0, pod.name.0)).collect())
        }
    }
}
