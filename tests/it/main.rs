//! The integration tests: one binary, so that the exporter is linked once.
//!
//! They show what Prometheus reads: an upstream in, exposition text out.

mod prometheus;
mod sdk;
mod shapes;
mod support;
