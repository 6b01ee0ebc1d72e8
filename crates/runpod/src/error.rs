//! Why a request failed.
//!
//! The texts say what happened, with the HTTP status where there is one. What to do about it does not belong here: that
//! depends on the program that uses the client. No text of a response is kept either: errors reach logs and pages, and a
//! response may contain anything, even the key.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use crate::key::KeyError;
use crate::operation::{Api, Operation, Outcome};

/// Why a request failed.
#[derive(Debug, Clone, thiserror::Error)]
pub enum Reason {
    /// 401.
    #[error("API key rejected (401)")]
    Unauthorized,
    /// 401 to a request for metrics, which Runpod permits to some keys only. The key may be valid for everything else.
    #[error("API key lacks permission to read metrics (401)")]
    MetricsUnauthorized,
    /// GraphQL `myself: null` without an error, with status 200: the key belongs to no user.
    #[error("API key not recognized")]
    NoIdentity,
    /// 403, or the GraphQL error "Unauthorized" with status 200: the key is valid, its scope does not allow this request.
    #[error("API key lacks permission")]
    Forbidden,
    /// 403 of the web application firewall in front of Runpod, which judges the client and not the key.
    #[error("request blocked before the API key was checked (403)")]
    Blocked,
    /// 404.
    #[error("not found (404)")]
    NotFound,
    /// 429.
    #[error("rate limited (429)")]
    RateLimited {
        /// `Retry-After`.
        retry_after: Option<Duration>,
    },
    /// 410.
    #[error("API retired by Runpod (410)")]
    Retired,
    /// 5xx.
    #[error("server error ({status})")]
    Server {
        /// The HTTP status.
        status: u16,
        /// `Retry-After`.
        retry_after: Option<Duration>,
    },
    /// No complete response in time.
    #[error("no complete response within {} ms", .after.as_millis())]
    Timeout {
        /// How long the client waited.
        after: Duration,
    },
    /// No connection: name resolution, TCP or TLS failed.
    #[error("cannot connect ({cause})")]
    Connect {
        /// The error of the network library.
        cause: Arc<str>,
    },
    /// There was no answer, says a program that answers in place of the server.
    #[error("{cause}")]
    Intercepted {
        /// The outcome that this is counted as.
        outcome: Outcome,
        /// What the program says. Contains no part of a body.
        cause: Arc<str>,
    },
    /// The connection was lost before the response was complete.
    #[error("connection lost before the response was complete ({cause})")]
    Reset {
        /// The error of the network library.
        cause: Arc<str>,
    },
    /// An HTTP status that the API is not known to return.
    #[error("unexpected HTTP status {status}")]
    Status {
        /// The HTTP status.
        status: u16,
    },
    /// A body that the API is not known to return.
    #[error("unexpected response body ({cause})")]
    Decode {
        /// Where the parser stopped, or what is missing. Contains no part of the body.
        cause: Arc<str>,
    },
    /// An id that cannot be a part of a URL, such as `..`. Nothing was sent.
    #[error("the id cannot be a part of a URL, so nothing was requested")]
    UnusableId,
    /// Reading the response panicked, which is a bug of the program. The log has the place.
    #[error("reading the response panicked")]
    Panicked,
    /// A list that lacks some of its elements.
    #[error("incomplete list ({cause})")]
    Incomplete {
        /// What is missing. Contains no part of the body.
        cause: Arc<str>,
    },
    /// A body larger than the limit.
    #[error("response larger than {limit} bytes")]
    TooLarge {
        /// The limit, in bytes.
        limit: usize,
    },
    /// A GraphQL response with errors, without all or a part of its data.
    #[error("GraphQL returned {}, some data is missing", errors(*count))]
    Graphql {
        /// The number of errors.
        count: usize,
    },
    /// A GraphQL document that the server rejected, and no field could be left out to make it valid.
    #[error("the server rejected the GraphQL query ({})", errors(.refusals.len()))]
    Schema {
        /// One entry for each error.
        refusals: Vec<Refusal>,
    },
}

