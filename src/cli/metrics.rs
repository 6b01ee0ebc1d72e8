//! The flags of `metrics`.

use clap::{Args, ValueEnum};

/// The description in `--help`.
pub(super) const ABOUT: &str = "\
Print the reference of all metrics: names, types, labels and help texts.

It needs no API key and makes no requests.";

/// What follows the flags in `--help`.
pub(super) const DETAILS: &str = "\
Exit codes:
  0   Printed
  1   Cannot write to standard output
  64  Invalid flag

Examples:
  # Print the reference page
  runpod-exporter metrics

  # List the names
  runpod-exporter metrics --format=json | jq -r '.[].name'";

/// Flags of `metrics`.
#[derive(Debug, Args)]
pub struct Metrics {
    /// Output format: markdown or json
    #[arg(long, default_value = "markdown", hide_possible_values = true)]
    pub format: CatalogFormat,
}

/// How the catalog is printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum CatalogFormat {
    /// The reference page.
    Markdown,
    /// An array with one object per metric.
    Json,
}
