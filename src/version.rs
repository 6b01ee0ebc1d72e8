//! The version of this program, for everything that reports it.

/// The version of the package.
pub(crate) const VERSION: &str = env!("CARGO_PKG_VERSION");

/// The git revision that the program was built from; "unknown" without git.
pub(crate) const REVISION: &str = env!("RUNPOD_EXPORTER_REVISION");

/// The version and the revision, for `--version`.
pub(crate) const RELEASE: &str =
    concat!(env!("CARGO_PKG_VERSION"), " (", env!("RUNPOD_EXPORTER_REVISION"), ")");

/// The `User-Agent` of all requests. Runpod's firewall blocks requests without one.
pub(crate) const USER_AGENT: &str = concat!("runpod-exporter/", env!("CARGO_PKG_VERSION"));
