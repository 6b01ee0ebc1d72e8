//! The flags of `runbook`.

use clap::Args;

/// The description in `--help`.
pub(super) const ABOUT: &str = "\
Print a runbook: what a problem means, how to diagnose it, how to fix it.

Without a name, it lists the runbooks. It needs no API key and makes no requests. A running exporter serves the same \
pages at /docs/runbooks/.";

/// What follows the flags in `--help`.
pub(super) const DETAILS: &str = "\
Exit codes:
  0   Printed
  1   Cannot write to standard output
  64  Invalid flag, or no such runbook

Examples:
  # List the runbooks
  runpod-exporter runbook

  # By the name of an alert, or of a finding
  runpod-exporter runbook RunpodQueueStuck
  runpod-exporter runbook queue_stuck_no_capacity";

/// Flags of `runbook`.
#[derive(Debug, Args)]
pub struct Runbook {
    /// Name of an alert or a finding; without one, a list
    pub name: Option<String>,
}
