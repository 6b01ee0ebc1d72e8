//! The headings under which `--help` lists the flags.

/// The content of the simulated account.
pub const ACCOUNT: &str = "Simulated account";
/// The behavior of the simulated API.
pub const API: &str = "Simulated API";
/// Webhooks about finished jobs.
pub const WEBHOOKS: &str = "Webhooks";
