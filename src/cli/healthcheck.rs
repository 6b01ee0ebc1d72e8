//! The texts of `healthcheck`.

/// The description in `--help`.
pub(super) const ABOUT: &str = "\
Check whether a running exporter is alive, for the health check of a container.

GET /-/healthy has to answer 200 within three seconds.";

/// What follows the flags in `--help`.
pub(super) const DETAILS: &str = "\
Exit codes:
  0  Alive
  1  Not alive: no connection, no response in time, or another status
  2  Invalid argument

Examples:
  runpod-exporter healthcheck
  runpod-exporter healthcheck 127.0.0.1:9090";
