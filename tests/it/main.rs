//! The integration tests: one binary, so that the exporter is linked once.
//!
//! They show what Prometheus reads: an upstream in, exposition text out.

mod architecture;
mod command;
mod faults;
mod generated;
mod laws;
mod prometheus;
mod recorded;
mod sdk;
mod serving;
mod shapes;
mod support;
