//! runpod-exporter.

pub mod catalog;
pub mod cli;
pub mod clock;
pub mod config;
#[cfg(feature = "simulator")]
mod demo;
pub mod exposition;
pub mod http;
pub mod instruments;
pub mod metrics;
pub mod run;
pub mod runpod;
pub mod scrape;
pub mod serve;
#[cfg(feature = "simulator")]
pub mod simulator;
pub mod snapshot;
pub mod telemetry;
