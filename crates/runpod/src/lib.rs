//! A read-only client of Runpod's APIs: GraphQL with negotiation of its fields, version 2 of the REST API with its quota,
//! the job API of each endpoint, and logs.
//!
//! Methods return wire types ([`wire`]), which mirror the JSON of the APIs in its own units. Conversions to other units do
//! not belong here, nor does advice on what to do about an error: the client knows nothing about the program that uses it.
//!
//! This page only lists and re-exports; nothing inside imports from it.

#![cfg_attr(not(test), warn(clippy::arithmetic_side_effects))]

mod backoff;
mod builder;
mod client;
mod dates;
mod error;
mod graphql;
mod intercept;
mod job_api;
mod key;
mod limits;
mod logs;
mod observe;
mod operation;
mod quota;
mod reply;
mod rest;
#[doc(hidden)]
pub mod testing;
mod transport;
mod urls;
pub mod wire;

pub use self::builder::Builder;
pub use self::client::Runpod;
pub use self::dates::DATES;
pub use self::error::{ProxyProblem, Reason, Refusal, RequestError, SetupError};
pub use self::graphql::BATCH;
pub use self::intercept::{Answered, Intercept, Parts, Sent};
pub use self::key::{ApiKey, Flaw, KeyError, KeyRing, looks_like_a_key, mask};
pub use self::limits::{Limits, ServerLimit};
pub use self::logs::{LogStream, LogSubject, LogWindow, Logs};
pub use self::observe::{Carry, Damage, Exchange, Observe, Paused, Resumed, Work};
pub use self::operation::{Api, Operation, Outcome};
pub use self::quota::{QuotaWindow, Urgency};
pub use self::reply::Reply;
pub use self::rest::{
    DescribedMetrics, DescribedProperty, Ledger, Measure, MetricsBucket, MetricsDescription,
    MetricsOperation, MetricsSubject, Product, ReportedStatistic, Rest, SkippedProperty, Statistic,
};
pub use self::urls::{Urls, is_loopback};
pub use lenient_json::{Note, Notes};
