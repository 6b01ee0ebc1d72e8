//! Reads one account: all sections at the same time, with one deadline. A section that fails does not affect the others.

mod admission;
mod cache;
mod clusters;
mod counter;
mod endpoint_lists;
mod failures;
mod gatherer;
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
mod slow;
mod workers;

pub(crate) use gatherer::Gatherer;
