//! What can go wrong with one upstream request, sorted by what a person must do about it.
//!
//! No text from the upstream is kept here: these errors reach logs and pages, and an upstream body may hold anything.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use crate::key::KeyError;
use crate::operation::{Api, Operation, Outcome};

/// Why a request gave nothing.
#[derive(Debug, Clone, thiserror::Error)]
pub enum Reason {
    /// 401.
    #[error("API key rejected (401); check the API key of this account")]
    Unauthorized,
    /// 200 with `myself: null` and no error: the request reached Runpod without an identity.
    #[error("API key not recognized; check that the key still exists")]
    NoIdentity,
    /// 403, or a GraphQL "Unauthorized" for a valid key.
    #[error("API key lacks permission; grant the scope, or disable the collector")]
    Forbidden,
    /// The 403 of the front door, which judged the client and not the key.
    #[error(
        "request blocked before the API key was checked (403); check whether a proxy changes the User-Agent"
    )]
    FrontDoor,
    /// 404.
    #[error("not found (404); check the base URL, or wait if the resource was just created")]
    NotFound,
    /// 429.
    #[error("rate limited (429); paused until the server allows it; if it persists, scrape less often")]
    RateLimited {
        /// How long the server asked to wait.
        retry_after: Option<Duration>,
    },
    /// 410.
    #[error("API retired by Runpod (410); its data comes from other APIs where available")]
    Retired,
    /// 5xx.
    #[error("server error ({status}); if it persists, check Runpod's status page")]
    Server {
        /// The HTTP status.
        status: u16,
        /// How long the server asked to wait.
        retry_after: Option<Duration>,
    },
    /// No answer in time.
    #[error("no complete response within {} ms; if it persists, raise the scrape timeout", .after.as_millis())]
    Timeout {
        /// How long the exporter waited.
        after: Duration,
    },
    /// No connection: name look-up, refused, TLS.
    #[error("cannot connect ({cause}); check the base URL and the network")]
    Connect {
        /// What the network said.
        cause: Arc<str>,
    },
    /// The connection was lost before the answer was complete.
    #[error("connection lost before the response was complete ({cause})")]
    Reset {
        /// What the network said.
        cause: Arc<str>,
    },
    /// An HTTP status that this API is not known to give.
    #[error("unexpected HTTP status {status}; check the base URL")]
    Status {
        /// The HTTP status.
        status: u16,
    },
    /// A body that is not what this API is known to give.
    #[error("unexpected response body ({cause}); check the base URL")]
    Decode {
        /// Where the parser stopped, or what is missing. No part of the body.
        cause: Arc<str>,
    },
    /// A body beyond the limit.
    #[error("response larger than {limit} bytes")]
    TooLarge {
        /// The limit in force.
        limit: usize,
    },
    /// A GraphQL answer with errors, and without the data or a part of it.
    #[error("GraphQL returned {count} error(s), some data is missing; see the debug log")]
    Graphql {
        /// How many errors came.
        count: usize,
    },
    /// The document was refused and no field is left to leave out.
    #[error("the server rejected the GraphQL query ({} error(s))", .refusals.len())]
    Schema {
        /// What was refused and where.
        refusals: Vec<Refusal>,
    },
}

impl Reason {
    /// The label value for this reason.
    pub const fn outcome(&self) -> Outcome {
        match self {
            Self::Unauthorized | Self::NoIdentity => Outcome::Unauthorized,
            Self::Forbidden | Self::FrontDoor => Outcome::Forbidden,
            Self::NotFound => Outcome::NotFound,
            Self::RateLimited { .. } => Outcome::RateLimited,
            Self::Retired => Outcome::Retired,
            Self::Server { .. } => Outcome::ServerError,
            Self::Timeout { .. } => Outcome::Timeout,
            Self::Connect { .. } | Self::Reset { .. } => Outcome::Connect,
            Self::Status { .. } | Self::Decode { .. } => Outcome::Decode,
            Self::TooLarge { .. } => Outcome::TooLarge,
            Self::Graphql { .. } => Outcome::GraphqlError,
            Self::Schema { .. } => Outcome::Schema,
        }
    }

    /// How long to wait before the one retry, or `None` where a second try would be told the same. A client that was told
    /// to slow down does not come back within the scrape.
    pub(super) fn retry_in(&self, pause: Duration) -> Option<Duration> {
        match self {
            Self::Reset { .. } => Some(pause),
            Self::Server { retry_after, .. } => Some(retry_after.unwrap_or(pause)),
            _ => None,
        }
    }
}

/// A failed request: who was asked what, and why nothing came.
#[derive(Debug, Clone)]
pub struct RequestError {
    /// Who was asked.
    pub api: Api,
    /// For what.
    pub operation: Operation,
    /// The host that was asked.
    pub peer: Arc<str>,
    /// Why nothing came.
    pub reason: Reason,
}

impl RequestError {
    /// The label value for this error.
    pub const fn outcome(&self) -> Outcome {
        self.reason.outcome()
    }
}

impl fmt::Display for RequestError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} at {}: {}", self.api.as_str(), self.operation.as_str(), self.peer, self.reason)
    }
}

impl std::error::Error for RequestError {}

/// Where a server found fault with a document.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Refusal {
    /// Line and column, counted from 1.
    pub locations: Vec<(usize, usize)>,
    /// The names that stand in quotation marks in the message.
    pub names: Vec<String>,
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
