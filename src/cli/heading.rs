//! The headings under which `--help` lists flags. A flag that is specific to its command has none: clap's "Options".

/// Where and how Runpod is read.
pub(super) const RUNPOD: &str = "Runpod";
/// What is read.
pub(super) const COLLECTORS: &str = "Collectors";
/// What is served, and where.
pub(super) const WEB: &str = "Web";
/// Finished jobs that are reported to the exporter.
pub(super) const WEBHOOKS: &str = "Webhooks";
/// Log lines of workers and pods.
pub(super) const LOGS: &str = "Logs";
/// The configuration file.
pub(super) const CONFIGURATION: &str = "Configuration";
/// The program's own log.
pub(super) const LOGGING: &str = "Logging";
