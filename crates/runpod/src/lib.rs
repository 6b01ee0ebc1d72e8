//! A read-only client of Runpod's APIs: GraphQL with negotiation of its fields, REST v2 with its quota, the job API of
//! each endpoint, and logs.
//!
//! Everything here answers in wire types ([`wire`]), which mirror what the API sends. What a number means to a user, and
//! in which unit it is shown, does not belong here; nor does any advice about scrapes or flags: the client knows nothing
//! of exporters.

mod backoff;
mod client;
mod error;
mod graphql;
mod job_api;
mod key;
mod logs;
mod observe;
mod operation;
mod quota;
mod reply;
mod rest;
mod transport;
pub mod wire;

pub use self::client::{Runpod, Urls, is_loopback};
pub use self::error::{Reason, Refusal, RequestError, SetupError};
pub use self::graphql::BATCH;
pub use self::key::{ApiKey, KeyError};
pub use self::logs::{LogStream, LogSubject, LogWindow, Logs};
pub use self::observe::{Exchange, Observe};
pub use self::operation::{Api, Operation, Outcome};
pub use self::quota::{QuotaWindow, Urgency};
pub use self::reply::Reply;
pub use self::rest::{Ledger, Product, Rest};
pub use self::transport::Limits;
