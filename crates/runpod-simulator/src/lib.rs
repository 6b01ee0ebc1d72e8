//! A Runpod that fits in a process: an account that lives ([`world`]), the APIs that report it, faults on demand
//! ([`faults`]), scenes ([`scene`]), a record of the requests ([`traffic`]), and webhooks about finished jobs
//! ([`webhooks`]).
//!
//! It writes its JSON from its own types. If it shared those of a client, a wrong field name would agree with itself, so
//! this crate never depends on the client; recorded responses of the real service judge both.

mod answer;
mod api;
mod connection;
mod control;
pub mod faults;
mod graphql;
mod jobs;
mod logs;
pub mod rest;
pub mod scene;
mod simulator;
#[cfg(test)]
mod tests;
pub mod traffic;
pub mod webhooks;
pub mod world;

pub use self::api::Api;
pub use self::graphql::{Shape, ShapeError};
pub use self::simulator::{Options, Retirement, Simulator};
