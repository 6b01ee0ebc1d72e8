//! runpod-exporter.

pub mod clock;
#[cfg(feature = "simulator")]
pub mod simulator;