impl Reason {
    /// The outcome that this reason is counted as.
    pub const fn outcome(&self) -> Outcome {
        match self {
            Self::Unauthorized | Self::MetricsUnauthorized | Self::NoIdentity => Outcome::Unauthorized,
            Self::Forbidden | Self::Blocked => Outcome::Forbidden,
            Self::NotFound => Outcome::NotFound,
            Self::RateLimited { .. } => Outcome::RateLimited,
            Self::Retired => Outcome::Retired,
            Self::Server { .. } => Outcome::ServerError,
            Self::Timeout { .. } => Outcome::Timeout,
            Self::Connect { .. } | Self::Reset { .. } => Outcome::Connect,
            Self::Status { .. } | Self::Decode { .. } | Self::Incomplete { .. } | Self::UnusableId => {
                Outcome::Decode
            }
            Self::Panicked => Outcome::Panicked,
            Self::Intercepted { outcome, .. } => *outcome,
            Self::TooLarge { .. } => Outcome::TooLarge,
            Self::Graphql { .. } => Outcome::GraphqlError,
            Self::Schema { .. } => Outcome::Schema,
        }
    }
}

/// A failed request: what was requested, from which host, and why it failed.
#[derive(Debug, Clone)]
pub struct RequestError {
    /// The API.
    pub api: Api,
    /// The kind of request.
    pub operation: Operation,
    /// Host and port of the server. Never a whole URL.
    pub peer: Arc<str>,
    /// Why it failed.
    pub reason: Reason,
}

impl RequestError {
    /// The outcome that this error is counted as.
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

/// One GraphQL validation error.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Refusal {
    /// Line and column in the document, counted from 1.
    pub locations: Vec<(usize, usize)>,
    /// The names in quotation marks in the message.
    pub names: Vec<String>,
}

/// Why a client could not be built.
#[derive(Debug, thiserror::Error)]
pub enum SetupError {
    /// A key that cannot be sent.
    #[error(transparent)]
    Key(#[from] KeyError),
    /// A user agent that an HTTP header cannot carry.
    #[error("invalid user agent \"{0}\"; use visible ASCII characters")]
    UserAgent(String),
    /// TLS could not be set up, usually because the system has no root certificates.
    #[error(
        "cannot set up TLS for {peer} ({}); install root certificates (package ca-certificates) or name a file with them in SSL_CERT_FILE",
        innermost(&**.cause)
    )]
    Client {
        /// Host and port of a server.
        peer: Arc<str>,
        /// The error of the TLS or HTTP library.
        cause: Box<dyn std::error::Error + Send + Sync>,
    },
    /// A proxy that cannot be used.
    #[error(
        "{variable}: {problem}; use http://HOST:PORT, unset it, or name the hosts of the base URLs in NO_PROXY"
    )]
    Proxy {
        /// The environment variable that names it.
        variable: &'static str,
        /// Why it cannot be used.
        problem: ProxyProblem,
    },
}

/// Why a proxy cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ProxyProblem {
    /// The value is not the URL of a proxy. It may contain a password, and is not repeated.
    #[error("the value is not the URL of a proxy")]
    Unreadable,
    /// A kind of proxy that the client does not support.
    #[error("cannot use the proxy {address}, which is neither http nor https")]
    Scheme {
        /// Scheme, host and port, without the login.
        address: String,
    },
}

fn errors(count: usize) -> String {
    format!("{count} error{}", if count == 1 { "" } else { "s" })
}

/// The innermost cause of an error: the outer ones repeat it or say only that something failed.
pub(crate) fn innermost(error: &dyn std::error::Error) -> Arc<str> {
    let mut error = error;
    while let Some(source) = error.source() {
        error = source;
    }
    error.to_string().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Advice depends on the program that uses the client.
    #[test]
    fn errors_say_what_happened() {
        let status = Reason::Server { status: 503, retry_after: None };
        let error = RequestError {
            api: Api::Rest,
            operation: Operation::Pods,
            peer: "host:1".into(),
            reason: status,
        };
        assert_eq!(error.to_string(), "rest pods at host:1: server error (503)");
        assert_eq!(error.outcome(), Outcome::ServerError);
    }
}
