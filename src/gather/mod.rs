//! Reads one account: all sections at the same time, with one deadline. A section that fails does not affect the others.
//!
//! Two things do not belong here: how a request is sent, retried and paused, which is in the crate `runpod`; and what a response means,
//! which is in `snapshot`. When a scrape starts and which scrapes share a gathering is in `scrape`.

mod admission;
mod cache;
mod clusters;
mod counter;
mod endpoint_lists;
mod failures;
mod gatherer;
mod host;
mod latencies;
mod latency;
mod list;
mod logs;
mod lookups;
mod market;
mod memory;
mod merge;
mod money;
mod panics;
mod per_endpoint;
mod places;
mod pods;
mod prefer;
mod reads;
mod run;
mod serverless;
mod volumes;
mod workers;

pub(crate) use gatherer::Gatherer;
