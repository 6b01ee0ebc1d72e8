//! Whose logs are meant: an endpoint or a pod, by its id or its name.

use std::sync::Arc;

use tokio::time::Instant;

use crate::advice::WithAdvice;
use runpod::{RequestError, Runpod};

/// What may be appended to the name of an endpoint, as Runpod's older console did.
const MARKER: &str = " -fb";

/// What has logs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Target {
    /// What it is.
    pub kind: Kind,
    /// Its id.
    pub id: Arc<str>,
    /// Its name.
    pub name: Arc<str>,
}

/// What kind of thing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A serverless endpoint, whose workers write.
    Endpoint,
    /// A pod.
    Pod,
}

/// Why it is not known who is meant.
#[derive(Debug, thiserror::Error)]
pub enum TargetError {
    /// Nothing has this id or name.
    #[error(
        "no endpoint or pod of account {account} has the id or name \"{text}\"; look it up in the Runpod console"
    )]
    Unknown {
        /// What was typed.
        text: String,
        /// The account that was looked at.
        account: Arc<str>,
    },
    /// Several have this name.
    #[error("the name \"{text}\" is ambiguous; use one of the ids: {}", .ids.join(", "))]
    Ambiguous {
        /// What was typed.
        text: String,
        /// Their ids, each with its kind.
        ids: Vec<String>,
    },
    /// The lists cannot be read.
    #[error("{}", WithAdvice(.0))]
    Request(#[from] RequestError),
}

impl Kind {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Endpoint => "endpoint",
            Self::Pod => "pod",
        }
    }
}

impl Target {
    /// Looks it up. An id counts before a name, and a list that cannot be read matters only if the other does not have it.
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
        let is_called = |target: &Self| {
            &*target.name == text || target.name.strip_suffix(MARKER).is_some_and(|name| name == text)
        };
        known.retain(is_called);
        if known.len() > 1 {
            let ids =
                known.iter().map(|target| format!("{} ({})", target.id, target.kind.as_str())).collect();
            return Err(TargetError::Ambiguous { text: text.to_owned(), ids });
        }
        let unknown = || TargetError::Unknown { text: text.to_owned(), account: Arc::clone(account) };
        known.pop().ok_or_else(|| error.map_or_else(unknown, TargetError::Request))
    }

    fn of(kind: Kind, id: Option<String>, name: Option<String>) -> Option<Self> {
        let id: Arc<str> = id?.into();
        let name = name.map_or_else(|| Arc::clone(&id), Arc::from);
        Some(Self { kind, id, name })
    }
}

/// GraphQL steps in where REST cannot say: for the names, either will do.
async fn endpoints(runpod: &Runpod, deadline: Instant) -> Result<Vec<Target>, RequestError> {
    let rest = runpod.rest().endpoints(deadline).await;
    let of = |id, name| Target::of(Kind::Endpoint, id, name);
    match rest {
        Ok(list) => Ok(list.into_iter().filter_map(|endpoint| of(endpoint.id.0, endpoint.name.0)).collect()),
        Err(error) => {
            let list = runpod.endpoints(deadline).await.map_err(|_second| error)?.value;
            Ok(list.into_iter().filter_map(|endpoint| of(endpoint.id.0, endpoint.name.0)).collect())
        }
    }
}

async fn pods(runpod: &Runpod, deadline: Instant) -> Result<Vec<Target>, RequestError> {
    let rest = runpod.rest().pods(deadline).await;
    let of = |id, name| Target::of(Kind::Pod, id, name);
    match rest {
        Ok(list) => Ok(list.into_iter().filter_map(|pod| of(pod.id.0, pod.name.0)).collect()),
        Err(error) => {
            let list = runpod.pods(deadline).await.map_err(|_second| error)?.value;
            Ok(list.into_iter().filter_map(|pod| of(pod.id.0, pod.name.0)).collect())
        }
    }
}
