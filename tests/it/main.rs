//! The integration tests: one binary, so that the exporter is linked once.
//!
//! They show what Prometheus reads: an upstream in, exposition text out.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::float_cmp,
    reason = "a test that panics has failed, and counts are whole numbers"
)]

mod accounts;
mod alerts;
mod architecture;
mod check;
mod command;
mod config;
mod contributing;
mod damage;
mod deadline;
mod diagnosis;
mod docs;
mod end_to_end;
mod endpoint_cost;
mod examples;
mod fanout;
mod faults;
mod findings;
mod formats;
mod fuzz;
mod generated;
mod hostile;
mod jobs;
mod language;
mod laws;
mod limits;
mod links;
mod logs;
mod negotiation;
mod numbers;
mod overview;
mod packaging;
mod panics;
mod process;
mod prometheus;
mod quota;
mod recorded;
mod recordings;
mod reload;
mod rest;
mod sdk;
mod server;
mod serving;
mod shapes;

mod support;
mod tls;
mod web;
mod workloads;
