//! runpod-exporter.

pub mod clock;
pub mod runpod;
pub mod snapshot;
