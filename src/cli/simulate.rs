//! The flags of `simulate`: those of the simulator, and how to log.

use clap::Args;

use super::log::Log;
use runpod_simulator::cli::SimulateFlags;

/// The description in `--help`.
pub(super) const ABOUT: &str = "\
Run only the simulated Runpod API, for tests, dashboards and benchmarks.

The variables that point an exporter at it are printed at the start. Scenes and faults can be changed while it runs.";

/// What follows the flags in `--help`.
pub(super) fn details() -> String {
    runpod_simulator::cli::details("runpod-exporter simulate")
}

/// Flags of `simulate`.
#[derive(Debug, Args)]
pub struct Simulate {
    /// The simulator.
    #[command(flatten)]
    pub simulator: SimulateFlags,
    /// How to log.
    #[command(flatten)]
    pub log: Log,
}
