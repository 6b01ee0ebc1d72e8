//! The version of this program, for everything that reports it.

/// The version of the package.
pub(crate) const VERSION: &str = env!("CARGO_PKG_VERSION");

/// The `User-Agent` of all requests. Runpod's firewall blocks requests without one.
pub(crate) const USER_AGENT: &str = concat!("runpod-exporter/", env!("CARGO_PKG_VERSION"));
